import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_base_need", {
    steps: () => [
        {
            content: "note what the customer needs",
            trigger: ".o_list_button_add",
            run: "click",
        },
        { trigger: ".oe_title [name=name] input", run: "edit Decaf in 5 kg bags" },
        { trigger: "[name=partner_id] input", run: "edit Anna Berg" },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Anna Berg')",
            run: "click",
        },
        { trigger: "[name=topic_id] input", run: "edit Decaf" },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Decaf')",
            run: "click",
        },
        { trigger: "[name=amount] input", run: "edit 1200" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
        {
            content: "back among all needs",
            trigger: ".breadcrumb-item:contains('Needs') a",
            run: "click",
        },
        {
            content: "it stands there, and opens",
            trigger:
                ".o_data_row .o_data_cell[name=name]:contains('Decaf in 5 kg bags')",
            run: "click",
        },
        {
            content: "the need was met",
            trigger: ".o_statusbar_status button:contains('Met')",
            run: "click",
        },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains('Met')" },
        { trigger: "[name=date_closed]:not(:empty)" },
        {
            content: "back among the needs it is open no more",
            trigger: ".breadcrumb-item:contains('Needs') a",
            run: "click",
        },
        { trigger: ".o_list_view:not(:contains('Decaf in 5 kg bags'))" },
    ],
});
