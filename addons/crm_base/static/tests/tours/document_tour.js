import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";

const file = (name, text) => new File([text], name, { type: "text/plain" });

registry.category("web_tour.tours").add("crm_base_document", {
    steps: () => [
        { trigger: "button[name=action_documents]", run: "click" },
        { trigger: "button:contains('Upload')", run: "click" },
        {
            content: "a file becomes a draft of this customer",
            trigger: ".o_crm_document_input:not(:visible)",
            async run() {
                await inputFiles(".o_crm_document_input", [
                    file("contract.txt", "The contract"),
                ]);
            },
        },
        { trigger: ".o_form_view [name=kind_id] input", run: "edit Contract" },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains('Contract')",
            run: "click",
        },
        { trigger: "[name=partner_id] input:value('Nordlicht')" },
        { trigger: "button[name=action_register]", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains('Valid')" },
        { trigger: "button[name=action_verify]", run: "click" },
        {
            trigger: ".o_notification:contains('unchanged')",
        },
        { trigger: ".o_notification_close", run: "click" },
        { trigger: "button[name=action_new_version]", run: "click" },
        {
            content: "the new version has a file of its own",
            trigger: ".o_field_widget[name=version]:contains('2')",
        },
        {
            trigger:
                ".o_form_view [name=file] .o_select_file_button, .o_form_view [name=file]",
            async run() {
                await inputFiles(".o_form_view [name=file] input[type=file]", [
                    file("contract2.txt", "The contract, amended"),
                ]);
            },
        },
        { trigger: "[name=file] input:value('contract2.txt')" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: "button[name=action_register]", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains('Valid')" },
        { trigger: ".nav-link:contains('Versions')", run: "click" },
        { trigger: "[name=version_ids] .o_data_row:contains('Superseded')" },
    ],
});
