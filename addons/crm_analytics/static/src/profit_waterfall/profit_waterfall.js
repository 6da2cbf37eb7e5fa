import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { useCharts } from "@crm_base/page/charts";

const COLORS = { plus: "#28a745", minus: "#dc3545", total: "#6c757d" };

/**
 * A customer's profit from the income down: a bar for each source, which opens its
 * documents, the same numbers as a table, and in words what is unusual.
 */
export class ProfitWaterfall extends Component {
    static template = "crm_analytics.ProfitWaterfall";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({ board: null });
        onWillStart(() => this.load(this.props.record.resId));
        onWillUpdateProps(({ record }) => {
            if (record.resId !== this.loadedId) {
                return this.load(record.resId);
            }
        });
        useCharts({ bars: () => this.barsChart() }, () => [this.state.board]);
    }

    get board() {
        return this.state.board;
    }

    async load(id) {
        this.loadedId = id;
        this.state.board = await this.keepLast.add(
            this.orm.call("crm.customer.profit", "read_waterfall", [[id]])
        );
    }

    money(value, digits) {
        return formatMonetary(value, { currencyId: this.board.currency_id, digits });
    }

    color(bar) {
        if (bar.is_total) {
            return COLORS.total;
        }
        return bar.amount < 0 ? COLORS.minus : COLORS.plus;
    }

    async open(bar) {
        if (!bar.can_open) {
            return;
        }
        const action = await this.orm.call(
            "crm.customer.profit",
            "action_open_documents",
            [[this.loadedId], bar.key]
        );
        return this.action.doAction(action);
    }

    barsChart() {
        const { bars } = this.board;
        return {
            type: "bar",
            data: {
                labels: bars.map((bar) => bar.label),
                datasets: [
                    {
                        data: bars.map((bar) => [bar.start, bar.end]),
                        backgroundColor: bars.map((bar) => this.color(bar)),
                    },
                ],
            },
            options: {
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        callbacks: {
                            label: ({ dataIndex }) =>
                                this.money(bars[dataIndex].amount),
                        },
                    },
                },
                scales: {
                    x: { grid: { display: false } },
                    y: { ticks: { callback: (value) => this.money(value, [16, 0]) } },
                },
                onHover: (ev, [bar]) => {
                    const can = bar && bars[bar.index].can_open;
                    ev.native.target.style.cursor = can ? "pointer" : "default";
                },
                onClick: (ev, [bar]) => bar && this.open(bars[bar.index]),
            },
        };
    }
}

registry.category("view_widgets").add("crm_profit_waterfall", {
    component: ProfitWaterfall,
    additionalClasses: ["d-block", "w-100"],
});
