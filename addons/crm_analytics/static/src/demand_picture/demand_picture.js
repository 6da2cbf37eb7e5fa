import { Component, useState } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useCharts } from "@crm_base/page/charts";

const { Info } = luxon;

const BLUE = "rgb(31, 119, 180)";
const ORANGE = "rgb(255, 127, 14)";

/** What was ordered, what to expect with its range, and the season of the year. */
export class DemandPicture extends Component {
    static template = "crm_analytics.DemandPicture";
    static props = { ...standardFieldProps };

    setup() {
        this.state = useState({ measure: "quantity" });
        useCharts(
            { lines: () => this.linesChart(), season: () => this.seasonChart() },
            () => [JSON.stringify(this.picture), this.state.measure]
        );
    }

    get picture() {
        return this.props.record.data[this.props.name] || null;
    }

    linesChart() {
        const { lines, size } = this.picture;
        const [value, low, high] =
            this.state.measure === "quantity"
                ? ["quantity", "low", "high"]
                : ["amount", "amount_low", "amount_high"];
        const of = (kind, name) =>
            lines.map((line) => (line.kind === kind ? line[name] : null));
        const range = { pointRadius: 0, borderWidth: 0, borderColor: "transparent" };
        return {
            type: "line",
            data: {
                labels: lines.map(({ date }) =>
                    size === "month"
                        ? deserializeDate(date).toFormat("LLL yy")
                        : formatDate(deserializeDate(date))
                ),
                datasets: [
                    {
                        label: _t("Ordered"),
                        data: of("history", value),
                        borderColor: BLUE,
                        backgroundColor: BLUE,
                        pointRadius: 2,
                    },
                    {
                        label: _t("Expected"),
                        data: of("expected", value),
                        borderColor: ORANGE,
                        backgroundColor: ORANGE,
                        borderDash: [5, 5],
                        pointRadius: 3,
                    },
                    { ...range, label: _t("Low"), data: of("expected", low) },
                    {
                        ...range,
                        label: _t("In four cases of five"),
                        data: of("expected", high),
                        fill: "-1",
                        backgroundColor: "rgba(255, 127, 14, 0.2)",
                    },
                ],
            },
            options: {
                plugins: {
                    legend: { labels: { filter: (item) => item.datasetIndex !== 2 } },
                },
                scales: {
                    x: { grid: { display: false }, ticks: { maxTicksLimit: 14 } },
                    y: { beginAtZero: true },
                },
            },
        };
    }

    seasonChart() {
        return {
            type: "bar",
            data: {
                labels: Info.months("short"),
                datasets: [{ data: this.picture.season, backgroundColor: BLUE }],
            },
            options: {
                plugins: { legend: { display: false } },
                scales: { x: { grid: { display: false } }, y: { beginAtZero: true } },
            },
        };
    }
}

registry.category("fields").add("crm_demand_picture", {
    component: DemandPicture,
    supportedTypes: ["json"],
});
