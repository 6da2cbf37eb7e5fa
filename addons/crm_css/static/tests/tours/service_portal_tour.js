import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_css_service_portal", {
    steps: () => [
        {
            trigger: ".o_crm_service_list a:contains('Grinder stops')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "say when somebody comes",
            trigger: ".o_crm_service_write textarea",
            run: "edit We come tomorrow at nine.",
        },
        {
            trigger: ".o_crm_service_write button:contains('Answer the customer')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".border-primary:contains('We come tomorrow at nine.')" },
        {
            trigger: "button[name=stage_id]:contains('In Progress')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".badge:contains('In Progress')" },
    ],
});
