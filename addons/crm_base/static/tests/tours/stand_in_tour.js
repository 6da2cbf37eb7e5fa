import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_base_stand_in_away", {
    steps: () => [
        { trigger: ".o_list_button_add, .o-kanban-button-new", run: "click" },
        { trigger: "[name=stand_in_id] input", run: "edit crm_colleague" },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('crm_colleague')",
            run: "click",
        },
        { trigger: "[name=reason] input", run: "edit On holiday" },
        { trigger: "button[name=action_confirm]", run: "click" },
        {
            content: "it runs, and the brief is there",
            trigger: "[name=brief]:contains('Tour review')",
        },
        { trigger: ".o_statusbar_status:contains('Running')" },
    ],
});

const openContactsNoted = [
    {
        isActive: ["mobile"],
        trigger: ".o-form-buttonbox .o_button_more",
        run: "click",
    },
    {
        trigger: "button:contains('Contacts Noted')",
        run: "click",
    },
];

registry.category("web_tour.tours").add("crm_base_stand_in_covering", {
    steps: () => [
        {
            trigger:
                ".o_data_cell:contains('crm_user'), .o_kanban_record:contains('crm_user')",
            run: "click",
        },
        {
            content: "the brief names it, and opens it in another tab",
            trigger:
                "[name=brief] a[href^='/odoo/crm.interaction']:contains('Tour note')",
        },
        ...openContactsNoted,
        {
            trigger:
                ".o_data_cell:contains('Tour note'), .o_kanban_record:contains('Tour note')",
            run: "click",
        },
        { trigger: ".o_form_view [name=direction]" },
        { trigger: "[name=name] input", run: "edit Tour note, answered" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
    ],
});
