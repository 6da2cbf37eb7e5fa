import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_analytics_funnel", {
    steps: () => [
        {
            content: "the period of the address",
            trigger: ".o_crm_choices input[name=first]",
            run() {
                if (this.anchor.value !== "2026-01-02") {
                    throw new Error(`another first day: ${this.anchor.value}`);
                }
            },
        },
        {
            content: "the steps of the year",
            trigger: ".o_crm_step[data-step=lead] .o_crm_count:contains('20')",
        },
        {
            trigger: ".o_crm_step[data-step=others]:contains('700')",
        },
        {
            content: "one quarter alone, against the best one",
            trigger: ".o_crm_map tbody tr:nth-child(2) .o_crm_narrow",
            run: "click",
        },
        {
            trigger: ".o_crm_step[data-step=lead] .o_crm_count:contains('10')",
        },
        {
            trigger: ".o_crm_step[data-step=quotation] .o_crm_leak:contains('4,500')",
        },
        {
            content: "who the campaigns brought",
            trigger: ".o_crm_rows",
            run: "select campaign",
        },
        {
            trigger: "tr[data-row='Fair in Berlin'] .o_crm_narrow",
            run: "click",
        },
        {
            trigger: ".o_crm_wanted:contains('Fair in Berlin')",
        },
        {
            content: "what is shown stands in the address",
            trigger:
                ".o_crm_step[data-step=lead] .fs-5:contains('1'):not(:contains('0'))",
            run() {
                const query = new URLSearchParams(window.location.search);
                if (query.get("first") !== "2026-04-01" || !query.get("campaign")) {
                    throw new Error(`not in the address: ${window.location}`);
                }
            },
        },
        {
            content: "a number opens its records",
            trigger: ".o_crm_step[data-step=order] .o_crm_count",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Grinders')",
        },
        {
            content: "back to what was shown",
            trigger: ".o_back_button, .breadcrumb-item a:contains('Funnel')",
            run: "click",
        },
        {
            trigger: ".o_crm_wanted:contains('Fair in Berlin')",
        },
    ],
});
