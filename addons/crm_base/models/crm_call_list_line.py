from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

PRIORITIES = {"a": 0, "b": 1, "c": 2}
STATES = [
    ("todo", "To call"),
    ("call_back", "Call back"),
    ("no_answer", "No answer"),
    ("reached", "Reached"),
    ("success", "Success"),
    ("refused", "Refused"),
    ("wrong", "Wrong number"),
    ("given_up", "Given up"),
    ("left_out", "Left out"),
]
# What a caller does not settle within it lies free again: he went home.
HELD = timedelta(minutes=45)
# A call-back belongs to who agreed on it; after so long anybody makes it.
OWN = timedelta(hours=1)
# So many are looked at until one may be called now.
TRIES = 25
MOST_PASSED = 1000


class CrmCallListLine(models.Model):
    """Somebody on a call list: how often he was called, and what came of it."""

    _name = "crm.call.list.line"
    _description = "Entry of a Call List"
    _order = "list_id, priority, id"

    list_id = fields.Many2one(
        "crm.call.list",
        "Call List",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="list_id.company_id", store=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    phone = fields.Char(readonly=True, help="As it was when the list was filled.")
    tz = fields.Char("Time Zone", readonly=True)
    priority = fields.Integer(
        "Rank", readonly=True, default=3, aggregator=None, help="By the value class."
    )
    value = fields.Float(
        readonly=True, help="What a success is expected to bring, where that is known."
    )
    state = fields.Selection(
        STATES, required=True, readonly=True, default="todo", index=True
    )
    left_out = fields.Selection(
        [
            ("no_phone", "No phone number"),
            ("refused", "Refused calls"),
            ("no_consent", "Did not agree to calls"),
            ("wrong_phone", "The phone is known to be wrong"),
        ],
        "Left Out Because",
        readonly=True,
    )
    taken_by_id = fields.Many2one(
        "res.users", "In Hand of", readonly=True, index="btree_not_null"
    )
    date_taken = fields.Datetime("In Hand Since", readonly=True)
    attempts = fields.Integer(readonly=True)
    date_last = fields.Datetime("Last Call", readonly=True)
    user_id = fields.Many2one(
        "res.users", "Called By", readonly=True, index="btree_not_null"
    )
    outcome_id = fields.Many2one(
        "crm.call.outcome", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    date_next = fields.Datetime("Next Call", readonly=True)
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, index="btree_not_null", ondelete="set null"
    )
    attempt_ids = fields.One2many("crm.call.attempt", "line_id", "Calls")

    _person_once = models.UniqueIndex(
        "(list_id, partner_id) WHERE partner_id IS NOT NULL",
        "Everybody stands on a call list once.",
    )
    _waiting_idx = models.Index(
        "(list_id, priority, value DESC, id)"
        " WHERE state IN ('todo', 'call_back', 'no_answer')"
    )

    @api.depends("partner_id", "phone")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.partner_id.display_name or line.phone or ""

    @api.readonly
    def action_open_document(self) -> dict:
        """Open who is called, or what the call is about."""
        self.ensure_one()
        document = self._call_document()
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }

    def _call_document(self):
        """Give the record on which what follows the call is planned."""
        return self.partner_id

    # Handing out

    @api.model
    def _take_next(self, call_list):
        """Take the next entry in hand, or the one that the caller has already. Two who
        ask at the same moment never get the same.

        :return: the entry, or none where nobody may be called now
        """
        mine = self.sudo().search(  # the own one, whatever the rules of the list say
            [("list_id", "=", call_list.id), ("taken_by_id", "=", self.env.uid)],
            limit=1,
        )
        passed, changed = [], 0
        while not mine and changed < TRIES and len(passed) < MOST_PASSED:
            # Entries are written by methods only.
            line_sudo = self._lock_next(call_list, passed).sudo()
            if not line_sudo:
                break
            before = (line_sudo.state, line_sudo.date_next)
            if line_sudo._may_be_called_now(self.env):
                line_sudo.write(
                    {"taken_by_id": self.env.uid, "date_taken": fields.Datetime.now()}
                )
                mine = line_sudo
                break
            passed.append(line_sudo.id)
            # Those of others, whom this caller may not read, do not tire the search.
            changed += before != (line_sudo.state, line_sudo.date_next)
        return mine.sudo(False)

    @api.model
    def _lock_next(self, call_list, passed: list[int]):
        """Lock the next entry that is free: call-backs that are due come first, then
        the best customers. What a colleague locks at this moment is passed over."""
        now = fields.Datetime.now()
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM crm_call_list_line
                    WHERE list_id = %(list)s AND id != ALL(%(passed)s)
                      AND (taken_by_id IS NULL OR date_taken <= %(stale)s)
                      AND (state IN ('todo', 'no_answer') AND tz = ANY(%(zones)s)
                           AND COALESCE(date_next, %(now)s) <= %(now)s
                        OR state = 'call_back' AND date_next <= %(now)s
                           AND (user_id = %(user)s OR date_next <= %(anybody)s))
                    ORDER BY state = 'call_back' DESC, priority, value DESC,
                             attempts, id
                    LIMIT 1 FOR UPDATE SKIP LOCKED""",
                list=call_list.id,
                passed=passed,
                stale=now - HELD,
                zones=self._zones_open(call_list, now),
                now=now,
                user=self.env.uid,
                anybody=now - OWN,
            )
        )
        return self.browse(id_ for (id_,) in rows)

    @api.model
    def _zones_open(self, call_list, now) -> list[str]:
        """Give the time zones of the list in which it is an hour for calls."""
        hours, moment = call_list._hours(), pytz.utc.localize(now)
        # Zones alone, of entries that the caller may read or not.
        zones = self.sudo()._read_group([("list_id", "=", call_list.id)], ["tz"])
        return [
            zone
            for (zone,) in zones
            if zone and hours.hold(moment.astimezone(pytz.timezone(zone)))
        ]

    def _may_be_called_now(self, env) -> bool:
        """Ask once more what may have changed since the list was filled, and what the
        contact policy says of the hour; put off, or leave out, who may not.

        :param env: of the caller, who has to be allowed to read whom he calls
        """
        document = self._call_document().with_env(env).exists()
        if not document:  # it was deleted since
            self.write({"state": "left_out", "left_out": "no_phone"})
        if not document or not document.has_access("read"):
            return False
        entry = {"partner_id": self.partner_id.id, "phone": self.phone}
        self.list_id._leave_out([entry])
        if entry.get("left_out"):
            self.write({"state": "left_out", "left_out": entry["left_out"]})
            return False
        later = self.state != "call_back" and self._policy_opens()
        if later:
            self.date_next = later
        return not later

    def _policy_opens(self):
        """Give when the contact policy next allows a call; none if it does so now."""
        policy = self.env["crm.contact.policy"]._of(self.partner_id)
        now = fields.Datetime.now()
        if not policy or not self.partner_id._contact_hours_problem(now):
            return None
        days = policy._hours().within(
            now.date(), now.date() + timedelta(days=8), self.partner_id._contact_tz()
        )
        return next((start for start, _stop in days if start > now), None)

    def _release(self):
        """Let go of what somebody has in hand."""
        self.filtered("taken_by_id").write({"taken_by_id": False, "date_taken": False})

    @api.model
    def _waiting_domain(self) -> Domain:
        """Those who are still to be called."""
        return Domain("state", "in", ("todo", "call_back", "no_answer"))
