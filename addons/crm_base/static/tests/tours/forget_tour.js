import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_base_forget", {
    steps: () => [
        { trigger: ".nav-link[name=consent]", run: "click" },
        { trigger: "button[name=action_forget]", run: "click" },
        { trigger: ".modal .alert:contains('cannot be undone')" },
        { trigger: ".modal .o_crm_forget:contains('personal data taken out')" },
        {
            content: "a wrong name does nothing",
            trigger: ".modal [name=typed_name] input",
            run: "edit Somebody",
        },
        { trigger: ".modal button[name=action_forget]", run: "click" },
        { trigger: ".o_error_dialog:contains('not the name')" },
        { trigger: ".o_error_dialog button.btn-primary", run: "click" },
        {
            trigger: "body:not(:has(.o_error_dialog)) .modal [name=typed_name] input",
            run: "edit Xaver Tourmann",
        },
        { trigger: ".modal button[name=action_forget]", run: "click" },
        {
            content: "the proof opens",
            trigger: ".o_form_view h1:contains('Forgotten person #')",
        },
        { trigger: ".o_crm_forget:contains('Contact')" },
    ],
});
