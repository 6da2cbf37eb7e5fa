import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_css_owned", {
    steps: () => [
        {
            content: "a serial number finds the product, however it is written",
            trigger: "[name=owned_item_id] input",
            run: "edit NK 2024 0017",
        },
        {
            trigger:
                ".o-autocomplete--dropdown-item:contains('Grinder · NK-2024-0017')",
            run: "click",
        },
        {
            content: "whether it is covered stands on the ticket at once",
            trigger: "[name=entitlement_hint]:contains('Two years until')",
        },
        { trigger: "[name=product_id] input:value('Grinder')" },
        {
            content: "a quotation for the customer",
            trigger: ".o_statusbar_buttons button[name=action_new_quotation]",
            run: "click",
        },
        {
            trigger:
                ".o_form_view [name=partner_id] input:value('Nordlicht, Anna Berg')",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
        { trigger: ".breadcrumb-item a:contains('Grinder stops')", run: "click" },
        {
            content: "it is tied to the ticket",
            trigger: "button[name=action_view_sale_orders]:contains('1')",
        },
    ],
});

registry.category("web_tour.tours").add("crm_css_is_it_covered", {
    steps: () => [
        { trigger: ".modal [name=query] input", run: "edit NK-1999-1 && press Tab" },
        { trigger: ".modal .alert-warning:contains('Nothing with this number')" },
        { trigger: ".modal [name=query] input", run: "edit nk20240017 && press Tab" },
        { trigger: ".modal .alert-success:contains('Covered: Two years until')" },
        { trigger: ".modal [name=item_ids]:contains('Nordlicht')" },
        { trigger: ".modal button[name=action_open]", run: "click" },
        { trigger: ".o_form_view [name=lot_name] input:value('NK-2024-0017')" },
    ],
});
