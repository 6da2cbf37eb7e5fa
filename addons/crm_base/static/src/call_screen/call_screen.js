import { Component, onWillStart, useExternalListener, useState } from "@odoo/owl";
import {
    deserializeDateTime,
    formatDateTime,
    serializeDateTime,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const { DateTime } = luxon;
// Other addons show their part of a call here: { Component }, given `call` and `reload`.
const panels = registry.category("crm_call_panels");

/**
 * One call after the other: who it is, what to say, and how it ended. Digits choose the
 * outcome, letters the answer, the space bar the next call.
 */
export class CallScreen extends Component {
    static template = "crm_base.CallScreen";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.display = { controlPanel: {} };
        this.state = useState({ lists: null, call: null, busy: false, undo: null });
        this.resetCall();
        this.listId = this.props.action.context.active_id;
        useExternalListener(window, "keydown", (ev) => this.onKey(ev));
        onWillStart(() => (this.listId ? this.next() : this.readLists()));
    }

    get panels() {
        return panels.getEntries().map(([key, panel]) => ({ key, ...panel }));
    }

    get line() {
        return this.state.call && this.state.call.line;
    }

    get step() {
        return this.line.script.find((step) => step.id === this.state.stepId);
    }

    get tomorrow() {
        return DateTime.now().plus({ days: 1 }).set({ hour: 10, minute: 0 });
    }

    resetCall() {
        Object.assign(this.state, {
            stepId: false,
            path: [],
            proposed: false,
            note: "",
            asksWhen: false,
            when: this.tomorrow.toFormat("yyyy-MM-dd'T'HH:mm"),
        });
    }

    async readLists() {
        this.state.lists = await this.orm.call("crm.call.list", "my_lists", []);
        if (this.state.lists.length === 1) {
            await this.choose(this.state.lists[0].id);
        }
    }

    choose(listId) {
        this.listId = listId;
        return this.next();
    }

    /** Nothing is done twice by a second click. */
    async once(work) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            await work();
        } finally {
            this.state.busy = false;
        }
    }

    next() {
        return this.once(() => this.readNext());
    }

    async readNext() {
        const call = await this.orm.call("crm.call.list", "next_call", [[this.listId]]);
        const same = this.line && call.line && this.line.id === call.line.id;
        this.state.call = call;
        if (!same) {
            this.resetCall();
            this.state.stepId = call.line && call.line.script[0]?.id;
        }
    }

    answer(answer) {
        this.state.path.push({ step: this.step, answer });
        this.state.proposed = answer.outcome || this.state.proposed;
        this.state.stepId = answer.next;
    }

    stepBack() {
        this.state.stepId = this.state.path.pop().step.id;
        this.state.proposed = this.state.path.at(-1)?.answer.outcome || false;
    }

    pick(outcome) {
        if (outcome.kind === "call_back") {
            this.state.asksWhen = outcome.id;
            return;
        }
        return this.finish(outcome.id, "");
    }

    inHours(hours) {
        const moment = DateTime.now().plus({ hours });
        this.state.when = moment.toFormat("yyyy-MM-dd'T'HH:mm");
    }

    callBack() {
        const when = DateTime.fromISO(this.state.when);
        if (!when.isValid) {
            this.notification.add(_t("Choose a day and hour."), { type: "warning" });
            return;
        }
        return this.finish(this.state.asksWhen, serializeDateTime(when));
    }

    finish(outcomeId, dateBack) {
        return this.once(async () => {
            const { id, name, outcomes } = this.line;
            const attempt = await this.orm.call("crm.call.list.line", "finish_call", [
                [id],
                outcomeId,
                this.state.note,
                dateBack,
                this.state.path.map(({ answer }) => answer.id),
            ]);
            const outcome = outcomes.find((one) => one.id === outcomeId);
            this.state.undo = { attempt, text: `${name}: ${outcome.name}` };
            await this.readNext();
        });
    }

    undo() {
        return this.once(async () => {
            await this.orm.call("crm.call.list.line", "undo_call", [
                this.state.undo.attempt,
            ]);
            this.state.undo = null;
            await this.readNext();
        });
    }

    leave() {
        return this.once(async () => {
            if (this.line) {
                await this.orm.call("crm.call.list.line", "give_back", [
                    [this.line.id],
                ]);
            }
            this.action.doAction("crm_base.crm_call_list_action", {
                clearBreadcrumbs: true,
            });
        });
    }

    onKey(ev) {
        const typing = ev.target.closest("input, textarea, select, [contenteditable]");
        if (typing || ev.ctrlKey || ev.altKey || ev.metaKey || !this.state.call) {
            return;
        }
        if (document.querySelector(".modal")) {
            return;
        }
        if (ev.key === " " && !this.line) {
            ev.preventDefault();
            return this.next();
        }
        if (!this.line) {
            return;
        }
        const outcome = this.line.outcomes[Number(ev.key) - 1];
        const answer = this.step?.answers[ev.key.charCodeAt(0) - 97];
        if (ev.key.length === 1 && outcome) {
            return this.pick(outcome);
        }
        if (ev.key.length === 1 && answer) {
            return this.answer(answer);
        }
    }

    letter(index) {
        return String.fromCharCode(97 + index);
    }

    buttonClass(outcome) {
        const classes = {
            success: "btn-success",
            call_back: "btn-primary",
            wrong: "btn-outline-danger",
            do_not_call: "btn-outline-danger",
        };
        const proposed =
            this.state.proposed === outcome.id ? " o_crm_call_proposed" : "";
        return (classes[outcome.kind] || "btn-secondary") + proposed;
    }

    whenText(row) {
        return toLocaleDateTimeString(deserializeDateTime(row.date));
    }

    get nextText() {
        return formatDateTime(deserializeDateTime(this.line.date_next));
    }

    openCustomer() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: this.line.partner_id,
            views: [[false, "form"]],
        });
    }

    openPart(part) {
        return part.action && this.action.doAction(part.action);
    }

    async openRow(row) {
        const action = await this.orm.call("crm.timeline", "action_open", [[row.id]]);
        return this.action.doAction(action);
    }
}

registry.category("actions").add("crm_call_screen", CallScreen);
