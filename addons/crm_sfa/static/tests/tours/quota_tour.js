import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_sfa_quota_manager", {
    steps: () => [
        {
            content: "begin to distribute the quota of the year",
            trigger: "button:contains('Distribute')",
            run: "click",
        },
        {
            content: "cut each person's part into months",
            trigger: ".modal .o_field_widget[name=then_into] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Months')",
            run: "click",
        },
        {
            content: "both members of the team are proposed",
            trigger: ".modal .o_data_row:contains('Cora Colleague')",
        },
        {
            trigger: ".modal button[name=action_distribute_rest]",
            run: "click",
        },
        {
            content: "nothing is left",
            trigger:
                ".modal:not(:has(button[name=action_distribute_rest])) .o_data_row:contains('600')",
        },
        {
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_field_widget[name=child_ids] .o_data_row:contains('Sam Seller')",
        },
        {
            trigger: "button[name=action_confirm]",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains('In Force')",
        },
        {
            content: "what was sold counts already",
            trigger: "button[name=action_open_documents]:contains('300')",
            run: "click",
        },
        {
            content: "the order behind the number",
            trigger: ".o_list_view .o_data_row:contains('Nordlicht')",
        },
    ],
});

registry.category("web_tour.tours").add("crm_sfa_quota_seller", {
    steps: () => [
        {
            content: "the own quota with what is reached",
            trigger:
                ".o_quota_board .o_kanban_record:contains('Sam Seller'):contains('300')",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_quota_months canvas",
        },
        {
            content: "a seller changes nothing",
            trigger: ".o_form_view:not(:has(button[name=action_confirm]))",
        },
    ],
});
