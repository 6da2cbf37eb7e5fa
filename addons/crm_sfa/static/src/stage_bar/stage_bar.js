import {
    RottingStatusBarDurationField,
    rottingStatusBarDurationField,
} from "@mail/js/rotting_mixin/rotting_statusbar";
import { registry } from "@web/core/registry";

/** Odoo's bar of stages, which goes back to the old stage if the new one is refused. */
export class StageBar extends RottingStatusBarDurationField {
    async selectItem(item) {
        const { name, record } = this.props;
        const before = record.data[name];
        try {
            await super.selectItem(item);
        } catch (error) {
            await record.update({ [name]: before });
            throw error;
        }
    }
}

registry.category("fields").add("crm_stage_bar", {
    ...rottingStatusBarDurationField,
    component: StageBar,
});
