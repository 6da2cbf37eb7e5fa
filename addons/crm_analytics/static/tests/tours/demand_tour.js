import { registry } from "@web/core/registry";

/** Fail unless a canvas shows a curve that goes up to a number. */
const upTo = (most) =>
    function () {
        const [ordered] = window.Chart.getChart(this.anchor).data.datasets;
        if (Math.max(...ordered.data) !== most) {
            throw new Error(`another curve: ${ordered.data}`);
        }
    };

registry.category("web_tour.tours").add("crm_analytics_demand", {
    steps: () => [
        {
            content: "a forecast that was made",
            trigger: ".o_data_row:contains('Done') td[name=by]",
            run: "click",
        },
        {
            content: "what was ordered, and what to expect",
            trigger: ".o_crm_demand_lines canvas",
            run: upTo(12),
        },
        {
            trigger: "button[data-measure=amount]",
            run: "click",
        },
        {
            content: "the same in money",
            trigger:
                ".o_crm_demand_picture:has(button[data-measure=amount].active) canvas",
        },
        {
            trigger: ".o_crm_demand_lines canvas",
            run: upTo(1200),
        },
        {
            content: "the season of the year",
            trigger: ".o_crm_demand_season canvas",
        },
        {
            content: "the orders behind one product",
            trigger:
                ".o_field_widget[name=told_ids] .o_data_row:contains('Grinder') button[name=action_open_orders]",
            run: "click",
        },
        {
            trigger: ".o_breadcrumb:contains('Grinder')",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Olivar')",
        },
    ],
});
