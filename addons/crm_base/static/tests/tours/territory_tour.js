import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_base_territory", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: "[name=name] input", run: "edit Tour Hamburg" },
        {
            content: "a rule by postal code",
            trigger: "[name=rule_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        { trigger: "[name=rule_ids] [name=country_id] input", run: "edit Germany" },
        { trigger: ".o-autocomplete--dropdown-item:contains('Germany')", run: "click" },
        { trigger: "[name=rule_ids] [name=zip_from] input", run: "edit 20" },
        { trigger: "[name=rule_ids] [name=zip_to] input", run: "edit 22" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
        { trigger: "button[name=action_apply]", run: "click" },
        {
            content: "the customer has moved",
            trigger: "button[name=action_open_customers]:contains('1')",
            run: "click",
        },
        { trigger: ".o_data_cell:contains('Tour Reederei')", run: "click" },
        { trigger: ".nav-link[name=sales_purchases]", run: "click" },
        { trigger: "[name=territory_id]:contains('Tour Hamburg')" },
    ],
});
