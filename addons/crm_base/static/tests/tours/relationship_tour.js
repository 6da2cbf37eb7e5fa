import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_base_relationship", {
    steps: () => [
        {
            content: "the chart shows when he was regular, and since when he sleeps",
            trigger:
                ".o_crm_relationship:has(rect[data-stage=regular]):has(rect[data-stage=sleeping])",
        },
        {
            content: "the card says where he stands now, and opens how he came there",
            trigger: "[data-fact=relationship_stage] a:contains('Sleeping')",
            run: "click",
        },
        {
            content: "he fell asleep after he had been regular",
            trigger: ".o_data_row:contains('Regular') [name=new]:contains('Sleeping')",
        },
        {
            content: "back on the customer",
            trigger: ".o_breadcrumb a:contains('Nordlicht')",
            run: "click",
        },
        { trigger: ".o_crm_card_name:contains('Nordlicht')" },
    ],
});
