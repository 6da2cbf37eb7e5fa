import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The records side by side, one row for each field that differs. A click on a value
 * chooses it for the record that stays. */
export class MergePreview extends Component {
    static template = "crm_base.MergePreview";
    static props = { ...standardFieldProps };

    get preview() {
        return this.props.record.data[this.props.name] || { records: [], rows: [] };
    }

    isChosen(row, place) {
        return row.chosen === this.preview.records[place].id;
    }

    choose(name, place) {
        const { records, rows } = this.preview;
        const chosen = records[place].id;
        const changed = rows.map((row) =>
            row.name === name ? { ...row, chosen } : row
        );
        this.props.record.update({ [this.props.name]: { records, rows: changed } });
    }
}

registry.category("fields").add("crm_merge_preview", {
    component: MergePreview,
    supportedTypes: ["json"],
});
