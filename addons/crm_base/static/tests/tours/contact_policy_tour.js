import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("crm_base_contact_policy", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "open the customer base",
            trigger: ".o_app[data-menu-xmlid='crm_base.crm_base_menu_root']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='crm_base.crm_base_menu_work']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='crm_base.crm_contact_status_menu']",
            run: "click",
        },
        {
            content: "only who is overdue is listed",
            trigger: ".o_list_view:not(:contains('Nordlicht'))",
        },
        {
            trigger: ".o_data_row:contains('Tour Alpha') .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Tour Beta') .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_control_panel button:contains('Plan')",
            run: "click",
        },
        {
            content: "the preview names both, and who contacts them when",
            trigger:
                ".modal .o_data_row:contains('Tour Alpha'):contains('crm_user'):not(.text-warning)",
        },
        { trigger: ".modal .o_data_row:contains('Tour Beta')" },
        { trigger: ".modal footer button:contains('Plan')", run: "click" },
        { trigger: ".o_notification:contains('2 contacts are planned')" },
        {
            content: "the list shows the day",
            trigger:
                ".o_data_row:contains('Tour Alpha') td[name='planned_date']:not(:empty)",
        },
        {
            content: "a row opens the customer",
            trigger: ".o_data_row:contains('Tour Alpha') td[name='partner_id']",
            run: "click",
        },
        { trigger: ".o_breadcrumb:contains('Tour Alpha')" },
    ],
});

// A finger that rests on a card chooses it.
function rest({ anchor }) {
    anchor.dispatchEvent(new Event("touchstart", { bubbles: true }));
}

registry.category("web_tour.tours").add("crm_base_contact_policy_phone", {
    steps: () => [
        { trigger: ".o_kanban_record:contains('Tour Alpha')", run: rest },
        {
            content: "once one is chosen, a touch adds the next",
            trigger: ".o_record_selected:contains('Tour Alpha')",
        },
        { trigger: ".o_kanban_record:contains('Tour Beta')", run: "click" },
        { trigger: ".o_record_selected:contains('Tour Beta')" },
        { trigger: ".o_cp_action_menus button:has(.fa-cog)", run: "click" },
        { trigger: ".o_menu_item:contains('Plan')", run: "click" },
        {
            content: "the preview fits the screen and names both",
            trigger:
                ".modal .o_kanban_record:contains('Tour Alpha'), .modal .o_data_row:contains('Tour Alpha')",
        },
        { trigger: ".modal footer button:contains('Plan')", run: "click" },
        { trigger: ".o_notification:contains('2 contacts are planned')" },
    ],
});
