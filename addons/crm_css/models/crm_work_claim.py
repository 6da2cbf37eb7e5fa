from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.fields import Domain

# What is not settled after this lies free again: its agent went home.
HELD = timedelta(hours=4)
# What is settled, and yet waits for us, does not come back to the same agent at once.
REST = timedelta(minutes=30)
_RELEASE = """
    UPDATE crm_work_claim SET state = 'given_back', date_end = %(now)s
    WHERE res_model = %(model)s AND res_id = %(id)s AND state = 'taken'
        AND date_until <= %(now)s
"""
_TAKE = """
    INSERT INTO crm_work_claim (res_model, res_id, user_id, date, date_until,
        was_free, state, minutes, create_uid, create_date)
    VALUES (%(model)s, %(id)s, %(user)s, %(now)s, %(until)s,
        %(free)s, 'taken', 0, %(user)s, %(now)s)
    ON CONFLICT DO NOTHING RETURNING id
"""


class CrmWorkClaim(models.Model):
    """That an agent took an item of the queue in hand, and how it ended.

    At most one claim on a document is open: the database sees to it.
    """

    _name = "crm.work.claim"
    _description = "Work in Hand"
    _order = "id desc"

    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", required=True, readonly=True
    )
    name = fields.Char("What", compute="_compute_name")
    user_id = fields.Many2one(
        "res.users",
        "Agent",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    date = fields.Datetime("Taken", required=True, readonly=True)
    date_end = fields.Datetime("Settled", readonly=True)
    date_until = fields.Datetime("Held until", required=True, readonly=True)
    minutes = fields.Float(
        compute="_compute_minutes", store=True, aggregator="avg", help="Time in hand."
    )
    was_free = fields.Boolean("Lay with the team", readonly=True)
    state = fields.Selection(
        [
            ("taken", "In hand"),
            ("done", "Worked on"),
            ("later", "Put off"),
            ("given_back", "Given back"),
        ],
        required=True,
        readonly=True,
        default="taken",
    )

    _one_at_a_time = models.UniqueIndex(
        "(res_model, res_id) WHERE state = 'taken'",
        "A colleague has this item in hand.",
    )

    @api.depends("date", "date_end")
    def _compute_minutes(self):
        for claim in self:
            held = claim.date_end and claim.date_end - claim.date
            claim.minutes = held.total_seconds() / 60 if held else 0

    @api.depends("res_model", "res_id")
    def _compute_name(self):
        for claim in self:
            document = claim._document()
            readable = document and document.has_access("read")
            claim.name = document.display_name if readable else ""

    def _document(self):
        return self.env[self.res_model].browse(self.res_id).exists()

    def action_open(self) -> dict:
        self.ensure_one()
        return self.env["crm.work.item"]._open(self._document())

    @api.model
    def _mine(self):
        mine = Domain("user_id", "=", self.env.uid) & Domain("state", "=", "taken")
        return self.search(mine)

    @api.model
    def _put_off(self):
        """Give what the user worked on or put off a moment ago."""
        return self.search(
            Domain("user_id", "=", self.env.uid)
            & Domain("state", "!=", "taken")
            & Domain("date_until", ">", fields.Datetime.now())
        )

    @api.model
    def _settle_mine(self, state: str = "done", hours: int = 0):
        now = fields.Datetime.now()
        rest = timedelta(hours=hours) if hours else REST
        mine_sudo = self._mine().sudo()  # nobody writes claims but these methods
        mine_sudo.write({"state": state, "date_end": now, "date_until": now + rest})

    @api.model
    def _claim(self, document) -> bool:
        """Take ``document`` in hand; say whether it worked.

        On a connection of its own: its snapshot is fresh, so that it knows what was
        taken a moment ago, and its row stands before anybody else asks. As part of the
        request, of twenty agents at once some collided until Odoo gave up.
        """
        now = fields.Datetime.now()
        values = {
            "model": document._name,
            "id": document.id,
            "user": self.env.uid,
            "now": now,
            "until": now + HELD,
            "free": document._name == "helpdesk.ticket" and not document.user_id,
        }
        with self.env.registry.cursor() as cr:
            try:
                cr.execute(_RELEASE, values, log_exceptions=False)
                cr.execute(_TAKE, values, log_exceptions=False)
                return bool(cr.fetchone())
            except SerializationFailure:  # a colleague was faster by a hair
                cr.rollback()
                return False
