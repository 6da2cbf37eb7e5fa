import {
    Component,
    onWillStart,
    onWillUnmount,
    useEffect,
    useRef,
    useState,
} from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const { Info } = luxon;

const BLUE = "rgb(31, 119, 180)";
const ORANGE = "rgb(255, 127, 14)";

/** What was ordered, what to expect with its range, and the season of the year. */
export class DemandPicture extends Component {
    static template = "crm_analytics.DemandPicture";
    static props = { ...standardFieldProps };

    setup() {
        this.linesCanvas = useRef("lines");
        this.seasonCanvas = useRef("season");
        this.charts = [];
        this.state = useState({ measure: "quantity" });
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [JSON.stringify(this.picture), this.state.measure]
        );
        onWillUnmount(() => this.clear());
    }

    get picture() {
        return this.props.record.data[this.props.name] || null;
    }

    clear() {
        this.charts.forEach((chart) => chart.destroy());
        this.charts = [];
    }

    draw() {
        this.clear();
        if (this.linesCanvas.el) {
            this.charts.push(new Chart(this.linesCanvas.el, this.linesChart()));
        }
        if (this.seasonCanvas.el) {
            this.charts.push(new Chart(this.seasonCanvas.el, this.seasonChart()));
        }
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
                animation: false,
                maintainAspectRatio: false,
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
                animation: false,
                maintainAspectRatio: false,
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
