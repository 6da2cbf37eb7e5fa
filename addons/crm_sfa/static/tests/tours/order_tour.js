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

registry.category("web_tour.tours").add("crm_sfa_who_works_here", {
    steps: () => [
        {
            content: "whose customer it is, and who else works on what",
            trigger: ".o_crm_card_colleague:contains('Max Manager (salesperson)')",
        },
        {
            trigger:
                ".o_crm_card_colleague:contains('Cora Colleague'):contains('Open deals')",
        },
        {
            trigger:
                ".o_crm_card_colleague:contains('Sam Seller'):contains('Open quotations')",
        },
        {
            content: "the figure opens the colleague's deal",
            trigger: "[data-part='deals']",
            run: "click",
        },
        { trigger: ".o_view_controller:contains('Grinders for the new roastery')" },
    ],
});
