import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What a deal needs to move on. A click ticks what is ticked by hand. */
export class Checklist extends Component {
    static template = "crm_sfa.Checklist";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
    }

    get lines() {
        return this.props.record.data[this.props.name] || [];
    }

    mayTick(line) {
        return line.by_hand && !line.waived && !this.props.readonly;
    }

    icon(line) {
        if (line.done) {
            return "fa-check-square-o text-success";
        }
        if (line.problem) {
            return "fa-exclamation-triangle text-warning";
        }
        return line.required ? "fa-square-o text-danger" : "fa-square-o text-muted";
    }

    async toggle(line) {
        const { record } = this.props;
        // What was typed is kept: the list is read anew afterwards.
        if (!(await record.save())) {
            return;
        }
        await this.orm.call(record.resModel, "tick_criterion", [
            [record.resId],
            line.id,
            !line.done,
        ]);
        await record.load();
    }
}

registry.category("fields").add("crm_checklist", {
    component: Checklist,
    supportedTypes: ["json"],
});
