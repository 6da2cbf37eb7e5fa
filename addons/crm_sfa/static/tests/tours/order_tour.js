import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_sfa_order", {
    steps: () => [
        {
            content: "confirm the quotation in the ERP",
            trigger: "button[name=action_confirm]:enabled",
            run: "click",
        },
        {
            trigger:
                ".o_statusbar_status .o_arrow_button_current:contains('Sales Order')",
        },
    ],
});

registry.category("web_tour.tours").add("crm_sfa_order_on_card", {
    steps: () => [
        { trigger: ".o_crm_card_row[data-kind='order']" },
        { trigger: "[data-part='orders']:contains('1')" },
    ],
});
