import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_analytics_run", {
    steps: () => [
        {
            content: "the analysis",
            trigger: ".o_data_row:contains('Year') td[name=name]",
            run: "click",
        },
        {
            trigger: "button[name=action_run]",
            run: "click",
        },
        {
            content: "how far it is, and how to stop it",
            trigger: ".o_form_view:contains('as soon as') button[name=action_stop]",
            run: "click",
        },
        {
            trigger: "button[name=action_retry]",
        },
    ],
});

registry.category("web_tour.tours").add("crm_analytics_classes", {
    steps: () => [
        {
            content: "one important and irregular customer",
            trigger: ".o_crm_abc_xyz a[data-cell=az]:contains('1')",
            run: "click",
        },
        {
            content: "a cell opens its customers",
            trigger: ".o_list_view .o_data_row:contains('Nordlicht')",
        },
        {
            trigger: ".o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            content: "who moved since the result before",
            trigger: ".o_crm_moves a[data-move=absent-c]:contains('1')",
        },
        {
            content: "moves between the groups",
            trigger: ".o_crm_moves .btn[data-dimension=rfm_group]",
            run: "click",
        },
        {
            trigger: ".o_crm_moves .btn.active[data-dimension=rfm_group]",
        },
        {
            content: "an earlier picture as it was",
            trigger: ".o_crm_run",
            run: "selectByIndex 1",
        },
        {
            trigger: ".o_crm_matrix:contains('no earlier result')",
        },
    ],
});

registry.category("web_tour.tours").add("crm_analytics_act", {
    steps: () => [
        {
            content: "something for all customers of a cell",
            trigger: ".o_crm_abc_xyz td:has(a[data-cell=az]) .o_crm_act",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=count]:contains('1')",
        },
        {
            trigger: ".modal .o_field_widget[name=tag_id] input",
            run: "edit Best",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Best')",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_do]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains('1 customers have the tag')",
        },
    ],
});
