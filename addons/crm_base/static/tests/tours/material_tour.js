import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_base_material_send", {
    steps: () => [
        {
            content: "on a phone the buttons are behind a menu",
            trigger: ".o_form_view",
            run() {
                document.querySelector(".o_button_more")?.click();
            },
        },
        { trigger: "button[name=action_send_material]", run: "click" },
        { trigger: ".modal [name=partner_ids]:contains('Anna Berg')" },
        { trigger: ".modal [name=material_ids] input", run: "click" },
        {
            content: "from the list, or on a phone from the cards",
            trigger:
                ".o-autocomplete--dropdown-item a:contains('Machines at a glance'), .modal .o_kanban_record:contains('Machines at a glance')",
            run: "click",
        },
        { trigger: ".modal [name=material_ids] .o_tag:contains('Machines')" },
        { trigger: ".modal button[name=action_send]", run: "click" },
        { trigger: ".o_notification:contains('Anna Berg')" },
    ],
});

registry.category("web_tour.tours").add("crm_base_material_opened", {
    steps: () => [
        {
            content: "the card tells that it was opened",
            trigger: ".o_crm_card [data-part=materials]:contains('1 / 1')",
            run: "click",
        },
        {
            trigger:
                ".o_data_row:contains('Machines at a glance'), .o_kanban_record:contains('Machines at a glance')",
        },
    ],
});
