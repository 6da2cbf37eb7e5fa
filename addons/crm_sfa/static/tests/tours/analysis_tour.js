import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_sfa_results_seller", {
    steps: () => [
        {
            content: "the own results of this month",
            trigger: ".o_crm_results_board .o_crm_figure[data-key=won]:contains('1')",
        },
        {
            content: "a seller sees nobody else's",
            trigger: ".o_crm_results_board:not(:has(.o_crm_results_whose))",
        },
        {
            trigger: ".o_crm_quotas .btn:contains('Sam Seller')",
        },
        {
            content: "the whole year",
            trigger: ".btn[data-size=year]",
            run: "click",
        },
        {
            content: "where deals drop off",
            trigger: ".o_crm_funnel .btn[data-stage=Talk]:contains('−1')",
        },
        {
            content: "a number opens its records",
            trigger: ".o_crm_figure[data-key=win_rate]:contains('50')",
            run: "click",
        },
        {
            trigger:
                ".o_list_view .o_data_row, .o_kanban_view .o_kanban_record:contains('Grinders')",
        },
        {
            content: "back to the year",
            trigger: ".o_back_button, .breadcrumb-item a:contains('Results')",
            run: "click",
        },
        {
            trigger: ".btn[data-size=year].active",
        },
    ],
});

registry.category("web_tour.tours").add("crm_sfa_results_team", {
    steps: () => [
        {
            content: "everybody's results",
            trigger: ".o_crm_results_board .o_crm_figure[data-key=revenue]",
        },
        {
            content: "those of one team",
            trigger: ".o_crm_results_whose:has(option:contains('Coffee'))",
            run: "selectByLabel Coffee",
        },
        {
            trigger: ".btn[data-size=year]",
            run: "click",
        },
        {
            content: "the funnel opens the deals of a stage",
            trigger: ".o_crm_funnel .btn[data-stage=Talk]:contains('2')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Grinders')",
        },
    ],
});

registry.category("web_tour.tours").add("crm_sfa_territory_plan", {
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Germany for Cora",
        },
        {
            content: "the territories of today come with it",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_compute]",
        },
        {
            trigger: ".o_notebook a[name=territories]",
            run: "click",
        },
        {
            content: "another owner for Germany",
            trigger: ".o_data_row:contains('Germany') td[name=user_id]",
            run: "click",
        },
        {
            trigger: ".o_selected_row td[name=user_id] input",
            run: "edit Cora Colleague",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Cora Colleague')",
            run: "click",
        },
        {
            content: "what if?",
            trigger: "button[name=action_compute]",
            run: "click",
        },
        {
            trigger: "button[name=action_open_moves]:contains('3')",
        },
        {
            trigger: ".o_notebook a[name=owners]",
            run: "click",
        },
        {
            content: "before and after",
            trigger:
                ".o_field_widget[name=owner_ids] .o_data_row:contains('Sam Seller')",
        },
        {
            content: "who is moved",
            trigger: "button[name=action_open_moves]",
            run: "click",
        },
        {
            trigger: ".o_group_header:contains('Cora Colleague')",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Nordlicht')",
        },
    ],
});

registry.category("web_tour.tours").add("crm_sfa_forecast", {
    steps: () => [
        {
            content: "the forecast of the newest week",
            trigger: ".o_data_row:first .o_data_cell:first",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=figure_ids] .o_data_row:contains('Open deals')",
        },
        {
            content: "what changed since the week before",
            trigger: "button[name=action_open_changes]",
            run: "click",
        },
        {
            trigger: ".o_group_header:contains('Amount Up')",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Grinders')",
        },
        {
            content: "how good the forecasts were",
            trigger: "button[data-menu-xmlid='crm.crm_menu_report']",
            run: "click",
        },
        {
            trigger: "a[data-menu-xmlid='crm_sfa.crm_forecast_accuracy_menu']",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Sam Seller')",
        },
    ],
});
