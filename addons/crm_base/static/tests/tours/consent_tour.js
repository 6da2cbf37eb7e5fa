import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_base_consent", {
    steps: () => [
        { trigger: ".nav-link[name=consent]", run: "click" },
        {
            content: "nothing was said yet",
            trigger: ".o_crm_consent:not(:has(.fa-check))",
        },
        { trigger: "button[name=action_grant_consent]", run: "click" },
        {
            trigger: ".modal [name=proof] textarea",
            run: "edit Signed at the fair",
        },
        { trigger: ".modal .o_form_button_save", run: "click" },
        {
            content: "the overview follows",
            trigger: "body:not(:has(.modal)) .o_crm_consent .fa-check",
        },
        { trigger: "button[name=action_do_not_contact]", run: "click" },
        { trigger: ".modal [name=status] :contains('Withdrawn')" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        {
            content: "nothing is allowed any more",
            trigger:
                "body:not(:has(.modal)) .o_crm_consent:not(:has(.fa-check)) .fa-ban",
        },
        {
            content: "the ledger keeps both",
            trigger: ".o_field_widget[name=consent_ids] .o_data_row:nth-child(2)",
        },
    ],
});
