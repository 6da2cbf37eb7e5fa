from odoo import fields, models

KINDS = [
    ("auto", "Automatic"),
    ("import", "Import"),
    ("back", "Handed back"),
    ("hand", "By hand"),
]


class CrmLeadAssignLog(models.Model):
    """Why a lead went to somebody: one line each time its salesperson changes."""

    _name = "crm.lead.assign.log"
    _description = "Assignment of a Lead"
    _order = "date desc, id desc"
    _rec_name = "reason"
    _log_access = False

    lead_id = fields.Many2one(
        "crm.lead", required=True, readonly=True, index=True, ondelete="cascade"
    )
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users", "Salesperson", readonly=True, index=True, ondelete="set null"
    )
    previous_user_id = fields.Many2one(
        "res.users", "Before", readonly=True, ondelete="set null"
    )
    by_user_id = fields.Many2one(
        "res.users",
        "Done by",
        readonly=True,
        ondelete="set null",
        default=lambda self: self.env.uid,
    )
    team_id = fields.Many2one(
        "crm.team", "Sales Team", readonly=True, index=True, ondelete="set null"
    )
    company_id = fields.Many2one("res.company", readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True, default="auto")
    reason = fields.Char(readonly=True)
