import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_css_ticket_card", {
    steps: () => [
        { trigger: ".o_crm_card:contains('Nordlicht')" },
        { trigger: ".o_crm_card_class[data-class='a']" },
        { trigger: "[data-part='open_tickets']:contains('1')" },
        { trigger: ".o_crm_card_row[data-kind='ticket']:contains('Grinder stops')" },
        { trigger: ".o_crm_card_row[data-kind='mail']:contains('Still hot')" },
        {
            content: "a figure opens its records",
            trigger: "[data-part='open_tickets']",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains('Grinder stops')" },
    ],
});
