import { useDropzone } from "@web/core/dropzone/dropzone_hook";
import { registry } from "@web/core/registry";
import { checkFileSize } from "@web/core/utils/files";
import { useService } from "@web/core/utils/hooks";
import { getDataURLFromFile } from "@web/core/utils/urls";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

/** Lets files be dropped on a view of documents, or chosen with a button. */
const withUpload = (Controller) =>
    class extends Controller {
        setup() {
            super.setup();
            this.orm = useService("orm");
            this.notification = useService("notification");
            this.action = useService("action");
            useDropzone(this.rootRef, (ev) => this.upload(ev.dataTransfer.files));
        }

        /**
         * Ask for files. The input is no part of the template: on a phone the menu with
         * the button closes, and would take it along.
         */
        chooseFiles() {
            const input = document.createElement("input");
            input.type = "file";
            input.multiple = true;
            input.className = "o_crm_document_input d-none";
            input.addEventListener("cancel", () => input.remove());
            input.addEventListener("change", () => {
                input.remove();
                this.upload(input.files);
            });
            document.body.append(input);
            input.click();
        }

        /** Store the files as drafts; a single one is opened, to be filled in. */
        async upload(fileList) {
            const files = [...fileList];
            if (!files.every((file) => checkFileSize(file.size, this.notification))) {
                return;
            }
            const contents = await Promise.all(
                files.map(async (file) => ({
                    name: file.name,
                    data: (await getDataURLFromFile(file)).split(",")[1] || "",
                }))
            );
            const ids = await this.orm.call("crm.document", "upload", [contents], {
                context: this.props.context,
            });
            if (ids.length === 1) {
                return this.action.doAction({
                    type: "ir.actions.act_window",
                    res_model: "crm.document",
                    res_id: ids[0],
                    views: [[false, "form"]],
                });
            }
            return this.model.load();
        }
    };

const buttonTemplate = "crm_base.DocumentUpload.Buttons";

registry.category("views").add("crm_document_kanban", {
    ...kanbanView,
    Controller: withUpload(KanbanController),
    buttonTemplate,
});

registry.category("views").add("crm_document_list", {
    ...listView,
    Controller: withUpload(ListController),
    buttonTemplate,
});
