import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_analytics_clusters", {
    steps: () => [
        {
            content: "a search of one's own",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_form_view button:contains('Search Groups')",
            run: "click",
        },
        {
            content: "it waits for the background",
            trigger: ".o_form_view button[name=action_stop]",
            run: "click",
        },
        {
            trigger: ".o_form_view button[name=action_retry]",
        },
        {
            content: "back to the one that is done",
            trigger: ".o_breadcrumb a:contains('Customer Groups')",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Done') .o_data_cell:first",
            run: "click",
        },
        {
            content: "why there are three groups",
            trigger: ".o_field_widget[name=explanation]:contains('separates')",
        },
        {
            trigger:
                ".o_crm_cluster_choice_table tr.table-active td:first:contains('3')",
        },
        {
            content: "a name of one's own",
            trigger:
                ".o_field_widget[name=cluster_ids] td[name=name]:contains('Buy often')",
            run: "click",
        },
        {
            trigger: ".o_selected_row td[name=name] input",
            run: "edit Regulars",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "the customers of the group",
            trigger: ".o_crm_cluster_table th button:contains('Regulars (20)')",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains('Customer 0')",
        },
    ],
});
