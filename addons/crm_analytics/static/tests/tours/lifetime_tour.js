import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_analytics_lifetime", {
    steps: () => [
        {
            content: "the empty list says what to press",
            trigger: ".o_nocontent_help:contains('Compute')",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=holdout_weeks] input",
            run: "edit 12",
        },
        {
            trigger: "button[name=action_begin]",
            run: "click",
        },
        {
            content: "expected and real are drawn",
            trigger: ".o_crm_lifetime_plot section:nth-of-type(2) canvas",
        },
        {
            content: "and stand in a table, each with its customers",
            trigger: ".o_crm_lifetime_plot table tbody a",
        },
        {
            content: "the parameters are told",
            trigger: ".o_crm_lifetime_plot:contains('alpha =')",
        },
        {
            trigger: ".o-form-buttonbox button:contains('Gone')",
            run: "click",
        },
        {
            content: "who ordered every week, and then no more",
            trigger: ".o_list_view .o_data_row:contains('Buyer 5')",
        },
    ],
});
