import { registry } from "@web/core/registry";

const isDrawn = {
    run() {
        if (!window.Chart.getChart(this.anchor)) {
            throw new Error("nothing is drawn");
        }
    },
};

registry.category("web_tour.tours").add("crm_analytics_distribution", {
    steps: () => [
        {
            content: "the period of the address",
            trigger: ".o_crm_figure[data-key=amount]:contains('2,500')",
        },
        {
            content: "one of three customers has the most",
            trigger: ".o_crm_figure[data-key=gini]:contains('0.47')",
        },
        { trigger: "canvas[aria-label*=unevenly]", ...isDrawn },
        { trigger: "canvas[aria-label*=months]", ...isDrawn },
        {
            content: "told apart by trade, nobody has one",
            trigger: "button[data-by=industry_id]",
            run: "click",
        },
        {
            trigger: ".o_crm_distribution_table tr:only-child:contains('None')",
        },
        {
            trigger: "button[data-by=country_id]",
            run: "click",
        },
        {
            trigger:
                ".o_crm_distribution_table tr:contains('Germany'):contains('2,000')",
        },
        {
            content: "without the first quarter",
            trigger: "input[name=date_from]",
            run() {
                this.anchor.value = "2026-04-01";
                this.anchor.dispatchEvent(new Event("change"));
            },
        },
        {
            trigger: ".o_crm_figure[data-key=amount]:contains('1,000')",
        },
        {
            content: "a country opens its customers",
            trigger: ".o_crm_distribution_table button:contains('Germany')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_group_header:contains('Nordlicht')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('500')",
        },
        {
            content: "back to what was chosen",
            trigger: ".o_back_button, .breadcrumb-item a:contains('Distribution')",
            run: "click",
        },
        {
            trigger: ".o_crm_figure[data-key=amount]:contains('1,000')",
        },
        {
            trigger: "button[data-by=country_id].active",
        },
    ],
});
