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
        { trigger: ".o_crm_card_kind", run: "select " },
        {
            content: "the text is searched",
            trigger: ".o_crm_card_text",
            run: "edit second offer && press Enter",
        },
        { trigger: ".o_crm_card_rows:not(:contains('Met at the fair'))" },
        { trigger: ".o_crm_card_text", run: "edit fair && press Enter" },
        {
            content: "a row opens its document",
            trigger: ".o_crm_card_row:contains('Met at the fair')",
            run: "click",
        },
        { trigger: ".o_breadcrumb:contains('Met at the fair')" },
    ],
});

registry.category("web_tour.tours").add("crm_base_note_contact_anywhere", {
    steps: () => [
        {
            content: "from the top bar",
            trigger: ".o_crm_note_contact button",
            run: "click",
        },
        {
            content: "the customer is found by a phone number in any format",
            trigger: ".modal [name=partner_id] input",
            run: "edit (030) 901820",
        },
        {
            trigger: ".modal .o-autocomplete--dropdown-item:contains('Anna Berg')",
            run: "click",
        },
        { trigger: ".modal [name=name] input", run: "edit Asked for a price list" },
        {
            trigger: ".modal [name=outcome] .o_selection_badge:contains('Reached')",
            run: "click",
        },
        { trigger: ".modal [name=next_step] input", run: "edit Send the price list" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});
