import { Component, onWillStart, useState } from "@odoo/owl";
import { Domain } from "@web/core/domain";
import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const ABSENT = "absent";
const LEVELS = [3, 2, 1];

/**
 * A result as pictures: nine cells of importance and regularity, 27 cells and the named
 * groups of RFM, and the moves since an earlier result. What is shown stands in the
 * address; each cell opens its customers.
 */
export class AnalysisMatrix extends Component {
    static template = "crm_analytics.AnalysisMatrix";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Customer Classes");
    static path = "customer-classes";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.levels = LEVELS;
        // Coming back from a list, or by the address.
        const kept = { ...router.current, ...this.props.state };
        this.state = useState({
            board: null,
            runId: kept.runId || this.props.action.context.run_id || null,
            beforeId: kept.beforeId || null,
            dimension: kept.dimension || "abc",
            measure: kept.measure || "turnover",
        });
        useSetupAction({ getLocalState: () => this.shown() });
        onWillStart(() => this.load());
    }

    get board() {
        return this.state.board;
    }

    get measures() {
        return [
            ["turnover", _t("Turnover")],
            ["margin", _t("Margin")],
            ["count", _t("Customers")],
        ];
    }

    get dimensions() {
        return [
            ["abc", _t("ABC")],
            ["xyz", _t("XYZ")],
            ["rfm_group", _t("RFM groups")],
        ];
    }

    async load() {
        this.state.board = await this.keepLast.add(
            this.orm.call("crm.analysis.run", "read_matrix", [], {
                run_id: this.state.runId,
                before_id: this.state.beforeId,
            })
        );
        this.keepInAddress();
    }

    shown() {
        const { runId, beforeId, dimension, measure } = this.state;
        return {
            runId: runId || undefined,
            beforeId: beforeId || undefined,
            dimension,
            measure,
        };
    }

    keepInAddress() {
        this.props.updateActionState(this.shown());
    }

    choose(name, value) {
        this.state[name] = value;
        this.keepInAddress();
    }

    chooseRun(ev) {
        Object.assign(this.state, { runId: parseInt(ev.target.value), beforeId: null });
        return this.load();
    }

    chooseBefore(ev) {
        this.state.beforeId = parseInt(ev.target.value);
        return this.load();
    }

    // Cells

    get abcRows() {
        return Object.entries(this.board.labels.abc);
    }

    get xyzColumns() {
        const known = Object.entries(this.board.labels.xyz);
        const others = this.board.abc_xyz.some((cell) => !cell.xyz);
        return others ? [...known, ["", _t("None")]] : known;
    }

    abcXyz(abc, xyz) {
        return this.board.abc_xyz.find((cell) => cell.abc === abc && cell.xyz === xyz);
    }

    rfm(r, f, m) {
        return this.board.rfm.find(
            (cell) => cell.r === r && cell.f === f && cell.m === m
        );
    }

    get groups() {
        const of = (cell) => cell[this.state.measure];
        return this.board.groups
            .filter((cell) => cell.group)
            .sort((one, other) => of(other) - of(one));
    }

    get largestGroup() {
        return Math.max(1, ...this.groups.map((cell) => cell[this.state.measure]));
    }

    /** The classes that somebody moved from or to, those who were not there last. */
    get moveKeys() {
        const moves = this.board.moves[this.state.dimension];
        const seen = new Set(moves.flatMap((move) => [move.old, move.new]));
        const known = Object.keys(this.board.labels[this.state.dimension]);
        return [...known, "", ABSENT].filter((key) => seen.has(key));
    }

    move(old, now) {
        return this.board.moves[this.state.dimension].find(
            (move) => move.old === old && move.new === now
        );
    }

    classLabel(key) {
        if (key === ABSENT) {
            return _t("Not there");
        }
        return key ? this.board.labels[this.state.dimension][key] : _t("None");
    }

    levelLabel(level) {
        return { 3: _t("high"), 2: _t("middle"), 1: _t("low") }[level];
    }

    /** How deep a cell is coloured: by its share of the measure. */
    heat(cell, cells) {
        const total = cells.reduce(
            (sum, one) => sum + Math.max(one[this.state.measure], 0),
            0
        );
        const share = cell && total ? Math.max(cell[this.state.measure], 0) / total : 0;
        return `--o-crm-heat: ${Math.round(Math.sqrt(share) * 70)}%`;
    }

    share(cell) {
        const total = this.board.run.turnover;
        return total
            ? `${formatFloat((100 * cell.turnover) / total, { digits: [16, 1] })} %`
            : "";
    }

    // How numbers are written

    money(value) {
        return formatMonetary(value, {
            currencyId: this.board.currency_id,
            digits: [16, 0],
            humanReadable: Math.abs(value) >= 1e5,
        });
    }

    whole(value) {
        return formatFloat(value, { digits: [16, 0] });
    }

    written(cell) {
        const { measure } = this.state;
        return measure === "count" ? this.whole(cell.count) : this.money(cell[measure]);
    }

    // What opens

    open(cell, name) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: name || _t("Customers"),
            res_model: "crm.analysis.result",
            views: [
                [false, "list"],
                [false, "pivot"],
                [false, "graph"],
            ],
            domain: cell.domain,
        });
    }

    act(cell) {
        return this.action.doAction("crm_analytics.crm_analysis_act_action", {
            additionalContext: { default_domain: new Domain(cell.domain).toString() },
        });
    }

    openAnalyses() {
        return this.action.doAction("crm_analytics.crm_analysis_action");
    }
}

registry.category("actions").add("crm_analysis_matrix", AnalysisMatrix);
