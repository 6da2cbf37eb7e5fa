import { registry } from "@web/core/registry";

// By the keyboard alone: type, Tab, type, Ctrl+Enter.
registry.category("web_tour.tours").add("crm_base_complete_data", {
    steps: () => [
        {
            content: "the customer of most value comes first",
            trigger: ".o_data_row:first-child .o_data_cell:contains('Tour Nord')",
            run: "click",
        },
        { trigger: ".o_crm_hint:contains('Ask the reception')" },
        {
            content: "the cursor is in the first field",
            trigger: ".o_crm_asked [name=phone] input:focus",
            run: "edit +49 30 901820 && press Tab",
        },
        {
            trigger: ".o_crm_asked [name=city] input:focus",
            run: "edit Berlin && press Control+Enter",
        },
        { trigger: "h1:contains('Tour Olivar')" },
        {
            trigger: ".o_crm_asked [name=phone] input:focus",
            run: "edit +34 954123456 && press Control+Enter",
        },
        {
            content: "after the last one the list shows what is left",
            trigger: ".o_list_view .o_data_row:contains('Tour Olivar')",
        },
        { trigger: ".o_list_view:not(:contains('Tour Nord'))" },
    ],
});

registry.category("web_tour.tours").add("crm_base_confirm_phone", {
    steps: () => [
        {
            content: "where the customer stood in the last two years",
            trigger:
                ".o_crm_relationship rect[data-stage=regular]:not(:visible), .o_crm_relationship [data-stage=regular]",
        },
        { trigger: ".o_notebook a[name=data_quality]", run: "click" },
        { trigger: "[name=phone_status]:contains('Never confirmed')" },
        {
            trigger:
                ".o_form_sheet button[name=action_confirm_phone]:has(.fa-check-circle-o)",
            run: "click",
        },
        { trigger: "[name=phone_status]:contains('By hand')" },
        { trigger: "[name=contact_point_ids] .o_data_row:contains('+4930901821')" },
    ],
});
