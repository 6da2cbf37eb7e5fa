import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_portal_ticket", {
    url: "/my",
    steps: () => [
        {
            trigger: "a[href='/my/tickets']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "table a:contains('Grinder stops')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "answer",
            trigger: "#chatterRoot:shadow .o-mail-Composer-input",
            run: "edit It happened again today",
        },
        {
            trigger:
                "#chatterRoot:shadow .o-mail-Composer button:contains('Send'):enabled",
            run: "click",
        },
        {
            trigger:
                "#chatterRoot:shadow .o-mail-Message:contains('It happened again today')",
        },
        {
            content: "close",
            trigger: "form[action='/ticket/close'] button:contains('Done')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "form.o_crm_rate textarea", run: "edit Quick help" },
        {
            trigger: "form.o_crm_rate button[value='5']",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_crm_rated:contains('Thank you')" },
    ],
});
