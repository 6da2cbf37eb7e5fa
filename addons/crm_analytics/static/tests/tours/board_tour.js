import { registry } from "@web/core/registry";

// The router writes the address a moment after the page has changed.
const inAddress = (text) => async () => {
    const until = Date.now() + 5000;
    while (!window.location.search.includes(text)) {
        if (Date.now() > until) {
            throw new Error(`${text} is not in the address ${window.location}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
};

registry.category("web_tour.tours").add("crm_analytics_board", {
    steps: () => [
        {
            content: "the figures of this year",
            trigger:
                ".o_crm_board .o_crm_figure[data-key=orders] .o_crm_value:contains('1')",
        },
        {
            content: "choose another period",
            trigger: ".o_crm_board_period",
            run: "selectByLabel Last year",
        },
        {
            trigger: ".o_crm_figure[data-key=orders] .o_crm_value:contains('2')",
            run: inAddress("date_from="),
        },
        {
            content: "limit it to a territory",
            trigger: ".o_crm_board_limit[data-name=territory_id]",
            run: "selectByLabel North",
        },
        {
            trigger: ".o_crm_figure[data-key=orders] .o_crm_value:contains('1')",
            run: inAddress("territory_id="),
        },
        {
            content: "ask what a number is made of",
            trigger: ".o_crm_figure[data-key=turnover] .o_crm_formula",
            run: "click",
        },
        {
            trigger: ".o_crm_board_formula:contains('credit')",
        },
        {
            content: "open what lies behind a number",
            trigger: ".o_crm_figure[data-key=active] button.o_crm_value",
            run: "click",
        },
        {
            trigger:
                ".o_list_view .o_data_row:contains('Olivar'), .o_kanban_view .o_kanban_record:contains('Olivar')",
        },
        {
            content: "go back",
            trigger: ".o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            content: "the filters are still there",
            trigger: ".o_crm_figure[data-key=orders] .o_crm_value:contains('1')",
            run: inAddress("territory_id="),
        },
        {
            trigger: ".o_crm_board_span:contains('Jan'):contains('Dec')",
            run: inAddress("date_from="),
        },
        {
            content: "charts are drawn",
            trigger: "[data-block=turnover] canvas",
        },
    ],
});
