import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_base_promise", {
    steps: () => [
        {
            content: "note a promise",
            trigger: ".o_list_button_add, .o-kanban-button-new",
            run: "click",
        },
        {
            trigger: "[name=name] input, [name=name] textarea",
            run: "edit Send a sample",
        },
        { trigger: "[name=partner_id] input", run: "edit Anna Berg" },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Anna Berg')",
            run: "click",
        },
        { trigger: "[name=date] button", run: "click" },
        { trigger: "[name=date] input", run: "edit 01/05/2026" },
        { trigger: "[name=date_due] input", run: "edit 01/15/2026" },
        { trigger: ".o_form_button_save", run: "click" },
        {
            content: "it is overdue",
            trigger: ".o_form_sheet .badge:contains('Overdue')",
        },
        {
            content: "back in the list it is red",
            trigger: ".breadcrumb-item:contains('Promises') a",
            run: "click",
        },
        {
            trigger: ".o_data_row.text-danger .o_data_cell:contains('Send a sample')",
            run: "click",
        },
        {
            content: "keep it",
            trigger: ".o_statusbar_buttons button[name=action_keep]",
            run: "click",
        },
        { trigger: ".modal label:contains('How do you know?')" },
        { trigger: ".modal [name=text] textarea", run: "edit Waybill 4711" },
        { trigger: ".modal button[name=action_confirm]", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Kept')" },
        { trigger: "[name=proof]:contains('Waybill 4711')" },
        { trigger: ".o_statusbar_buttons button[name=action_reopen]" },
    ],
});

registry.category("web_tour.tours").add("crm_base_promise_in_a_talk", {
    steps: () => [
        {
            trigger: "[name=promise_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "only what and until when is typed",
            trigger: "[name=promise_ids] .o_selected_row [name=name] input",
            run: "edit Send a price list",
        },
        {
            trigger: "[name=promise_ids] .o_selected_row [name=date_due] input",
            run: "edit 01/05/2050",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
        {
            content: "a need that came up here",
            trigger: "button[name=action_needs]",
            run: "click",
        },
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: "[name=partner_id] input:value(Anna)" },
        { trigger: ".oe_title [name=name] input", run: "edit Smaller bags" },
        { trigger: "[name=amount] input", run: "edit 2500" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
    ],
});
