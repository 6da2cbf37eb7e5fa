import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_css_contract_offer", {
    steps: () => [
        { content: "a new contract", trigger: ".o_list_button_add", run: "click" },
        { trigger: ".oe_title [name=name] input", run: "edit Gold for the roastery" },
        { trigger: "[name=partner_id] input", run: "edit Nordlicht" },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Nordlicht')",
            run: "click",
        },
        { trigger: "[name=service_level_id] input", run: "edit Gold" },
        { trigger: ".o-autocomplete--dropdown-item:contains('Gold')", run: "click" },
        { trigger: "[name=included_hours] input", run: "edit 10" },
        { content: "its price", trigger: "a[name=prices]", run: "click" },
        {
            trigger: "[name=contract_line_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".o_selected_row [name=product_id] input",
            run: "edit Gold service",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Gold service')",
            run: "click",
        },
        { trigger: ".o_selected_row [name=price_unit] input", run: "edit 100" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
        { trigger: "button[name=action_offer]", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Offered')" },
        { trigger: "button[name=action_sign]", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Running')" },
        { trigger: ".alert:contains('unless it is renewed')" },
    ],
});

registry.category("web_tour.tours").add("crm_css_contract_book", {
    steps: () => [
        {
            content: "the ticket has found the contract by itself",
            trigger: "[name=entitlement_hint]:contains('10 of 10 h left')",
        },
        { trigger: "button[name=action_book_on_contract]", run: "click" },
        { trigger: ".modal [name=left_text]:contains('10')" },
        { trigger: ".modal [name=quantity] input", run: "edit 3.5" },
        { trigger: ".modal [name=note] input", run: "edit Cleaned the burrs" },
        { trigger: ".modal button[name=action_confirm]", run: "click" },
        { trigger: "[name=entitlement_hint]:contains('6.5 of 10 h left')" },
    ],
});

registry.category("web_tour.tours").add("crm_css_contract_renew", {
    steps: () => [
        {
            trigger: ".o_data_row:contains('roastery') .o_data_cell:first",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains('Running')" },
        { trigger: "button[name=action_renew]", run: "click" },
        {
            content: "the price list of today, beside the old price",
            trigger:
                ".o_data_row:contains('Gold service') [name=price_unit]:contains('120')",
        },
        {
            trigger:
                ".o_data_row:contains('Gold service') [name=contract_old_price]:contains('100')",
        },
        { trigger: "button[name=action_confirm]:visible", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Sales Order')" },
        {
            content: "the contract goes on",
            trigger: ".breadcrumb-item:contains('roastery') a",
            run: "click",
        },
        { trigger: ".o_arrow_button_current:contains('Renewed')" },
        { trigger: "[name=renewal_count]:contains('1')" },
    ],
});
