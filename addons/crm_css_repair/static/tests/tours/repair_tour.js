import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_css_repair", {
    steps: () => [
        { trigger: "[name=owned_item_id] input", run: "edit 0017" },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('NK-2024-0017')",
            run: "click",
        },
        { trigger: "[name=entitlement_hint]:contains('Two years until')" },
        {
            content: "a repair of it, with all that is known",
            trigger: ".o_statusbar_buttons button[name=action_new_repair]",
            run: "click",
        },
        { trigger: "[name=under_warranty] input:checked" },
        { trigger: "[name=product_id] input:value('Grinder')" },
        { trigger: ".breadcrumb-item a:contains('Grinder stops')", run: "click" },
        { trigger: "button[name=action_view_repairs]:contains('1')" },
    ],
});
