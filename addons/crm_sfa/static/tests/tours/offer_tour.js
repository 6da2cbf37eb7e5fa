import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_sfa_offer", {
    steps: () => [
        {
            content: "what do the rules propose to this customer?",
            trigger: "button[name='action_prepare_offer']:enabled",
            run: "click",
        },
        {
            content: "the rule is named, and the usual basket is there",
            trigger: ".modal .o_field_widget[name='reasons']:contains('Regulars')",
        },
        {
            trigger: ".modal .o_data_row:contains('Grinder'):contains('80.00')",
        },
        { trigger: ".modal button[name='action_make']", run: "click" },
        {
            content: "the draft is there; give a discount that is too high",
            trigger: ".o_sale_order .o_data_row:contains('Grinder') [name='discount']",
            run: "click",
        },
        {
            trigger: ".o_sale_order .o_selected_row [name='discount'] input",
            run: "edit 20 && press Tab",
        },
        { trigger: "[name='approval_alert']:contains('Discount: 20 %')" },
        { trigger: ".o_form_button_save:enabled", run: "click" },
        { trigger: ".o_form_saved" },
        {
            content: "it cannot be sent",
            trigger: "button#quotation_send_primary",
            run: "click",
        },
        {
            trigger: ".modal .btn-primary:contains('Ask for approval')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='reason'] textarea",
            run: "edit They buy for all cafés",
        },
        { trigger: ".modal button[name='action_ask']", run: "click" },
        { trigger: "[name='approval_alert']:contains('Approval is asked for')" },
    ],
});

registry.category("web_tour.tours").add("crm_sfa_approve", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains('Nordlicht'):contains('for all cafés')",
        },
        {
            trigger: ".o_kanban_record button[name='action_approve']",
            run: "click",
        },
        { trigger: ".o_kanban_view:not(:has(button[name='action_approve']))" },
    ],
});

registry.category("web_tour.tours").add("crm_sfa_double_offer", {
    steps: () => [
        {
            content: "a colleague offers the same: told while the draft is written",
            trigger: "[name='double_alert']:contains('Cora Colleague')",
        },
        { trigger: "button#quotation_send_primary", run: "click" },
        {
            content: "it is not sent without a reason",
            trigger: ".modal:contains('Speak with each other')",
        },
        { trigger: ".modal .btn-primary:contains('Give a reason')", run: "click" },
        { trigger: ".modal .alert:contains('Cora Colleague')" },
        {
            trigger: ".modal .o_field_widget[name='reason'] textarea",
            run: "edit Cora sells the grinders, I sell the service",
        },
        { trigger: ".modal button[name='action_go_on']", run: "click" },
        {
            content: "it stands on the quotation, and the warning is gone",
            trigger:
                ".o_form_view:not(:has([name='double_alert'])) [name='double_offer_reason']:contains('I sell the service')",
        },
        { trigger: "button#quotation_send_primary", run: "click" },
        { trigger: ".modal button[name='action_send_mail']", run: "click" },
        { trigger: ".o_arrow_button_current:contains('Quotation Sent')" },
    ],
});
