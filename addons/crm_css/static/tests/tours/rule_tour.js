import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_css_rule", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        {
            trigger: ".o_field_widget[name='name'] input",
            run: "edit Night shift first",
        },
        {
            trigger:
                ".o_field_widget[name='action_ids'] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "what it does: hand the ticket to a team",
            trigger: ".modal .o_field_widget[name='kind'] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Hand to the team')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='team_id'] input",
            run: "edit Night shift",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains('Night shift')",
            run: "click",
        },
        { trigger: ".modal .o_form_button_save", run: "click" },
        {
            trigger:
                ".o_field_widget[name='action_ids'] .o_data_row:contains('Night shift')",
        },
        { trigger: ".o_form_button_save:enabled", run: "click" },
        { trigger: "button[name='action_try']", run: "click" },
        {
            content: "the dry run shows the ticket, and does nothing",
            trigger: ".modal .o_data_row:contains('Grinder stops')",
        },
        { trigger: ".modal .btn-primary:contains('Close')", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_form_saved" },
    ],
});
