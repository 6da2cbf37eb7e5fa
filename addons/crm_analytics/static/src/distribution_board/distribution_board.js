import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { formatFloat, formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { useCharts } from "@crm_base/page/charts";

const BLUE = "rgb(31, 119, 180)";
const ORANGE = "rgb(255, 127, 14)";

/**
 * Who has how much of the turnover of a period: by country, trade, size …, how unevenly
 * it is spread, and how it goes through the year. One RPC brings all.
 */
export class DistributionBoard extends Component {
    static template = "crm_analytics.DistributionBoard";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Distribution of Customers");
    static path = "customer-distribution";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        // What was chosen stands in the address, so that it can be sent and kept.
        const { by, date_from, date_to } = this.props.state || this.props.action.params;
        this.state = useState({
            board: null,
            by: by || "country_id",
            date_from: date_from || "",
            date_to: date_to || "",
        });
        useSetupAction({ getLocalState: () => this.chosen });
        onWillStart(() => this.load());
        useCharts(
            { lorenz: () => this.lorenzChart(), months: () => this.monthsChart() },
            () => [this.state.board]
        );
    }

    get board() {
        return this.state.board;
    }

    get chosen() {
        const { by, date_from, date_to } = this.state;
        return { by, date_from, date_to };
    }

    async load() {
        const board = await this.keepLast.add(
            this.orm.call("crm.distribution", "read_distribution", [], this.chosen)
        );
        const { by, date_from, date_to } = board;
        Object.assign(this.state, { board, by, date_from, date_to });
        this.props.updateActionState?.(this.chosen);
    }

    choose(by) {
        this.state.by = by;
        return this.load();
    }

    async chooseDay(name, ev) {
        const before = this.state[name];
        this.state[name] = ev.target.value;
        try {
            await this.load();
        } catch (error) {
            this.state[name] = before;
            throw error;
        }
    }

    open(action) {
        return action && this.action.doAction(action);
    }

    money(value) {
        return formatMonetary(value, {
            currencyId: this.board.currency_id,
            digits: [16, 0],
        });
    }

    number(value, digits = 1) {
        return formatFloat(value, {
            digits: [16, Number.isInteger(value) ? 0 : digits],
        });
    }

    get gini() {
        const { gini } = this.board.spread;
        return gini === null ? "–" : this.number(gini, 2);
    }

    lorenzChart() {
        const shares = this.board.spread.lorenz;
        const line = { pointRadius: 0, borderWidth: 2 };
        return {
            type: "line",
            data: {
                labels: shares.map((_share, at) => at),
                datasets: [
                    {
                        ...line,
                        label: _t("Share of the turnover"),
                        data: shares,
                        borderColor: BLUE,
                        backgroundColor: "rgba(31, 119, 180, 0.2)",
                        fill: true,
                    },
                    {
                        ...line,
                        label: _t("If all had the same"),
                        data: shares.map((_share, at) => at),
                        borderColor: ORANGE,
                        borderDash: [5, 5],
                    },
                ],
            },
            options: {
                scales: {
                    x: {
                        title: {
                            display: true,
                            text: _t("% of customers, smallest first"),
                        },
                        ticks: { maxTicksLimit: 11 },
                    },
                    y: { min: 0, max: 100 },
                },
            },
        };
    }

    monthsChart() {
        const { months } = this.board;
        return {
            type: "bar",
            data: {
                labels: months.map(({ day }) =>
                    deserializeDate(day).toFormat("LLL yy")
                ),
                datasets: [
                    {
                        label: _t("A year before"),
                        data: months.map((month) => month.before),
                        backgroundColor: "rgba(128, 128, 128, 0.4)",
                    },
                    {
                        label: _t("Turnover"),
                        data: months.map((month) => month.amount),
                        backgroundColor: BLUE,
                    },
                ],
            },
            options: {
                scales: { x: { grid: { display: false } } },
                onClick: (ev, [bar]) => bar && this.open(months[bar.index].action),
            },
        };
    }
}

registry.category("actions").add("crm_distribution_board", DistributionBoard);
