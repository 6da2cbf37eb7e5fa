import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const SIZES = [
    ["week", _t("Week")],
    ["month", _t("Month")],
];

/** What changed in the last week or month, in words and by who moved it. */
export class Digest extends Component {
    static template = "crm_analytics.Digest";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    static displayName = _t("What Changed");
    static path = "what-changed";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.sizes = SIZES;
        const { size, day, shown } = this.props.state || this.props.action.params || {};
        useSetupAction({
            getLocalState: () => {
                const { size, day, shown } = this.state;
                return { size, day, shown };
            },
        });
        this.state = useState({
            digest: null,
            size: size === "month" ? size : "week",
            day: day || null,
            shown: shown || "income",
        });
        onWillStart(() => this.load());
    }

    get digest() {
        return this.state.digest;
    }

    get figure() {
        const { figures } = this.digest;
        return figures.find((one) => one.key === this.state.shown) || figures[0];
    }

    async load() {
        const { size, day } = this.state;
        this.state.digest = await this.keepLast.add(
            this.orm.call("crm.digest", "read_digest", [], { size, day })
        );
        this.props.updateActionState?.({ size, day: day || undefined });
    }

    chooseSize(size) {
        this.state.size = size;
        return this.load();
    }

    chooseDay(ev) {
        this.state.day = ev.target.value || null;
        return this.load();
    }

    show(key) {
        this.state.shown = key;
    }

    open(action) {
        return this.action.doAction(action);
    }

    written(value, figure = this.figure) {
        if (figure.kind === "money") {
            const currencyId = this.digest.currency_id;
            return formatMonetary(value, { currencyId, digits: [16, 0] });
        }
        return formatFloat(value, { digits: [16, 0] });
    }

    /** Signed: the direction is what the page is about. */
    change(value, figure = this.figure) {
        return `${value > 0 ? "+" : ""}${this.written(value, figure)}`;
    }

    color(value, figure = this.figure) {
        if (!value) {
            return "text-muted";
        }
        return value > 0 === figure.good ? "text-success" : "text-danger";
    }

    width(row, dimension) {
        const most = Math.max(...dimension.rows.map((one) => Math.abs(one.change)));
        return most ? ((100 * Math.abs(row.change)) / most).toFixed(0) : 0;
    }
}

registry.category("actions").add("crm_digest", Digest);
