import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

/** The day and its visits, from the command palette on every page. */
export const dayCommands = {
    dependencies: ["action", "command"],
    async start(env, { action, command }) {
        const [sells, leads] = await Promise.all([
            user.hasGroup("sales_team.group_sale_salesman"),
            user.hasGroup("sales_team.group_sale_salesman_all_leads"),
        ]);
        const add = (name, xmlId) =>
            command.add(
                name,
                () => action.doAction(xmlId, { clearBreadcrumbs: true }),
                {
                    category: "app",
                    global: true,
                }
            );
        if (sells) {
            add(_t("My Day"), "crm_sfa.crm_day_item_action");
            add(_t("My Visits"), "crm_sfa.crm_visit_action");
        }
        if (leads) {
            add(_t("Load of the Team"), "crm_sfa.crm_day_item_action_board");
        }
    },
};

registry.category("services").add("crm_sfa.day_commands", dayCommands);
