import { registry } from "@web/core/registry";

const row = (text) => `.o_crm_day_list .o_data_row:contains('${text}')`;
const card = (text) => `.o_kanban_record:contains('${text}')`;
const column = (name) => `.o_kanban_group:has(.o_kanban_header:contains('${name}'))`;

registry.category("web_tour.tours").add("crm_sfa_my_day", {
    steps: () => [
        {
            content: "the command palette knows the day",
            trigger: ".o_crm_visits_plan",
            run: "press control+k",
        },
        { trigger: ".o_command_palette input", run: "edit My Day" },
        {
            trigger: ".o_command_palette .o_command:contains('My Day')",
            run: "click",
        },
        {
            content: "say what came of the call",
            trigger: `${row("Call Anna")} button[name='action_done']`,
            run: "click",
        },
        {
            trigger:
                ".modal .o_field_widget[name='outcome'] .o_selection_badge:contains('Reached')",
            run: "click",
        },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: `body:not(:has(.modal)):not(:has(${row("Call Anna")}))` },
        {
            content: "put the rest off",
            trigger: `${row("Send the list")} button[name='action_tomorrow']`,
            run: "click",
        },
        { trigger: ".o_notification:contains('Put off')" },
        { trigger: `body:not(:has(${row("Send the list")}))` },
    ],
});

registry.category("web_tour.tours").add("crm_sfa_team_load", {
    steps: () => [
        {
            content: "the load stands in the column",
            trigger: `${column("Sam Seller")} .o_crm_day_load:contains('0:30')`,
        },
        { trigger: `${column("Sam Seller")} ${card("Call Anna")}` },
        {
            content: "who has nothing to do has a column too",
            trigger: `${column("Cora Colleague")} .o_crm_day_load:contains('0:00')`,
        },
    ],
});
