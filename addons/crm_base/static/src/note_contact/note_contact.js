import { Component, onWillStart, useState } from "@odoo/owl";
import { useCommand } from "@web/core/commands/command_hook";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

/**
 * Notes a contact from anywhere: a click in the top bar, or the command palette. On a
 * customer's form the customer is filled in already.
 */
export class NoteContact extends Component {
    static template = "crm_base.NoteContact";
    static props = {};

    setup() {
        this.action = useService("action");
        this.state = useState({ allowed: false });
        useCommand(_t("Note a contact"), () => this.open(), {
            category: "app",
            global: true,
            hotkey: "alt+shift+n",
            isAvailable: () => this.state.allowed,
        });
        onWillStart(async () => {
            this.state.allowed = await user.hasGroup("crm_base.crm_base_group_user");
        });
    }

    get partnerId() {
        const controller = this.action.currentController;
        return (
            controller?.props?.resModel === "res.partner" &&
            controller.currentState?.resId
        );
    }

    open() {
        return this.action.doAction("crm_base.crm_interaction_action_quick", {
            additionalContext: this.partnerId
                ? { default_partner_id: this.partnerId }
                : {},
        });
    }
}

registry
    .category("systray")
    .add("crm_base.note_contact", { Component: NoteContact }, { sequence: 35 });
