import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const SIZES = [
    ["month", _t("Month")],
    ["quarter", _t("Quarter")],
    ["year", _t("Year")],
];
// The drawing of the months, in units of its own view box.
const CHART = { width: 480, height: 120, slot: 40, bar: 15 };

/**
 * The results of a person or a team in a period. One RPC brings all figures, and each
 * opens the records that it counts.
 */
export class ResultsBoard extends Component {
    static template = "crm_sfa.ResultsBoard";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    static displayName = _t("My Results");
    static path = "my-results";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.sizes = SIZES;
        this.chart = CHART;
        const isTeam = this.props.action.params?.whose === "all";
        const whose = isTeam ? "" : `user-${user.userId}`;
        // What was chosen before a number was opened is there again on the way back.
        const chosen = this.props.state || { size: "month", back: 0, whose };
        this.state = useState({ board: null, ...chosen });
        useSetupAction({
            getLocalState: () => {
                const { size, back, whose } = this.state;
                return { size, back, whose };
            },
        });
        onWillStart(() => this.load());
    }

    get board() {
        return this.state.board;
    }

    get userId() {
        return user.userId;
    }

    /** The people but the reader, who stands first. */
    get others() {
        return this.board.choices.people.filter((one) => one.id !== user.userId);
    }

    async load() {
        const { size, back, whose } = this.state;
        const [kind, id] = whose.split("-");
        this.state.board = await this.keepLast.add(
            this.orm.call("crm.sales.report", "read_results", [], {
                size,
                back,
                user_id: kind === "user" ? parseInt(id) : null,
                team_id: kind === "team" ? parseInt(id) : null,
            })
        );
    }

    chooseWhose(ev) {
        this.state.whose = ev.target.value;
        return this.load();
    }

    chooseSize(size) {
        Object.assign(this.state, { size, back: 0 });
        return this.load();
    }

    move(by) {
        this.state.back -= by;
        return this.load();
    }

    open(action) {
        return this.action.doAction(action);
    }

    openQuota(quota) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.quota",
            res_id: quota.id,
            views: [[false, "form"]],
        });
    }

    // How numbers are written

    money(value) {
        return formatMonetary(value, {
            currencyId: this.board.currency_id,
            digits: [16, 0],
        });
    }

    number(value) {
        return formatFloat(value, { digits: [16, Number.isInteger(value) ? 0 : 1] });
    }

    written(value, kind) {
        if (value === null) {
            return "–";
        }
        if (kind === "money") {
            return this.money(value);
        }
        return kind === "percent" ? `${this.number(value)} %` : this.number(value);
    }

    ofQuota(value, quota) {
        return quota.in_money ? this.money(value) : this.number(Math.round(value));
    }

    /** Up or down against the year before; a short cycle is a good one. */
    trend(figure) {
        const { value, before, key } = figure;
        if (value === null || before === null || value === before) {
            return "text-muted";
        }
        const better = key === "cycle" ? value < before : value > before;
        return better ? "text-success" : "text-danger";
    }

    arrow({ value, before }) {
        if (value === null || before === null || value === before) {
            return "";
        }
        return value > before ? "▲" : "▼";
    }

    // Drawings

    percent(part, whole) {
        return whole > 0 ? Math.min((100 * part) / whole, 100).toFixed(1) : 0;
    }

    quotaColor({ progress }) {
        const colors = { behind: "bg-warning", missed: "bg-danger" };
        return colors[progress] || "bg-success";
    }

    get pipelineTotal() {
        return this.board.pipeline.reduce((sum, row) => sum + row.amount, 0);
    }

    get pipelineLargest() {
        return Math.max(...this.board.pipeline.map((row) => row.amount), 0);
    }

    get highest() {
        const values = this.board.months.flatMap((month) => [
            month.value,
            month.before,
        ]);
        return Math.max(...values, 1);
    }

    height(value) {
        return Math.max((CHART.height * value) / this.highest, 0);
    }

    get hasIncome() {
        return this.board.months.some((month) => month.value || month.before);
    }

    monthTitle(month) {
        return _t("%(month)s: %(amount)s, a year before %(before)s", {
            month: month.label,
            amount: this.money(month.value),
            before: this.money(month.before),
        });
    }
}

registry.category("actions").add("crm_sfa_results_board", ResultsBoard);
