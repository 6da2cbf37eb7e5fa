import { Component } from "@odoo/owl";
import { getColor } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useCharts } from "@crm_base/page/charts";

/**
 * How well the model does: orders in the weeks held out by how often customers had come
 * back before, and all repeat orders week by week, expected and real.
 */
export class LifetimePlot extends Component {
    static template = "crm_analytics.LifetimePlot";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        useCharts(
            { groups: () => this.groupsChart(), weeks: () => this.weeksChart() },
            () => [this.figures]
        );
    }

    get figures() {
        return this.props.record.data[this.props.name];
    }

    get most() {
        return this.figures.groups.at(-1).repeats;
    }

    label(group) {
        const last = group.repeats === this.most && this.figures.groups.length > 7;
        return last ? _t("%s or more", group.repeats) : String(group.repeats);
    }

    shown(value, digits = 2) {
        return formatFloat(value, { digits: [16, digits] });
    }

    get parameters() {
        const names = ["r", "alpha", "a", "b"];
        return names
            .map((name, i) => `${name} = ${this.shown(this.figures.parameters[i], 3)}`)
            .join(", ");
    }

    async open(group) {
        const more = this.label(group) !== String(group.repeats);
        const action = await this.orm.call("crm.lifetime.run", "action_open_group", [
            [this.props.record.resId],
            group.repeats,
            more,
        ]);
        return this.action.doAction(action);
    }

    groupsChart() {
        const { groups } = this.figures;
        const bars = (label, key, color) => ({
            label,
            data: groups.map((group) => group[key]),
            backgroundColor: getColor(color),
        });
        return {
            type: "bar",
            data: {
                labels: groups.map((group) => this.label(group)),
                datasets: [
                    bars(_t("Real"), "real", 1),
                    bars(_t("Expected"), "expected", 2),
                ],
            },
            options: {
                ...this.options(
                    _t("Repeat orders before the weeks held out"),
                    _t("Orders of a customer in them")
                ),
                onClick: (ev, [bar]) => bar && this.open(groups[bar.index]),
            },
        };
    }

    weeksChart() {
        const { weeks, cut } = this.figures;
        const line = (label, key, color, more) => ({
            label,
            data: weeks.map((week) => week[key]),
            borderColor: getColor(color),
            backgroundColor: getColor(color),
            pointRadius: 0,
            borderWidth: 2,
            ...more,
        });
        const dashed = { borderDash: [6, 4] };
        const datasets = [
            line(_t("Real"), "real", 1),
            line(_t("Expected"), "expected", 2, dashed),
        ];
        if (cut) {
            const top = Math.max(
                ...weeks.map((week) => Math.max(week.real, week.expected))
            );
            datasets.push({
                type: "bar",
                label: _t("Held out from here"),
                data: weeks.map((week, i) => (i === cut - 1 ? top : null)),
                backgroundColor: getColor(4),
                barThickness: 1,
            });
        }
        return {
            type: "line",
            data: { labels: weeks.map((week, i) => i + 1), datasets },
            options: this.options(_t("Week"), _t("Repeat orders so far")),
        };
    }

    options(x, y) {
        return {
            interaction: { mode: "index", intersect: false },
            scales: {
                x: {
                    grid: { display: false },
                    title: { display: true, text: x },
                    ticks: { maxTicksLimit: 14 },
                },
                y: { beginAtZero: true, title: { display: true, text: y } },
            },
        };
    }
}

registry.category("fields").add("crm_lifetime_plot", {
    component: LifetimePlot,
    supportedTypes: ["json"],
});
