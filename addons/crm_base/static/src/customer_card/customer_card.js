import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { RelationshipChart } from "@crm_base/relationship_chart/relationship_chart";
import { KeepLast } from "@web/core/utils/concurrency";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * What an employee must see at once when a customer is in touch: value, figures and
 * the time line of the customer's whole company. One RPC fills it.
 */
export class CustomerCard extends Component {
    static template = "crm_base.CustomerCard";
    static components = { RelationshipChart };
    static props = { ...standardWidgetProps, field: { type: String, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ card: null, rows: [], more: false, kind: "" });
        this.keepLast = new KeepLast();
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((props) => {
            if (this.partnerId(props) !== this.loadedId) {
                return this.load(props);
            }
        });
    }

    partnerId({ record, field }) {
        return field ? record.data[field]?.id : record.resId;
    }

    async load(props) {
        this.loadedId = this.partnerId(props);
        this.state.kind = "";
        if (!this.loadedId) {
            this.state.card = null;
            return;
        }
        const card = await this.keepLast.add(
            this.orm.call("res.partner", "crm_card", [[this.loadedId]])
        );
        this.state.card = card;
        this.showPage(card.timeline, true);
    }

    showPage({ rows, more }, anew) {
        this.state.rows = anew ? rows : [...this.state.rows, ...rows];
        this.state.more = more;
    }

    async readPage(anew) {
        const kinds = this.state.kind ? [this.state.kind] : null;
        const before = anew ? null : this.state.more;
        const page = await this.keepLast.add(
            this.orm.call("crm.timeline", "read_page", [this.loadedId, kinds, before])
        );
        this.showPage(page, anew);
    }

    onKindChange(ev) {
        this.state.kind = ev.target.value;
        return this.readPage(true);
    }

    when(row) {
        return toLocaleDateTimeString(deserializeDateTime(row.date));
    }

    async openRow(row) {
        const action = await this.orm.call("crm.timeline", "action_open", [[row.id]]);
        return this.action.doAction(action);
    }

    openPart(part) {
        return part.action && this.action.doAction(part.action);
    }

    noteContact() {
        return this.action.doAction("crm_base.crm_interaction_action_quick", {
            additionalContext: { default_partner_id: this.loadedId },
            onClose: () => this.load(this.props),
        });
    }
}

registry.category("view_widgets").add("crm_customer_card", {
    component: CustomerCard,
    extractProps: ({ attrs }) => ({ field: attrs.field }),
    additionalClasses: ["d-block", "w-100"],
});
