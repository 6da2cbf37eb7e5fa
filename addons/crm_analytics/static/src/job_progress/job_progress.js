import { onMounted, onPatched, onWillUnmount } from "@odoo/owl";
import { registry } from "@web/core/registry";
import {
    ProgressBarField,
    progressBarField,
} from "@web/views/fields/progress_bar/progress_bar_field";

const SECONDS = 2;

/** A progress bar that reads its record again while the job waits or runs. */
export class JobProgressField extends ProgressBarField {
    setup() {
        super.setup();
        onMounted(() => this.watch());
        onPatched(() => this.watch());
        onWillUnmount(() => clearTimeout(this.timer));
    }

    watch() {
        clearTimeout(this.timer);
        const { record } = this.props;
        if (["waiting", "running"].includes(record.data.state) && record.resId) {
            this.timer = setTimeout(async () => {
                await record.load();
                record.model.notify();
                this.watch();
            }, SECONDS * 1000);
        }
    }
}

registry.category("fields").add("crm_job_progress", {
    ...progressBarField,
    component: JobProgressField,
    fieldDependencies: [{ name: "state", type: "selection" }],
});
