import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_portal_new_ticket", {
    url: "/my",
    steps: () => [
        { trigger: "a[href='/my/tickets']", run: "click", expectUnloadPage: true },
        {
            trigger: ".o_crm_new_ticket button[name='create_new_ticket']",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "input[name='subject']", run: "edit Steam wand leaks" },
        { trigger: "textarea[name='description']", run: "edit Since this morning." },
        {
            trigger: "form[action='/submitted/ticket'] button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "#card_header:contains('Steam wand leaks')" },
    ],
});

registry.category("web_tour.tours").add("crm_portal_see_answer", {
    url: "/my/tickets",
    steps: () => [
        {
            trigger: "table a:contains('Steam wand leaks')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger:
                "#chatterRoot:shadow .o-mail-Message:contains('New seal is on its way')",
        },
    ],
});

registry.category("web_tour.tours").add("crm_portal_company", {
    url: "/my",
    steps: () => [
        { trigger: "a[href='/my/company']", run: "click", expectUnloadPage: true },
        {
            trigger:
                ".o_crm_colleagues li:contains('Jonas') button[aria-pressed='false']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger:
                ".o_crm_colleagues li:contains('Jonas') button[aria-pressed='true']",
        },
    ],
});
