from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from .crm_call_outcome import TALKED

CALL = "mail.mail_activity_data_call"
# How a call from a list is noted among the contacts.
NOTED = {
    "success": "settled",
    "reached": "reached",
    "call_back": "call_back",
    "no_answer": "not_reached",
    "refused": "refused",
    "wrong": "not_reached",
    "do_not_call": "refused",
}
KEPT = ("state", "date_next", "attempts", "user_id", "outcome_id", "date_last")
# A wrong click is noticed soon; later it is history.
UNDO_TIME = timedelta(minutes=15)
LATEST_CALL_BACK = timedelta(days=366)
LONGEST_NOTE = 5000


class CrmCallListLine(models.Model):
    """What an outcome does, in one click, and how it is taken back."""

    _inherit = "crm.call.list.line"

    def finish_call(
        self, outcome_id: int, note: str = "", date_back="", answer_ids=()
    ) -> int:
        """Settle the call that one has in hand.

        :param date_back: when to call back, in UTC; for outcomes that ask for it
        :param answer_ids: the answers that were given on the way through the script
        :return: id of the call, by which it can be taken back
        """
        self.ensure_one()
        self._check_in_hand()
        outcome = self.env["crm.call.outcome"].browse(outcome_id).exists()
        if not outcome:
            raise UserError(
                self.env._("This outcome is not there any more. Reload the page.")
            )
        date_back = self._read_date_back(outcome, date_back)
        note = str(note or "")[:LONGEST_NOTE]
        attempt_sudo = self._note_attempt(outcome, note, answer_ids)
        made = self._do_outcome(outcome, attempt_sudo, date_back)
        attempt_sudo.undo |= {"made": [[one._name, one.id] for one in made if one]}
        return attempt_sudo.id

    def give_back(self):
        """Let go of the entry without a call."""
        self._check_in_hand()
        self.sudo()._release()  # the caller has it in hand; he may not write it
        return True

    def _check_in_hand(self):
        self.check_access("read")
        # A colleague may have taken over what lay too long.
        line_sudo = self.sudo()
        line_sudo.lock_for_update()
        if line_sudo.taken_by_id != self.env.user:
            raise UserError(
                self.env._(
                    "You do not have “%(name)s” in hand any more. Take the next one.",
                    name=line_sudo.display_name,
                )
            )

    def _read_date_back(self, outcome, text):
        if outcome.kind != "call_back":
            return None
        try:
            moment = fields.Datetime.to_datetime(text or None)
        except (TypeError, ValueError):
            moment = None
        now = fields.Datetime.now()
        if not moment or not now < moment < now + LATEST_CALL_BACK:
            raise UserError(
                self.env._(
                    "When is the call-back? Choose a day and hour within the next year."
                )
            )
        return moment

    def _note_attempt(self, outcome, note: str, answer_ids):
        # Calls are written by methods only.
        line_sudo, now = self.sudo(), fields.Datetime.now()
        script = line_sudo.list_id.script_id
        asked = Domain("id", "in", list(answer_ids))
        asked &= Domain("step_id.script_id", "=", script.id)
        held = now - (line_sudo.date_taken or now)
        before = line_sudo.read([*KEPT], load="")[0]
        before["proof"] = line_sudo.partner_id._phone_proof()
        before = {
            key: fields.Datetime.to_string(value)
            if isinstance(value, datetime)
            else value
            for key, value in before.items()
        }
        return line_sudo.env["crm.call.attempt"].create(
            {
                "line_id": line_sudo.id,
                "user_id": self.env.uid,
                "date": now,
                "outcome_id": outcome.id,
                "kind": outcome.kind,
                "minutes": held.total_seconds() / 60,
                "note": note,
                "answer_ids": line_sudo.env["crm.call.script.answer"].search(asked).ids,
                "undo": {"before": before},
            }
        )

    def _do_outcome(self, outcome, attempt_sudo, date_back) -> list:
        """Do what the outcome asks for.

        :return: the records that were made, in the order in which they were
        """
        # What one caller planned, another may settle.
        self.sudo().activity_id.unlink()
        made = [self._note_interaction(outcome, attempt_sudo)]
        attempt_sudo.interaction_id = made[0]
        made += self._follow_outcome(outcome, made[0])
        activity = self._plan_call_back(date_back) if date_back else None
        made.append(activity)
        self._prove_phone(outcome)
        if outcome.kind == "do_not_call":
            made.append(self._withdraw_consent())
        self._settle(outcome, attempt_sudo, date_back, activity)
        return made

    def _settle(self, outcome, attempt_sudo, date_back, activity):
        # Entries are written by methods only.
        line_sudo = self.sudo()
        attempts = line_sudo.attempts + 1
        vals = {
            "state": "refused" if outcome.kind == "do_not_call" else outcome.kind,
            "attempts": attempts,
            "date_last": attempt_sudo.date,
            "user_id": self.env.uid,
            "outcome_id": outcome.id,
            "date_next": date_back,
            "activity_id": activity.id if activity else False,
            "taken_by_id": False,
            "date_taken": False,
        }
        if outcome.kind == "no_answer":
            call_list = line_sudo.list_id
            if attempts >= call_list.max_attempts:
                vals["state"] = "given_up"
            else:
                pause = timedelta(hours=call_list.pause_hours)
                vals["date_next"] = attempt_sudo.date + pause
        line_sudo.write(vals)

    def _note_interaction(self, outcome, attempt_sudo):
        """Note the call among the contacts with the customer."""
        if not self.partner_id:
            return self.env["crm.interaction"]
        return self.env["crm.interaction"].create(
            {
                "name": f"{self.list_id.name}: {outcome.name}",
                "kind": "call",
                "direction": "out",
                "date": attempt_sudo.date,
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "outcome": NOTED[outcome.kind],
                "description": attempt_sudo._noted_html(),
            }
        )

    def _follow_outcome(self, outcome, interaction) -> list:
        """Plan the next step and give the promise of an outcome; addons do more."""
        today, made = fields.Date.context_today(self), []
        if outcome.next_step:
            made.append(
                self._call_document().activity_schedule(
                    date_deadline=today + timedelta(days=outcome.next_step_days),
                    summary=outcome.next_step,
                    user_id=self.env.uid,
                )
            )
        if outcome.promise and self.partner_id:
            made.append(
                self.env["crm.promise"].create(
                    {
                        "name": outcome.promise,
                        "partner_id": self.partner_id.id,
                        "company_id": self.company_id.id,
                        "user_id": self.env.uid,
                        "date": today,
                        "date_due": today + timedelta(days=outcome.promise_days),
                        "interaction_id": interaction.id,
                    }
                )
            )
        return made

    def _plan_call_back(self, moment):
        tz = self.env.user.tz or "UTC"
        when = format_datetime(self.env, moment, tz=tz, dt_format="HH:mm")
        local = fields.Datetime.context_timestamp(self.with_context(tz=tz), moment)
        return self._call_document().activity_schedule(
            CALL,
            date_deadline=local.date(),
            summary=self.env._(
                "Call back at %(when)s: %(list)s", when=when, list=self.list_id.name
            ),
            user_id=self.env.uid,
        )

    def _prove_phone(self, outcome):
        """Keep what the call proved of the phone."""
        if not self.partner_id or self.phone != self._phone_now():
            return
        if outcome.kind == "wrong":
            reason = self.env._("A call reached somebody else")
            self.env["crm.contact.point"]._refute(
                self.partner_id, "phone", "call", reason
            )
        elif outcome.kind in TALKED:
            self.partner_id._confirm_contact_point("phone", "call")

    def _phone_now(self):
        partner = self.partner_id
        return partner.phone_sanitized or self.list_id._plain_phone(partner.phone)

    def _withdraw_consent(self):
        if not self.partner_id:
            # Nobody to write in the ledger; the number itself is blocked.
            blacklist_sudo = self.env["phone.blacklist"].sudo()
            number = self.env.user._phone_format(number=self.phone)
            return blacklist_sudo._add([number]) if number else None
        return self.env["crm.consent"].create(
            {
                "partner_id": self.partner_id.id,
                "channel": "phone",
                "purpose_id": self.env["crm.consent.purpose"]
                ._with_code("marketing")
                .id,
                "status": "withdrawn",
                "source": "call",
                "proof": self.env._("Said in a call: %(list)s", list=self.list_id.name),
                "company_id": self.company_id.id,
            }
        )

    # A wrong click

    @api.model
    def undo_call(self, attempt_id: int) -> int:
        """Take back one's own last call, as if it had not been noted.

        :return: id of the entry, which the caller has in hand again
        """
        # Callers write no attempts; that this is the own one is checked below.
        attempt_sudo = self.env["crm.call.attempt"].sudo().browse(attempt_id).exists()
        line = attempt_sudo.line_id.sudo(False)
        self._check_undo(attempt_sudo)
        line.check_access("read")
        before = attempt_sudo.undo["before"]
        for model, id_ in reversed(attempt_sudo.undo["made"]):
            attempt_sudo.env[model].browse(id_).exists().unlink()
        partner_sudo = attempt_sudo.line_id.partner_id
        if partner_sudo:
            partner_sudo._restore_phone_proof(before["proof"])
            partner_sudo._refresh_consent_flags(partner_sudo.ids)
        self._tell_undone(attempt_sudo)
        attempt_sudo.unlink()
        line._take_again(before)
        return line.id

    def _check_undo(self, attempt_sudo):
        now = fields.Datetime.now()
        if attempt_sudo and attempt_sudo.user_id != self.env.user:
            raise AccessError(self.env._("Only who made a call takes it back."))
        newest = attempt_sudo.line_id.attempt_ids[:1]
        if not attempt_sudo or newest != attempt_sudo:
            raise UserError(self.env._("This call cannot be taken back any more."))
        if attempt_sudo.date < now - UNDO_TIME or attempt_sudo.list_id.state != "open":
            raise UserError(
                self.env._(
                    "This call was noted too long ago to be taken back. Note a new one."
                )
            )
        attempt_sudo._check_nothing_built_on()

    def _tell_undone(self, attempt_sudo):
        partner = attempt_sudo.line_id.partner_id.sudo(False)
        if partner:
            partner._message_log(
                body=self.env._(
                    "Noted by mistake and taken back: %(list)s, %(outcome)s.",
                    list=attempt_sudo.list_id.name,
                    outcome=attempt_sudo.outcome_id.name,
                )
            )

    def _take_again(self, before: dict):
        line_sudo = self.sudo()  # entries are written by methods only
        mine = line_sudo.search(
            [("list_id", "=", self.list_id.id), ("taken_by_id", "=", self.env.uid)]
        )
        mine._release()
        now = fields.Datetime.now()
        line_sudo.write(
            {name: before[name] for name in KEPT}
            | {"taken_by_id": self.env.uid, "date_taken": now, "activity_id": False}
        )
        if before["state"] == "call_back":
            moment = fields.Datetime.to_datetime(before["date_next"])
            line_sudo.activity_id = self._plan_call_back(moment)
