import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_analytics_profit", {
    steps: () => [
        {
            content: "all customers, the worst first",
            trigger: ".o_data_row:contains('Olivar')",
        },
        {
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "only those at a loss",
            trigger: ".o_filter_menu .o_menu_item:contains('At a Loss')",
            run: "click",
        },
        {
            trigger: ".o_list_view:not(:has(.o_data_row:contains('Olivar')))",
        },
        {
            trigger: ".o_data_row:contains('Talisman') td[name=partner_id]",
            run: "click",
        },
        {
            content: "the waterfall, and why",
            trigger: ".o_crm_profit_waterfall canvas",
        },
        {
            trigger: ".o_crm_profit_why:contains('Discounts: 70 %')",
        },
        {
            trigger: ".o_crm_profit_waterfall tr[data-key=profit]:contains('30')",
        },
        {
            content: "a number opens its documents",
            trigger: ".o_crm_profit_waterfall tr[data-key=discounts] a",
            run: "click",
        },
        {
            trigger: ".o_breadcrumb:contains('Discounts')",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Grinder')",
        },
    ],
});
