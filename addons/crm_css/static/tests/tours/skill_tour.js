import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("crm_css_skill", {
    steps: () => [
        {
            content: "Ines learned how invoices are made",
            trigger: ".o_data_row:contains('Ines') [name=skill_ids]",
            run: "click",
        },
        { trigger: ".o_selected_row [name=skill_ids] input", run: "edit Invoices" },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Invoices')",
            run: "click",
        },
        { trigger: ".o_list_button_save", run: "click" },
        {
            trigger:
                ".o_data_row:not(.o_selected_row):contains('Ines'):contains('Invoices')",
        },
    ],
});

tours.add("crm_css_skill_decides", {
    steps: () => [
        {
            content: "who fits best?",
            trigger: "button[name=action_assign]",
            run: "click",
        },
        { trigger: "[name=user_id] input:value(Ines)" },
        {
            content: "and why?",
            trigger: ".o-mail-Message:contains('knows the matter')",
        },
    ],
});
