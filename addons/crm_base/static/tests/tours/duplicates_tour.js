import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_base_duplicates", {
    steps: () => [
        {
            content: "the pair says why it is one",
            trigger: ".o_data_row:contains('Petr Ivanov'):contains('same phone')",
        },
        {
            trigger:
                ".o_data_row:contains('Petr Ivanov') button[name=action_merge]:contains('Merge')",
            run: "click",
        },
        {
            content: "pick the other's town",
            trigger: ".modal button[data-field=city]:contains('Москва')",
            run: "click",
        },
        {
            trigger:
                ".modal button[data-field=city][aria-pressed=true]:contains('Москва')",
        },
        { trigger: ".modal footer button[name=action_merge]", run: "click" },
        {
            content: "what stayed has both",
            trigger: ".o_form_view .o_field_widget[name=city] input:value('Москва')",
        },
        {
            trigger: ".o_menu_sections button:contains('Data Quality')",
            run: "click",
        },
        {
            trigger: ".dropdown-item[data-menu-xmlid='crm_base.crm_merge_menu']",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Petr Ivanov') button[name=action_undo]",
            run: "click",
        },
        { trigger: ".modal footer .btn-primary", run: "click" },
        { trigger: ".o_data_row:contains('Petr Ivanov'):contains('Undone')" },
    ],
});
