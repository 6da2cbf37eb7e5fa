import { Component, onWillStart, useState } from "@odoo/owl";
import { deserializeDate, serializeDate, today } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

// A phone that finds no position in this time goes on without.
const PATIENCE = 8000;

/**
 * The visits of a day, for a phone held in one hand: the way, and for each customer what
 * one has to know at the door, and what came of it.
 */
export class Visits extends Component {
    static template = "crm_sfa.Visits";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    static displayName = _t("My Visits");
    static path = "my-visits";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.keepLast = new KeepLast();
        this.outcomes = [
            ["settled", _t("Settled")],
            ["reached", _t("Talked")],
            ["call_back", _t("Call back")],
            ["not_reached", _t("Nobody there")],
            ["refused", _t("Refused")],
        ];
        this.state = useState({
            plan: null,
            openId: this.props.action.params?.event_id || null,
            detail: null,
            result: this.emptyResult(),
            busy: false,
        });
        onWillStart(() => this.load(this.props.action.params?.day));
    }

    get plan() {
        return this.state.plan;
    }

    emptyResult() {
        return {
            outcome: "settled",
            description: "",
            next_step: "",
            date_next_step: "",
        };
    }

    async load(day = this.plan?.day) {
        this.state.plan = await this.keepLast.add(
            this.orm.call("crm.visit", "read_day", [
                day || null,
                this.plan?.user_id || null,
            ])
        );
        const stops = this.plan.stops;
        const there = stops.find((stop) => stop.state === "there");
        const known = stops.some((stop) => stop.event_id === this.state.openId);
        this.state.openId = known ? this.state.openId : there?.event_id || null;
        await this.loadDetail();
    }

    async loadDetail() {
        this.state.detail = null;
        if (this.state.openId) {
            this.state.detail = await this.keepLast.add(
                this.orm.call("crm.visit", "read_stop", [
                    this.state.openId,
                    this.plan.user_id,
                ])
            );
            this.state.result.date_next_step = this.state.detail.tomorrow || "";
        }
    }

    shift(days) {
        const day = deserializeDate(this.plan.day).plus({ days });
        return this.load(serializeDate(day));
    }

    goToday() {
        return this.load(serializeDate(today()));
    }

    choosePerson(ev) {
        this.plan.user_id = parseInt(ev.target.value);
        return this.load();
    }

    toggle(stop) {
        this.state.openId = this.state.openId === stop.event_id ? null : stop.event_id;
        this.state.result = this.emptyResult();
        return this.loadDetail();
    }

    /** An iPhone knows no geo: links, and opens its map by its own. */
    mapLink(stop) {
        if (!/iPad|iPhone|iPod/.test(navigator.userAgent)) {
            return stop.map_url;
        }
        return `maps://?daddr=${stop.map_url.split("q=")[1]}`;
    }

    /** Where the phone is, as far as it may and can tell. */
    position() {
        return new Promise((resolve) => {
            if (!navigator.geolocation) {
                return resolve(null);
            }
            navigator.geolocation.getCurrentPosition(
                ({ coords }) =>
                    resolve({ latitude: coords.latitude, longitude: coords.longitude }),
                () => resolve(null),
                { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 60000 }
            );
        });
    }

    /** One tap is one act, however long the network takes. */
    async once(act) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            await act();
        } finally {
            this.state.busy = false;
        }
    }

    checkIn(stop) {
        return this.once(async () => {
            const position = await this.position();
            try {
                await this.orm.call("crm.visit", "check_in", [stop.event_id, position]);
            } finally {
                await this.load();
            }
            if (!position) {
                this.notification.add(
                    _t("Checked in without a position: the phone did not tell it.")
                );
            }
        });
    }

    checkOut(stop) {
        return this.once(async () => {
            await this.orm.call("crm.visit", "check_out", [stop.event_id], {
                ...this.state.result,
            });
            this.state.result = this.emptyResult();
            this.state.openId = null;
            await this.load();
            this.notification.add(_t("%s is done.", stop.customer), {
                type: "success",
            });
        });
    }

    takePosition(stop) {
        return this.once(async () => {
            await this.orm.call("crm.visit", "take_position", [stop.event_id]);
            await this.load();
        });
    }

    async newOrder(stop) {
        await this.action.doAction(
            await this.orm.call("crm.visit", "new_order", [stop.event_id])
        );
    }

    openCustomer(stop) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: stop.partner_id,
            views: [[false, "form"]],
        });
    }

    planVisits(stop) {
        const context = { default_date: this.plan.day };
        if (stop) {
            Object.assign(context, {
                default_choice: "near",
                default_near_id: stop.partner_id,
            });
        }
        return this.action.doAction("crm_sfa.crm_visit_plan_action", {
            additionalContext: context,
            onClose: () => this.load(),
        });
    }
}

registry.category("actions").add("crm_visits", Visits);
