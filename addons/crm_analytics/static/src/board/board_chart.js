import { Component } from "@odoo/owl";
import { cookie } from "@web/core/browser/cookie";
import { getColor } from "@web/core/colors/colors";
import { useCharts } from "@crm_base/page/charts";

/** A chart of a board, drawn by Odoo's own chart library. A click opens the records. */
export class BoardChart extends Component {
    static template = "crm_analytics.BoardChart";
    static props = { chart: Object, written: Function, open: Function };

    setup() {
        useCharts({ canvas: () => this.drawn() }, () => [this.props.chart]);
    }

    drawn() {
        const { chart, open } = this.props;
        return {
            type: chart.type,
            data: { labels: chart.labels, datasets: this.datasets() },
            options: {
                interaction: {
                    mode: chart.type === "doughnut" ? "point" : "index",
                    intersect: false,
                },
                plugins: {
                    legend: {
                        display: chart.type === "doughnut" || chart.series.length > 1,
                        position: chart.type === "doughnut" ? "right" : "bottom",
                    },
                    tooltip: { callbacks: { label: (item) => this.tooltip(item) } },
                },
                scales: chart.type === "doughnut" ? {} : this.scales(),
                onClick: (ev, [part]) => part && open(chart.actions[part.index]),
            },
        };
    }

    datasets() {
        const scheme = cookie.get("color_scheme");
        return this.props.chart.series.map(({ label, values }, at) => {
            const color = getColor(at, scheme, 4);
            if (this.props.chart.type === "doughnut") {
                const colors = values.map((_v, part) => getColor(part, scheme, 8));
                return { label, data: values, backgroundColor: colors };
            }
            return {
                label,
                data: values,
                backgroundColor: color,
                borderColor: color,
                borderWidth: this.props.chart.type === "line" ? 2 : 0,
                // What was before stands behind.
                borderDash: at ? [5, 4] : [],
                pointRadius: 2,
                spanGaps: true,
            };
        });
    }

    scales() {
        const { kind, type } = this.props.chart;
        return {
            x: {
                grid: { display: false },
                ticks: { maxRotation: 45, autoSkipPadding: 8 },
            },
            y: {
                beginAtZero: type === "bar" || kind !== "percent",
                ticks: {
                    precision: kind === "count" ? 0 : undefined,
                    maxTicksLimit: 6,
                    callback: (value) => this.props.written(value, kind),
                },
            },
        };
    }

    tooltip({ dataset, dataIndex }) {
        const value = this.props.written(
            dataset.data[dataIndex],
            this.props.chart.kind
        );
        return `${dataset.label}: ${value}`;
    }
}
