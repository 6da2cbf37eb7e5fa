import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_sfa_telesales", {
    steps: () => [
        {
            content: "begin to call from the list",
            trigger: "button[name='action_call']:contains('Make Calls')",
            run: "click",
        },
        {
            content: "who it is, and the number",
            trigger: ".o_crm_call_name:contains('Anna Berg')",
        },
        { trigger: ".o_crm_call_phone[href='tel:+4930901821']" },
        {
            trigger: ".o_crm_call_text:contains('Good day, Anna Berg')",
        },
        {
            content: "she has time",
            trigger: ".o_crm_call_answer:contains('Yes')",
            run: "click",
        },
        { trigger: ".o_crm_call_text:contains('what you usually take')" },
        {
            content: "the usual basket, with another quantity",
            trigger: ".o_crm_call_product:contains('Grinder') input[type='number']",
            run: "edit 3 && press Tab",
        },
        { trigger: ".o_crm_call_product:contains('Grinder'):contains('300.00')" },
        { trigger: ".o_crm_call_order:enabled", run: "click" },
        {
            content: "the order is there",
            trigger: ".o_crm_call_made:contains('Order'):contains('S')",
        },
        {
            trigger: ".o_crm_call_note",
            run: "edit Wants them on Friday",
        },
        {
            trigger: ".o_crm_call_outcomes button[data-kind='success']",
            run: "click",
        },
        {
            content: "the next one is there; the click was wrong",
            trigger: ".o_crm_call_name:contains('Ivanov')",
        },
        {
            trigger: ".o_crm_call_outcomes button[data-kind='wrong']",
            run: "click",
        },
        { trigger: ".o_crm_call_nobody" },
        { trigger: ".o_crm_call_undo button", run: "click" },
        { trigger: ".o_crm_call_name:contains('Ivanov')" },
        {
            trigger: ".o_crm_call_outcomes button[data-kind='call_back']",
            run: "click",
        },
        { trigger: ".o_crm_call_plan", run: "click" },
        { trigger: ".o_crm_call_nobody" },
    ],
});

registry.category("web_tour.tours").add("crm_sfa_register_deal", {
    steps: () => [
        { trigger: "a[href='/my/deals']", run: "click", expectUnloadPage: true },
        { trigger: ".o_crm_deal_new", run: "click", expectUnloadPage: true },
        { trigger: "#customer_name", run: "edit Hotel Alfonso" },
        { trigger: "#email", run: "edit compras@alfonso.example.com" },
        { trigger: "#amount", run: "edit 9600" },
        {
            trigger: "#until",
            run() {
                const day = new Date(Date.now() + 30 * 24 * 3600 * 1000);
                this.anchor.value = day.toISOString().slice(0, 10);
            },
        },
        { trigger: ".o_crm_deal_send", run: "click", expectUnloadPage: true },
        { trigger: ".o_crm_deal_state:contains('Submitted')" },
    ],
});
