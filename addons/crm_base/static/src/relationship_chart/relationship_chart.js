import { Component } from "@odoo/owl";
import { deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

const MONTHS = 24;
// The step line of the value class, from the bottom of the band to its top.
const LEVELS = { c: 14, b: 9, a: 4 };
const HEIGHT = 18;
const WIDTH = 240;

/**
 * A band that shows by its colour where a customer stood in the last two years, with
 * the value class as a step line over it.
 *
 * Points are the changes, oldest first: `{ date, stage, value_class }`, each of which
 * holds until the next one.
 */
export class RelationshipChart extends Component {
    static template = "crm_base.RelationshipChart";
    static props = { points: { type: Array, element: Object } };

    setup() {
        this.width = WIDTH;
        this.height = HEIGHT;
    }

    get stageLabels() {
        return {
            prospect: _t("Prospect"),
            first: _t("First order"),
            regular: _t("Regular"),
            sleeping: _t("Sleeping"),
            lost: _t("Lost"),
            returned: _t("Returned"),
        };
    }

    /** Give the stretches between two changes, as places on the band. */
    get stretches() {
        const now = luxon.DateTime.now();
        const start = now.minus({ months: MONTHS });
        const place = (date) => Math.max(0, (date - start) / (now - start)) * WIDTH;
        const dates = this.props.points.map(({ date }) => deserializeDateTime(date));
        return this.props.points.map(({ stage, value_class }, index) => {
            const until = dates[index + 1] || now;
            const x = place(dates[index]);
            return {
                x,
                width: Math.max(place(until) - x, 1),
                stage,
                y: LEVELS[value_class],
                title: this.title(stage, value_class, dates[index]),
            };
        });
    }

    title(stage, valueClass, date) {
        const parts = [formatDate(date), this.stageLabels[stage]];
        if (valueClass) {
            parts.push(_t("Class %s", valueClass.toUpperCase()));
        }
        return parts.filter(Boolean).join(" · ");
    }

    get stages() {
        const seen = new Set(this.props.points.map((point) => point.stage));
        return Object.entries(this.stageLabels).filter(([key]) => seen.has(key));
    }

    get description() {
        return this.stretches.map(({ title }) => title).join("; ");
    }
}
