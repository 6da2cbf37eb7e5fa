import {
    Component,
    onMounted,
    onWillUpdateProps,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { RelationshipChart } from "@crm_base/relationship_chart/relationship_chart";
import { KeepLast } from "@web/core/utils/concurrency";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * What an employee must see at once when a customer is in touch: warnings, figures, who
 * works with him, and the time line of the customer's whole company. One RPC fills it,
 * after the form is there: the form never waits for it.
 */
export class CustomerCard extends Component {
    static template = "crm_base.CustomerCard";
    static components = { RelationshipChart };
    static props = { ...standardWidgetProps, field: { type: String, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({
            card: null,
            rows: [],
            more: false,
            filters: {},
            moreFilters: false,
        });
        this.keepLast = new KeepLast();
        this.scroll = useRef("scroll");
        this.end = useRef("end");
        this.loadedId = this.partnerId(this.props);
        onMounted(() => this.load(this.props));
        onWillUpdateProps((props) => {
            if (this.partnerId(props) !== this.loadedId) {
                this.state.card = null; // never another customer's, not for a moment
                this.load(props);
            }
        });
        useEffect(
            (end) => this.readOnWhenSeen(end),
            () => [this.end.el, this.state.rows.length]
        );
    }

    get filtered() {
        return Object.values(this.state.filters).some(Boolean);
    }

    partnerId({ record, field }) {
        return field ? record.data[field]?.id : record.resId;
    }

    async load(props) {
        this.loadedId = this.partnerId(props);
        this.state.filters = {};
        if (!this.loadedId) {
            this.state.card = null;
            return;
        }
        const card = await this.keepLast.add(
            this.orm.silent.call("res.partner", "crm_card", [[this.loadedId]])
        );
        this.state.card = card;
        this.showPage(card.timeline, true);
    }

    showPage({ rows, more }, anew) {
        this.state.rows = anew ? rows : [...this.state.rows, ...rows];
        this.state.more = more;
    }

    async readPage(anew) {
        const before = anew ? null : this.state.more;
        const page = await this.keepLast.add(
            this.orm.silent.call("crm.timeline", "read_page", [
                this.loadedId,
                this.state.filters,
                before,
            ])
        );
        this.showPage(page, anew);
    }

    readOnWhenSeen(end) {
        if (!end) {
            return;
        }
        const observer = new IntersectionObserver(
            ([entry]) => entry.isIntersecting && this.readPage(false),
            { root: this.scroll.el, rootMargin: "200px" }
        );
        observer.observe(end);
        return () => observer.disconnect();
    }

    setFilter(name, value) {
        this.state.filters = { ...this.state.filters, [name]: value };
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
