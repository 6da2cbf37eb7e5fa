from datetime import date, datetime, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

MOST_AT_ONCE = 100


class CrmDayItem(models.Model):
    """What one does with an item: open it, say what came of it, move it, give it to
    somebody else."""

    _inherit = "crm.day.item"

    @api.readonly
    def action_open(self) -> dict:
        """Open the document that the item is about."""
        self.ensure_one()
        document = self._document()
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }

    def _document(self):
        """Give the document of an item; an activity about nothing is one itself."""
        if self.env["ir.model"].sudo()._get(self.res_model or ""):  # its name alone
            document = self.env[self.res_model].browse(self.res_id).exists()
        else:
            document = self._things().exists()
        if not document:
            raise UserError(self.env._("This document was deleted by now."))
        return document

    def action_done(self) -> dict | bool:
        """Ask what came of it, where a customer is concerned, and be done with it."""
        self.ensure_one()
        thing = self._things().exists()
        if not thing:
            raise UserError(self.env._("This is done or deleted already."))
        return getattr(self, f"_done_{thing._name.replace('.', '_')}")(thing)

    def _done_mail_activity(self, activity):
        if not self.partner_id:
            activity.action_feedback()
            return True
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_base.crm_interaction_action_quick"
        )
        kind = {"phonecall": "call", "meeting": "meeting"}.get(
            activity.activity_type_id.category, "call"
        )
        context = {
            "default_kind": kind,
            "default_direction": "out",
            "default_partner_id": self.partner_id.id,
            "default_name": self._title(activity),
            "default_activity_id": activity.id,
        }
        return action | {"context": context, "name": self.env._("What Came of It")}

    def _done_calendar_event(self, event):
        """With a customer, what came of it is noted on the page of the visits."""
        if not self.partner_id:
            return self.action_open()
        action = self.env["ir.actions.client"]._for_xml_id("crm_sfa.crm_visit_action")
        day = fields.Date.to_string(self.date)
        return action | {"params": {"event_id": event.id, "day": day}}

    def _done_crm_promise(self, promise):
        return promise.action_keep()

    def _done_crm_lead(self, lead):
        """What a deal without a next step needs is one."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Next Step"),
            "res_model": "mail.activity.schedule",
            "views": [(False, "form")],
            "target": "new",
            "context": {"active_model": lead._name, "active_ids": lead.ids},
        }

    # Another day

    def action_tomorrow(self):
        """Put off to the next working day of the person."""
        return self._put_off(1)

    def action_next_week(self):
        return self._put_off(7)

    def _put_off(self, days: int) -> dict:
        self._check_steered()
        told = set()
        for item in self:
            today = fields.Date.context_today(item)
            day = item.user_id._next_working_day(today + timedelta(days=days))
            item._move_to(day)
            told.add(day)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Put off to %(day)s.",
                    day=", ".join(
                        format_date(self.env, day, date_format="EEEE d MMM")
                        for day in sorted(told)
                    ),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _move_to(self, day: date) -> None:
        thing = self._things().exists()
        if thing._name == "mail.activity":
            thing.date_deadline = day
        elif thing._name == "crm.promise":
            thing.date_due = day
        elif thing._name == "calendar.event":
            self._move_event(thing, day)
        elif thing._name == "crm.lead":
            thing.activity_schedule(
                date_deadline=day,
                summary=self.env._("Next step"),
                user_id=self.user_id.id,
            )

    def _move_event(self, event, day: date) -> None:
        """Keep the hour, as the clock on the wall shows it."""
        if event.allday:
            length = event.stop_date - event.start_date
            event.write({"start_date": day, "stop_date": day + length})
            return
        zone = self.user_id._day_zone()
        local = pytz.utc.localize(event.start).astimezone(zone)
        moved = zone.localize(datetime.combine(day, local.time()))
        start = moved.astimezone(pytz.utc).replace(tzinfo=None)
        event.write({"start": start, "stop": start + (event.stop - event.start)})

    # Another person

    @api.model
    def hand_over(self, item_ids: list[int], user_id: int) -> bool:
        """Give items to somebody else whom the user leads, as the board does when a
        card is dropped. Each document's history tells it."""
        if len(item_ids) > MOST_AT_ONCE:
            raise UserError(
                self.env._("Move at most %(count)s items at once.", count=MOST_AT_ONCE)
            )
        user = self.env["res.users"].browse(user_id).exists()
        people = self.env["res.users"]._day_people()
        if not user or user not in people or people == self.env.user:
            raise AccessError(
                self.env._(
                    "You may give work only to people whose team you lead. Ask a sales"
                    " manager."
                )
            )
        items = self.search([("id", "in", item_ids)])
        if len(items) < len(set(item_ids)):
            raise UserError(
                self.env._("Some of it was moved or done meanwhile. Reload the board.")
            )
        items._check_steered()
        for item in items:
            user._check_is_there(max(item.date, fields.Date.context_today(item)))
        for item in items.filtered(lambda item: item.user_id != user):
            item._hand_over(user)
        return True

    def _check_steered(self):
        """Refuse what belongs neither to the user nor to anybody whom he leads or
        stands in for."""
        steered = set(self.env["res.users"]._day_people().ids) | set(self._own_ids())
        if any(item.user_id.id not in steered for item in self):
            raise AccessError(self.env._("This is on the plan of somebody else."))

    def _hand_over(self, user) -> None:
        # Who leads somebody may steer that one's work, whoever owns the documents; that
        # the item is of a person led was checked.
        thing_sudo = self.sudo()._things().exists()
        getattr(self, f"_hand_over_{thing_sudo._name.replace('.', '_')}")(
            thing_sudo, user
        )

    def _hand_over_mail_activity(self, activity_sudo, user):
        previous, name = self.user_id, self._title(activity_sudo)
        activity_sudo.write({"user_id": user.id})
        if activity_sudo.res_model:
            self._log(
                activity_sudo.env[activity_sudo.res_model].browse(activity_sudo.res_id),
                name,
                previous,
                user,
            )

    def _hand_over_crm_promise(self, promise_sudo, user):
        previous = promise_sudo.user_id
        promise_sudo.write({"user_id": user.id})
        self._log(promise_sudo, promise_sudo.name, previous, user)

    def _hand_over_calendar_event(self, event_sudo, user):
        previous = self.user_id
        if event_sudo.with_env(self.env)._check_private_event_conditions():
            raise UserError(
                self.env._(
                    "This appointment is private. %(name)s has to move it.",
                    name=previous.name,
                )
            )
        visits_sudo = event_sudo.crm_visit_ids.filtered(
            lambda visit: visit.user_id == previous
        )
        visits_sudo._check_not_begun()
        guests = [(3, previous.partner_id.id), (4, user.partner_id.id)]
        vals = {"partner_ids": guests}
        if event_sudo.user_id == previous:
            vals["user_id"] = user.id
        event_sudo.write(vals)
        visits_sudo.write({"user_id": user.id})
        self._log(event_sudo, event_sudo.name, previous, user)

    def _hand_over_crm_lead(self, lead_sudo, user):
        """The deal stays whose it is; the next step gets an owner."""
        lead_sudo.activity_schedule(
            date_deadline=fields.Date.context_today(self),
            summary=self.env._("Next step"),
            user_id=user.id,
        )
        self._log(lead_sudo, self.env._("Next step"), self.user_id, user)

    def _log(self, document_sudo, name, previous, user):
        if not hasattr(document_sudo, "_message_log") or not document_sudo.exists():
            return
        document_sudo._message_log(
            body=self.env._(
                "“%(what)s” was given by %(manager)s from %(previous)s to %(user)s.",
                what=name,
                manager=self.env.user.name,
                previous=previous.name,
                user=user.name,
            ),
            author_id=self.env.user.partner_id.id,
        )
