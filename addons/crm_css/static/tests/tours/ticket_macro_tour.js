import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_css_ticket_macro", {
    steps: () => [
        { trigger: ".o_statusbar_buttons button:contains('Macro')", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=macro_id] input",
            run: "edit Serial",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Serial number')",
            run: "click",
        },
        {
            content: "the blank is filled in",
            trigger: ".modal .o_field_widget[name=text]:contains('Dear Anna Berg')",
        },
        {
            content: "what else it does is told",
            trigger: ".modal .o_field_widget[name=sets]:contains('Awaiting')",
        },
        { trigger: ".modal footer button[name=action_apply]", run: "click" },
        { trigger: ".o_form_view .o-mail-Message:contains('Dear Anna Berg')" },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Awaiting')",
        },
    ],
});
