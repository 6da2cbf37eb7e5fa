from odoo import fields, models

from .crm_call_outcome import KINDS


class CrmCallAttempt(models.Model):
    """One call that was made from a list: by whom, when, and how it ended."""

    _name = "crm.call.attempt"
    _description = "Call from a List"
    _order = "date desc, id desc"

    line_id = fields.Many2one(
        "crm.call.list.line",
        "Entry",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    list_id = fields.Many2one(
        related="line_id.list_id", string="Call List", store=True, index=True
    )
    company_id = fields.Many2one(related="list_id.company_id", store=True)
    user_id = fields.Many2one(
        "res.users", "Caller", required=True, readonly=True, index=True
    )
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    outcome_id = fields.Many2one(
        "crm.call.outcome", required=True, readonly=True, ondelete="restrict"
    )
    kind = fields.Selection(KINDS, "Meaning", required=True, readonly=True)
    minutes = fields.Float(readonly=True, aggregator="avg", help="Time in hand.")
    note = fields.Text(readonly=True)
    answer_ids = fields.Many2many(
        "crm.call.script.answer",
        "crm_call_attempt_answer_rel",
        "attempt_id",
        "answer_id",
        "Answers",
        readonly=True,
    )
    interaction_id = fields.Many2one(
        "crm.interaction",
        "Noted Contact",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    # How things stood before, and what was made, so that a wrong click is taken back.
    undo = fields.Json(groups=fields.NO_ACCESS)
