import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_css_sla", {
    steps: () => [
        {
            content: "the ticket stands in the list of what is due",
            trigger: ".o_data_row:contains('Grinder stops') .badge:contains('Warning')",
        },
        {
            trigger: ".o_data_row:contains('Grinder stops') .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "it says what is due under which policy",
            trigger:
                ".o_crm_sla_hint:contains('First Answer'):contains('is due on'):contains('Tour Gold')",
        },
        {
            content: "answer",
            trigger: ".o-mail-Chatter-sendMessage",
            run: "click",
        },
        {
            trigger: ".o-mail-Composer-input",
            run: "edit We send somebody at once",
        },
        { trigger: ".o-mail-Composer-send:enabled", run: "click" },
        { trigger: ".o-mail-Message:contains('We send somebody at once')" },
        {
            content: "the clock is met",
            trigger: ".o_notebook_headers a[name=sla]",
            run: "click",
        },
        { trigger: "body", run: () => location.reload(), expectUnloadPage: true },
        { trigger: ".o_notebook_headers a[name=sla]", run: "click" },
        {
            trigger:
                "[name=sla_clock_ids] .o_data_row:contains('First Answer') .badge:contains('Met')",
        },
        {
            content: "what is left is the resolution",
            trigger: ".o_crm_sla_hint:contains('Resolution'):not(:contains('First'))",
        },
    ],
});
