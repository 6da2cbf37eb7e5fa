import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_css_work_queue", {
    steps: () => [
        {
            content: "the next item is one key away",
            trigger: ".o_crm_work_queue",
            run: "click",
        },
        { trigger: ".o_crm_work_next", run: "click" },
        {
            content: "the worst ticket comes first, and says why",
            trigger: ".o_form_view:contains('Machine stands still')",
        },
        { trigger: ".o_field_widget[name='priority_reason']:contains('standstill')" },
        {
            content: "its priority is lowered, with a reason",
            trigger: "button[name='action_override_priority']",
            run: "click",
        },
        {
            trigger:
                ".modal .o_field_widget[name='priority_by_hand'] label:contains('Low')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='priority_hand_reason'] input",
            run: "edit They have a second machine",
        },
        { trigger: ".modal .btn-primary:contains('Save')", run: "click" },
        {
            trigger:
                ".o_field_widget[name='priority_reason']:contains('They have a second machine')",
        },
        { trigger: "body:not(:has(.modal))" },
        { trigger: ".o_crm_work_queue", run: "click" },
        {
            trigger: ".dropdown-menu:contains('Machine stands still')",
        },
        { trigger: ".o_crm_work_next", run: "click" },
        {
            content: "what comes next is the other ticket",
            trigger: ".o_form_view:contains('Grinder stops')",
        },
    ],
});
