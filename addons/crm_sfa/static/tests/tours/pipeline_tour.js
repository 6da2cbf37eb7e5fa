import { registry } from "@web/core/registry";

const stage = (name) => `.o_statusbar_status .o_arrow_button:contains('${name}')`;
const current = (name) =>
    `.o_statusbar_status .o_arrow_button_current:contains('${name}')`;

registry.category("web_tour.tours").add("crm_sfa_pipeline", {
    steps: () => [
        {
            content: "the deal may not move on without the budget",
            trigger: stage("Trial"),
            run: "click",
        },
        { trigger: ".modal:contains('Budget known') .btn-primary", run: "click" },
        { trigger: `body:not(:has(.modal)) ${current("First look")}` },
        {
            content: "tick it",
            trigger: ".o_crm_checklist button[data-criterion='Budget known']",
            run: "click",
        },
        {
            trigger:
                ".o_crm_checklist button[data-criterion='Budget known'][aria-pressed='true']",
        },
        { trigger: stage("Trial"), run: "click" },
        { trigger: current("Trial") },
        {
            content: "start a playbook",
            trigger: ".o_statusbar_buttons button:contains('Playbook')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='playbook_id'] input",
            run: "edit First offer",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains('First offer')",
            run: "click",
        },
        { trigger: ".modal button[name='action_start']", run: "click" },
        {
            content: "its steps stand on the deal",
            trigger: "button[name='action_open_playbooks']:contains('1')",
        },
        { trigger: ".o-mail-Activity:contains('Ask for the volume')" },
        { trigger: "button[name='action_open_playbooks']", run: "click" },
        { trigger: ".o_data_row .o_data_cell:contains('First offer')", run: "click" },
        { trigger: ".o_data_row:contains('Ask for the volume'):contains('Planned')" },
        {
            trigger:
                ".o_data_row:contains('Ask for the volume') button[name='action_done']",
            run: "click",
        },
        { trigger: ".o_data_row:contains('Ask for the volume'):contains('Done')" },
    ],
});

registry.category("web_tour.tours").add("crm_sfa_late_steps", {
    steps: () => [
        {
            content: "one step is late",
            trigger: ".o_pivot_cell_value:contains('1')",
            run: "click",
        },
        {
            content: "the number opens the step",
            trigger:
                ".o_data_row:contains('Ask for the volume'):contains('Sam Seller')",
        },
    ],
});

registry.category("web_tour.tours").add("crm_sfa_lost", {
    steps: () => [
        {
            trigger: ".o_statusbar_buttons button:contains('Lost')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='motive_ids'] input",
            run: "edit Too dear",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains('Too dear')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='competitor_id'] input",
            run: "edit Roast Masters",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains('Roast Masters')",
            run: "click",
        },
        {
            trigger: ".modal button[name='action_lost_reason_apply']",
            run: "click",
        },
        { trigger: ".ribbon:contains('Lost')" },
        { trigger: ".o_notebook a[name='motives']", run: "click" },
        {
            trigger:
                ".o_field_widget[name='motive_ids'] .o_data_row:contains('Too dear')",
        },
        {
            trigger:
                ".o_field_widget[name='rival_ids'] .o_data_row:contains('Roast Masters')",
        },
        { trigger: ".o_field_widget[name='battle_cards']:contains('spare parts')" },
    ],
});
