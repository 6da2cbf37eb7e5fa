import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_sfa_order_board", {
    steps: () => [
        {
            content: "how many orders are abnormal?",
            trigger: "button[data-figure='abnormal']:contains('1')",
            run: "click",
        },
        {
            content: "the figure opens its orders",
            trigger:
                "button[data-figure='abnormal'][aria-pressed='true'], .o_facet_value:contains('Abnormal')",
        },
        {
            trigger:
                ".o_kanban_record:contains('Nordlicht'):contains('Abnormal') .fw-bold",
            run: "click",
        },
        {
            content: "the order says why",
            trigger: "[name='flag_alert']:contains('usually 2.00')",
        },
        {
            trigger: "[name='flag_alert'] button[name='action_dismiss_flags']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='reason'] textarea",
            run: "edit They open a second café",
        },
        { trigger: ".modal button[name='action_dismiss']", run: "click" },
        {
            content: "it is all right now",
            trigger: ".o_sale_order:not(:has([name='flag_alert']))",
        },
    ],
});

registry.category("web_tour.tours").add("crm_sfa_reminder", {
    steps: () => [
        {
            content: "who would be reminded today?",
            trigger:
                ".o_data_row:contains('Nordlicht'):contains('Step 5') .o_list_record_selector input",
            run: "click",
        },
        { trigger: "button[name='action_remind']", run: "click" },
        { trigger: ".o_notification:contains('Reminders: 1.')" },
        {
            content: "nobody waits any more",
            trigger: ".o_list_view:not(:has(.o_data_row:contains('Step 5')))",
        },
    ],
});
