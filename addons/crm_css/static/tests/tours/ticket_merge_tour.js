import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_css_ticket_merge", {
    steps: () => [
        {
            content: "tick the one and the other",
            trigger:
                ".o_data_row:contains('Grinder stops') .o_list_record_selector input",
            run: "click",
        },
        {
            trigger:
                ".o_data_row:contains('Grinder again') .o_list_record_selector input",
            run: "click",
        },
        { trigger: ".o_cp_action_menus button:contains('Actions')", run: "click" },
        { trigger: ".o-dropdown-item:contains('Merge…')", run: "click" },
        {
            content: "the higher priority is proposed",
            trigger:
                ".modal button[data-field=priority_by_hand][aria-pressed=true]:contains('Very High')",
        },
        { trigger: ".modal footer button[name=action_merge]", run: "click" },
        {
            content: "what the other said is here",
            trigger: ".o_form_view .o-mail-Message:contains('Smoke now')",
        },
        { trigger: "button[name=action_open_merges]", run: "click" },
        {
            trigger: ".o_data_row:contains('Grinder stops') button[name=action_undo]",
            run: "click",
        },
        { trigger: ".modal footer .btn-primary", run: "click" },
        { trigger: ".o_data_row:contains('Grinder stops'):contains('Undone')" },
    ],
});
