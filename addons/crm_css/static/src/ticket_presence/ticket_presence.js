import {
    Component,
    onWillDestroy,
    useEffect,
    useExternalListener,
    useState,
} from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const EVENT = "crm_css.ticket_presence";
/** Told again so often; who is not heard of for longer than LOST is not there any more. */
const BEAT = 20000;
const LOST = 50000;
/** Without a key for so long, one does not write any more. */
const PAUSE = 15000;

/**
 * Says who else has the ticket open, or is writing. Each window tells the others over the
 * bus, when it opens, begins to write, stops, and every BEAT; nothing is stored.
 */
export class TicketPresence extends Component {
    static template = "crm_css.TicketPresence";
    static props = { ...standardWidgetProps };

    setup() {
        this.bus = useService("bus_service");
        this.orm = useService("orm");
        this.tab = Math.random().toString(36).slice(2);
        this.others = useState({});
        this.state = "here";
        this.onMessage = this.onMessage.bind(this);
        this.bus.subscribe(EVENT, this.onMessage);
        useEffect(
            (id) => this.enter(id),
            () => [this.props.record.resId]
        );
        useExternalListener(window, "input", (ev) => this.onInput(ev), true);
        useExternalListener(window, "pagehide", () => this.tell("left"));
        onWillDestroy(() => this.bus.unsubscribe(EVENT, this.onMessage));
    }

    get people() {
        const byUser = {};
        for (const other of Object.values(this.others)) {
            if (byUser[other.userId]?.state !== "writing") {
                byUser[other.userId] = other;
            }
        }
        return Object.values(byUser);
    }

    get text() {
        const writing = this.people.filter((other) => other.state === "writing");
        const names = (people) => people.map((other) => other.name).join(", ");
        if (writing.length) {
            return _t("%s is writing in this ticket.", names(writing));
        }
        return _t("%s has this ticket open too.", names(this.people));
    }

    /** Opens the channel of a ticket; gives what closes it again. */
    enter(ticketId) {
        for (const tab of Object.keys(this.others)) {
            delete this.others[tab];
        }
        if (!ticketId) {
            return;
        }
        this.ticketId = ticketId;
        const channel = `crm_css.ticket_presence_${ticketId}`;
        this.bus.addChannel(channel);
        this.tell("here", true);
        const beat = browser.setInterval(() => this.beat(), BEAT);
        return () => {
            browser.clearInterval(beat);
            browser.clearTimeout(this.pause);
            this.tell("left");
            this.bus.deleteChannel(channel);
            this.ticketId = false;
        };
    }

    async tell(state, asks = false) {
        if (!this.ticketId) {
            return;
        }
        this.state = state;
        try {
            await this.orm.silent.call("helpdesk.ticket", "tell_presence", [
                [this.ticketId],
                this.tab,
                state,
                asks,
            ]);
        } catch {
            // Offline, or without the right any more: a notice less, and no dialog.
        }
    }

    beat() {
        const now = Date.now();
        for (const [tab, other] of Object.entries(this.others)) {
            if (now - other.heard > LOST) {
                delete this.others[tab];
            }
        }
        this.tell(this.state, true);
    }

    onInput(ev) {
        if (!ev.target.closest?.(".o_form_view, .o-mail-Composer")) {
            return;
        }
        browser.clearTimeout(this.pause);
        this.pause = browser.setTimeout(() => this.tell("here"), PAUSE);
        if (this.state !== "writing") {
            this.tell("writing");
        }
    }

    onMessage(message) {
        if (message.ticket_id !== this.ticketId || message.user_id === user.userId) {
            return;
        }
        if (message.state === "left") {
            delete this.others[message.tab];
            return;
        }
        this.others[message.tab] = {
            userId: message.user_id,
            name: message.name,
            state: message.state,
            heard: Date.now(),
        };
        if (message.asks) {
            this.tell(this.state);
        }
    }
}

registry
    .category("view_widgets")
    .add("crm_ticket_presence", { component: TicketPresence });
