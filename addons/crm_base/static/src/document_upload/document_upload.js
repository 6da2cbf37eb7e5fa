import { useRef } from "@odoo/owl";
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
            this.fileInput = useRef("fileInput");
            useDropzone(this.rootRef, (ev) => this.upload(ev.dataTransfer.files));
        }

        onFilesChosen(ev) {
            return this.upload(ev.target.files);
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
