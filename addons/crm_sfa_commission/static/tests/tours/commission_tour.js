import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_sfa_commission_manager", {
    steps: () => [
        {
            content: "make a plan",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Sales of machines",
        },
        {
            content: "it holds from the start of the year before",
            trigger:
                ".o_field_widget[name=date_from] button, .o_field_widget[name=date_from] input",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=date_from] input",
            run: "edit 01/01/2025 && press Enter",
        },
        {
            content: "a rate for all goods",
            trigger: ".o_field_widget[name=rate_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=rate] input",
            run: "edit 4",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_field_widget[name=rate_ids] .o_data_row:contains('4 %')",
        },
        {
            content: "who is paid so",
            trigger: ".nav-link[name=people]",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=member_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=member_ids] .o_data_row [name=user_id] input",
            run: "edit Sam Seller",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Sam Seller')",
            run: "click",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains('In Force')",
        },
        {
            content: "compute the statements of last month",
            trigger: ".o_menu_sections button:contains('Sales')",
            run: "click",
        },
        {
            trigger: ".dropdown-item:contains('Compute Statements')",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_compute]",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_data_row:contains('Sam Seller') td[name=display_name]",
            run: "click",
        },
        {
            content: "the line names the rule",
            trigger:
                ".o_field_widget[name=line_ids] .o_data_row:contains('All goods · 4 %')",
        },
        {
            trigger: "button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: ".modal .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains('Confirmed')",
        },
    ],
});

registry.category("web_tour.tours").add("crm_sfa_commission_seller", {
    steps: () => [
        {
            content: "the own statement",
            trigger:
                ".o_commission_board .o_kanban_record:contains('Sam Seller'):contains('12.00')",
            run: "click",
        },
        {
            content: "a seller confirms nothing, and opens the document of a line",
            trigger:
                ".o_form_view:not(:has(button[name=action_pay])) .o_field_widget[name=line_ids] .o_kanban_record a:contains('Open the document')",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=invoice_line_ids]",
        },
    ],
});
