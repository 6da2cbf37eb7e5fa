import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useCharts } from "@crm_base/page/charts";

// From so many standard deviations on, a cell has its full colour.
const STRONG = 2;

const BLUE = "rgb(31, 119, 180)";
const ORANGE = "rgb(255, 127, 14)";

/**
 * Why there are so many groups (silhouette and inertia of each number), and what sets
 * each apart: the means of its features in standard deviations from those of all.
 */
export class ClusterPicture extends Component {
    static template = "crm_analytics.ClusterPicture";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ clusterId: null });
        useCharts(
            { choices: () => this.choiceChart(), profile: () => this.profileChart() },
            () => [JSON.stringify(this.picture), this.state.clusterId]
        );
    }

    get picture() {
        return this.props.record.data[this.props.name] || null;
    }

    get cluster() {
        const { clusters } = this.picture;
        return clusters.find((one) => one.id === this.state.clusterId) || clusters[0];
    }

    choose(cluster) {
        this.state.clusterId = cluster.id;
    }

    async open(cluster) {
        const action = await this.orm.call("crm.cluster", "action_open_customers", [
            [cluster.id],
        ]);
        return this.action.doAction(action);
    }

    whole(value) {
        return formatInteger(value);
    }

    number(value) {
        return formatFloat(value, { digits: [16, Math.abs(value) < 100 ? 1 : 0] });
    }

    score(value) {
        return formatFloat(value, { digits: [16, 2] });
    }

    /** Blue is more than others have, orange is less. */
    color(score) {
        const strength = Math.min(Math.abs(score) / STRONG, 1) * 0.5;
        const rgb = score > 0 ? "31, 119, 180" : "255, 127, 14";
        return `background-color: rgba(${rgb}, ${strength.toFixed(2)})`;
    }

    choiceChart() {
        const { choices, chosen } = this.picture;
        return {
            data: {
                labels: choices.map((choice) => choice.groups),
                datasets: [
                    {
                        type: "line",
                        label: _t("Silhouette"),
                        data: choices.map((choice) => choice.silhouette),
                        borderColor: BLUE,
                        backgroundColor: BLUE,
                        pointRadius: choices.map((c) => (c.groups === chosen ? 7 : 3)),
                        yAxisID: "y",
                    },
                    {
                        type: "line",
                        label: _t("Inertia"),
                        data: choices.map((choice) => choice.inertia),
                        borderColor: ORANGE,
                        backgroundColor: ORANGE,
                        borderDash: [5, 5],
                        yAxisID: "inertia",
                    },
                ],
            },
            options: {
                scales: {
                    x: { title: { display: true, text: _t("Number of groups") } },
                    y: { beginAtZero: true },
                    inertia: {
                        position: "right",
                        beginAtZero: true,
                        grid: { display: false },
                    },
                },
            },
        };
    }

    profileChart() {
        const scores = this.cluster.profile.map((part) => part.score);
        return {
            type: "bar",
            data: {
                labels: this.picture.features,
                datasets: [
                    {
                        data: scores,
                        backgroundColor: scores.map((score) =>
                            score > 0 ? BLUE : ORANGE
                        ),
                    },
                ],
            },
            options: {
                indexAxis: "y",
                plugins: { legend: { display: false } },
                scales: {
                    x: {
                        title: {
                            display: true,
                            text: _t("Standard deviations from the mean of all"),
                        },
                    },
                    y: { ticks: { autoSkip: false } },
                },
            },
        };
    }
}

registry.category("fields").add("crm_cluster_picture", {
    component: ClusterPicture,
    supportedTypes: ["json"],
});
