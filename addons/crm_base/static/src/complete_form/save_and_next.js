import { Component, useEffect, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const INPUTS = "input:not([type=checkbox]), textarea, select";

/**
 * Works off the records of a list in a form: saves, goes to the next one and puts the
 * cursor into the first field that is asked for. Ctrl+Enter does it from the keyboard.
 */
export class SaveAndNext extends Component {
    static template = "crm_base.SaveAndNext";
    static props = { ...standardWidgetProps };

    setup() {
        this.notification = useService("notification");
        this.root = useRef("root");
        useHotkey("control+enter", () => this.next(), {
            bypassEditableProtection: true,
        });
        useEffect(
            () => this.focusFirst(),
            () => [this.props.record.resId]
        );
    }

    get ids() {
        return this.props.record.resIds;
    }

    get place() {
        return this.ids.indexOf(this.props.record.resId) + 1;
    }

    focusFirst() {
        const form = this.root.el.closest(".o_form_renderer");
        form.querySelector(`.o_crm_asked :is(${INPUTS})`)?.focus();
    }

    async next() {
        const { record } = this.props;
        const nextId = this.ids[this.place];
        if ((await record.isDirty()) && !(await record.save({ nextId }))) {
            return;
        }
        if (!nextId) {
            this.notification.add(_t("That was the last one."), { type: "success" });
            this.env.config.historyBack();
        } else if (record.model.root.resId !== nextId) {
            await record.model.load({ resId: nextId });
        }
    }
}

registry.category("view_widgets").add("crm_save_and_next", { component: SaveAndNext });
