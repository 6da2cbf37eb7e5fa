import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const ROWS = [
    ["month", _t("Months")],
    ["quarter", _t("Quarters")],
    ["campaign", _t("Campaigns")],
    ["source", _t("Sources")],
    ["medium", _t("Media")],
    ["team", _t("Teams")],
    ["person", _t("People")],
    ["territory", _t("Territories")],
];
const PERIODS = ["month", "quarter"];
const DIMENSIONS = ROWS.map(([key]) => key).filter((key) => !PERIODS.includes(key));

/**
 * The way of leads from the first touch to the next order. One RPC brings all figures;
 * each opens the records that it counts. What is shown stands in the address.
 */
export class Funnel extends Component {
    static template = "crm_analytics.Funnel";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Funnel");
    static path = "funnel";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.rowKinds = ROWS;
        // What stood in the address, or here before another page was opened.
        const { by, first, last, ...others } =
            this.props.state || this.props.action.params || {};
        useSetupAction({
            getLocalState: () => ({ ...this.request, ...this.state.wanted }),
        });
        const wanted = DIMENSIONS.filter((name) => Number.isInteger(others[name]));
        this.state = useState({
            board: null,
            by: ROWS.some(([key]) => key === by) ? by : "quarter",
            first: first || null,
            last: last || null,
            wanted: Object.fromEntries(wanted.map((name) => [name, others[name]])),
        });
        onWillStart(() => this.load());
    }

    get board() {
        return this.state.board;
    }

    get request() {
        const { by, first, last, wanted } = this.state;
        return { by, first, last, wanted };
    }

    async load() {
        this.state.board = await this.keepLast.add(
            this.orm.call("crm.funnel", "read_funnel", [], this.request)
        );
        this.remember();
    }

    /** Keep in the address what is shown: it can be sent, and "back" finds it again. */
    remember() {
        const { wanted, ...period } = this.request;
        const none = Object.fromEntries(DIMENSIONS.map((name) => [name, undefined]));
        this.props.updateActionState?.({
            ...none,
            ...wanted,
            by: period.by,
            first: period.first || undefined,
            last: period.last || undefined,
        });
    }

    async change(values) {
        const before = { ...this.request };
        Object.assign(this.state, values);
        try {
            await this.load();
        } catch (error) {
            Object.assign(this.state, before);
            throw error;
        }
    }

    chooseRows(ev) {
        return this.change({ by: ev.target.value });
    }

    chooseDay(name, ev) {
        const { first, last } = this.board;
        return this.change({ first, last, [name]: ev.target.value || null });
    }

    /** Show one row alone: its period, or its member of the dimension. */
    narrow(row) {
        if (PERIODS.includes(this.board.by)) {
            return this.change({ first: row.first, last: row.last });
        }
        const wanted = { ...this.state.wanted, [this.board.by]: row.key };
        return this.change({ wanted, by: "quarter" });
    }

    widen(name) {
        const wanted = { ...this.state.wanted };
        delete wanted[name];
        return this.change({ wanted });
    }

    clear() {
        return this.change({ by: "quarter", first: null, last: null, wanted: {} });
    }

    open(action) {
        return action && this.action.doAction(action);
    }

    get sheetUrl() {
        const { by, first, last, wanted } = this.state;
        const query = new URLSearchParams({ by, wanted: JSON.stringify(wanted) });
        for (const [name, day] of Object.entries({ first, last })) {
            if (day) {
                query.set(name, day);
            }
        }
        return `/crm_analytics/funnel.xlsx?${query}`;
    }

    print() {
        window.print();
    }

    // How days and numbers are written

    day(value) {
        return formatDate(deserializeDate(value));
    }

    money(value) {
        const currencyId = this.board.currency_id;
        return formatMonetary(value, { currencyId, digits: [16, 0] });
    }

    number(value) {
        return formatFloat(value, { digits: [16, Number.isInteger(value) ? 0 : 1] });
    }

    share(value) {
        return value === null ? "–" : `${this.number(Math.round(value * 1000) / 10)} %`;
    }

    ofAll(part, whole) {
        return whole ? this.share(part / whole) : "–";
    }

    // Drawings

    width(step) {
        const most = Math.max(...this.board.steps.map((one) => one.count), 1);
        return ((100 * step.count) / most).toFixed(1);
    }

    /** The darker, the better among the rows of the map; a step is its own scale. */
    heat(row, at) {
        const cell = row.cells[at];
        if (cell.conversion === null) {
            return "";
        }
        const all = this.board.rows.map((one) => one.cells[at].conversion || 0);
        const most = Math.max(...all);
        const part = most ? cell.conversion / most : 0;
        return `--crm-heat: ${(10 + 60 * part).toFixed(0)}%`;
    }
}

registry.category("actions").add("crm_funnel", Funnel);
