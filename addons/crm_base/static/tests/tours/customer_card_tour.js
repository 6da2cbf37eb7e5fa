import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_base_customer_card", {
    steps: () => [
        { trigger: ".o_crm_card_class[data-class='a']" },
        { trigger: ".o_crm_card_row[data-kind='visit']:contains('Met at the fair')" },
        {
            content: "note a call in one step",
            trigger: ".o_crm_card button:contains('Note a contact')",
            run: "click",
        },
        { trigger: ".modal [name=name] input", run: "edit Wants a second offer" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        {
            content: "it stands first",
            trigger: ".o_crm_card_rows li:first-child:contains('Wants a second offer')",
        },
        { trigger: ".o_crm_card_kind", run: "select visit" },
        {
            content: "only visits are left",
            trigger: ".o_crm_card_rows:not(:contains('Wants a second offer'))",
        },
        {
            content: "a row opens its document",
            trigger: ".o_crm_card_row:contains('Met at the fair')",
            run: "click",
        },
        { trigger: ".o_breadcrumb:contains('Met at the fair')" },
    ],
});
