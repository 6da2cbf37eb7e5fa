import { Component, onWillStart, useState } from "@odoo/owl";
import { useCommand } from "@web/core/commands/command_hook";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

/**
 * Hands out the next item of the work queue, and shows the one that is in hand.
 */
export class WorkQueue extends Component {
    static template = "crm_css.WorkQueue";
    static components = { Dropdown, DropdownItem };
    static props = {};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ allowed: false, current: {} });
        useCommand(_t("Next from the work queue"), () => this.next(), {
            category: "app",
            global: true,
            hotkey: "alt+shift+w",
            isAvailable: () => this.state.allowed,
        });
        onWillStart(async () => {
            this.state.allowed = await user.hasGroup(
                "helpdesk_mgmt.group_helpdesk_user_own"
            );
        });
    }

    /** Ask for what is in hand only when somebody looks. */
    async look() {
        this.state.current = await this.orm.call("crm.work.item", "current", []);
    }

    next() {
        return this.go("take_next");
    }

    later() {
        return this.go("put_off");
    }

    giveBack() {
        return this.go("give_back");
    }

    async go(method) {
        await this.action.doAction(await this.orm.call("crm.work.item", method, []));
    }

    open() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: this.state.current.res_model,
            res_id: this.state.current.res_id,
            views: [[false, "form"]],
        });
    }

    queue() {
        return this.action.doAction("crm_css.crm_work_item_action");
    }
}

registry
    .category("systray")
    .add("crm_css.work_queue", { Component: WorkQueue }, { sequence: 34 });
