import { Component, onWillStart, useRef, useState } from "@odoo/owl";
import { router } from "@web/core/browser/router";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { usePopover } from "@web/core/popover/popover_hook";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import {
    formatFloat,
    formatInteger,
    formatMonetary,
} from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { BoardChart } from "./board_chart";

const FILTERS = ["date_from", "date_to", "team_id", "user_id", "territory_id"];

/** What a figure is made of, and what it is compared with. */
export class BoardFormula extends Component {
    static template = "crm_analytics.BoardFormula";
    static props = { tile: Object, periods: Array, written: Function, close: Function };
}

/**
 * One board out of what the server describes: figures, charts and tables. Its filters
 * stand in the address, so that it can be kept as a bookmark and sent to somebody.
 */
export class Board extends Component {
    static template = "crm_analytics.Board";
    static components = { BoardChart, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.root = useRef("root");
        this.formula = usePopover(BoardFormula, { position: "bottom" });
        this.state = useState({
            board: null,
            problem: "",
            isFree: false,
            filters: this.props.state?.filters || this.filtersOfAddress(),
        });
        useSetupAction({
            rootRef: this.root,
            getLocalState: () => ({ filters: { ...this.state.filters } }),
        });
        onWillStart(() => this.load());
    }

    get board() {
        return this.state.board;
    }

    // Filters

    filtersOfAddress() {
        const filters = {};
        for (const name of FILTERS) {
            if (router.current[name]) {
                filters[name] = router.current[name];
            }
        }
        return filters;
    }

    async load() {
        const filters = { ...this.state.filters };
        try {
            const board = await this.keepLast.add(
                this.orm.call("crm.board", "read_board", [
                    this.props.action.params.code,
                    filters,
                ])
            );
            Object.assign(this.state, { board, problem: "" });
        } catch (error) {
            if (!(error instanceof RPCError)) {
                throw error;
            }
            this.state.problem = error.data?.message || error.message;
        }
        // What is empty leaves the address.
        const address = Object.fromEntries(
            FILTERS.map((name) => [name, filters[name] || undefined])
        );
        this.props.updateActionState(address);
    }

    choose(filters) {
        Object.assign(this.state.filters, filters);
        return this.load();
    }

    reset() {
        this.state.filters = {};
        this.state.isFree = false;
        return this.load();
    }

    chooseLimit(name, ev) {
        return this.choose({ [name]: parseInt(ev.target.value) || undefined });
    }

    get periodKey() {
        const { date_from, date_to } = this.board.filters;
        const same = (one) => one.date_from === date_from && one.date_to === date_to;
        return this.state.isFree ? "" : this.board.periods.find(same)?.key || "";
    }

    choosePeriod(ev) {
        const period = this.board.periods.find((one) => one.key === ev.target.value);
        this.state.isFree = !period;
        if (period) {
            return this.choose({
                date_from: period.date_from,
                date_to: period.date_to,
            });
        }
    }

    chooseDays() {
        const [from, to] = this.root.el.querySelectorAll(".o_crm_board_day");
        if (from.value && to.value) {
            return this.choose({ date_from: from.value, date_to: to.value });
        }
    }

    print() {
        window.print();
    }

    // Numbers

    written = (value, kind) => {
        if (value === null || value === undefined || value === false) {
            return "–";
        }
        switch (kind) {
            case "text":
                return value;
            case "money":
                return formatMonetary(value, {
                    currencyId: this.board.currency_id,
                    digits: [16, 0],
                });
            case "change":
                return `${value > 0 ? "+" : ""}${this.written(value, "money")}`;
            case "percent":
                return `${formatFloat(value, { digits: [16, 1] })} %`;
            case "decimal":
                return formatFloat(value, {
                    digits: [16, Number.isInteger(value) ? 0 : 1],
                });
            default:
                return formatInteger(value);
        }
    };

    /** How much a figure changed: in percent, or for shares in points. */
    change({ value, kind }, other) {
        if (value === null || other === null) {
            return null;
        }
        const difference = value - other;
        if (kind === "percent") {
            return difference;
        }
        return other ? (100 * difference) / Math.abs(other) : null;
    }

    changeText(tile, other) {
        const change = this.change(tile, other);
        if (change === null) {
            return "–";
        }
        const number = formatFloat(Math.abs(change), { digits: [16, 1] });
        const sign = change > 0.05 ? "▲" : change < -0.05 ? "▼" : "=";
        const unit = tile.kind === "percent" ? _t("points") : "%";
        return `${sign} ${number} ${unit}`;
    }

    changeClass(tile, other) {
        const change = this.change(tile, other);
        if (!change || !tile.better || Math.abs(change) < 0.05) {
            return "text-muted";
        }
        return change * tile.better > 0 ? "text-success" : "text-danger";
    }

    // What lies behind

    open(action) {
        return action && this.action.doAction(action);
    }

    explain(tile, ev) {
        this.formula.open(ev.currentTarget, {
            tile,
            periods: this.board.compared,
            written: this.written,
        });
    }
}

registry.category("actions").add("crm_board", Board);
