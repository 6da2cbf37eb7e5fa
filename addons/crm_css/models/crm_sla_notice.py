from odoo import fields, models

STEPS = [
    ("first", "First warning"),
    ("second", "Second warning"),
    ("breach", "Breach"),
]


class CrmSlaNotice(models.Model):
    """A warning or a breach that was told: of which clock, when, and to whom.

    The row is claimed before anybody is told, and a second one like it is impossible:
    so each is told once, however often and by however many it is tried.
    """

    _name = "crm.sla.notice"
    _description = "SLA Notice"
    _inherit = ["crm.of.ticket.mixin"]
    _order = "id desc"
    _rec_name = "step"

    clock_id = fields.Many2one(
        "crm.sla.clock", required=True, readonly=True, index=True, ondelete="cascade"
    )
    step = fields.Selection(STEPS, required=True, readonly=True)
    date_due = fields.Datetime("Fell Due", required=True, readonly=True)
    date = fields.Datetime("Told On", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Told", readonly=True, ondelete="set null")
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, index="btree_not_null", ondelete="set null"
    )
    withdrawn = fields.Boolean(
        readonly=True,
        help="A holiday that was added later moved the moment into the future.",
    )

    _once = models.UniqueIndex(
        "(clock_id, step) WHERE withdrawn IS NOT TRUE", "This was told already."
    )
