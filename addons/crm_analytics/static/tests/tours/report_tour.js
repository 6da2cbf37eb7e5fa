import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_analytics_report_schedule", {
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit What changed this week",
        },
        {
            trigger: ".o_field_widget[name=user_ids] input",
            run: "edit analytics_reader",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('analytics_reader')",
            run: "click",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "to all of them, now",
            trigger:
                ".o_form_saved button[name=action_send], button[name=action_send]:enabled",
            run: "click",
        },
        {
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "who gets it stands in the log",
            trigger: "button[name=action_open_sendings]:contains('1')",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('analytics_reader')",
        },
    ],
});

registry.category("web_tour.tours").add("crm_analytics_digest", {
    steps: () => [
        {
            trigger: ".o_crm_digest_words [data-key=income]:contains('Nordlicht')",
        },
        {
            trigger: ".o_crm_digest_figure[data-key=orders]",
            run: "click",
        },
        {
            trigger:
                "section[data-dimension=customer] .o_crm_digest_row:contains('Nordlicht')",
        },
        {
            trigger: ".btn[data-size=month]",
            run: "click",
        },
        {
            content: "April against March",
            trigger: ".o_crm_digest_words [data-key=income]:contains('did not change')",
        },
    ],
});
