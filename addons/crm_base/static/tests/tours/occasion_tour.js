import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_base_occasion", {
    steps: () => [
        {
            content: "a row at the desk, a card on the phone",
            trigger:
                ".o_data_row:contains('Anna Berg') .o_data_cell[name=kind], .o_kanban_record:contains('Anna Berg')",
            run: "click",
        },
        { trigger: "button[name=action_write_greeting]", run: "click" },
        {
            content: "the greeting is written",
            trigger: ".modal .odoo-editor-editable:contains('happy birthday')",
        },
        { trigger: ".modal button[name=action_send_mail]", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_form_view" },
    ],
});
