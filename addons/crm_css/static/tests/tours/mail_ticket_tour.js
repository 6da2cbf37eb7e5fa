import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_css_mail_ticket", {
    steps: () => [
        { trigger: ".o_field_widget[name='name'] input" },
        {
            content: "nobody knows the sender",
            trigger: "button[name='action_choose_customer']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='partner_id'] input",
            run: "edit Anna Berg",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Anna Berg')",
            run: "click",
        },
        { trigger: ".modal button[name='action_apply']", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_crm_card:contains('Nordlicht')" },
        {
            content: "answer",
            trigger: "button.o-mail-Chatter-sendMessage:not(.active)",
            run: "click",
        },
        {
            trigger: ".o-mail-Composer-input",
            run: "edit A new seal is on its way.",
        },
        { trigger: ".o-mail-Composer-send:enabled", run: "click" },
        { trigger: ".o-mail-Message:contains('A new seal is on its way')" },
        {
            content: "resolved",
            trigger: ".o_statusbar_status button.dropdown-toggle:visible",
            run: "click",
        },
        { trigger: ".o-dropdown--menu .dropdown-item:contains('Done')", run: "click" },
        {
            trigger:
                ".o_statusbar_status button.o_arrow_button_current:contains('Done')",
        },
        { trigger: ".o_form_renderer.o_form_saved" },
    ],
});
