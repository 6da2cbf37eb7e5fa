import { registry } from "@web/core/registry";

const stop = ".o_crm_stop[data-customer='Nordlicht']";

registry.category("web_tour.tours").add("crm_sfa_visits", {
    steps: () => [
        { content: "the way is drawn", trigger: ".o_crm_way circle" },
        {
            content: "open the first customer",
            trigger: `${stop} .o_crm_stop_head`,
            run: "click",
        },
        { trigger: `${stop} .o_crm_stop_promises:contains('Bring the samples')` },
        { trigger: `${stop} a.o_crm_navigate[href^='geo:52.5']` },
        { trigger: `${stop} .o_crm_check_in`, run: "click" },
        {
            trigger: `${stop}[data-state='there'] .o_crm_result button:contains('Call back')`,
            run: "click",
        },
        {
            trigger: `${stop} .o_crm_result textarea`,
            run: "edit Wants two grinders",
        },
        { trigger: `${stop} .o_crm_next_step`, run: "edit Bring an offer" },
        { trigger: `${stop} .o_crm_check_out`, run: "click" },
        { trigger: `${stop}[data-state='done']` },
        { trigger: ".o_notification:contains('Nordlicht is done')" },
    ],
});
