from odoo import fields, models

KINDS = [
    ("call", "Call"),
    ("meeting", "Meeting"),
    ("visit", "Visit"),
    ("mail", "E-mail"),
    ("sms", "SMS"),
    ("letter", "Letter"),
    ("chat", "Chat"),
]


class CrmInteraction(models.Model):
    """A contact with a customer that left no document of its own, noted by hand."""

    _name = "crm.interaction"
    _description = "Contact with a Customer"
    _inherit = ["mail.thread", "mail.activity.mixin", "crm.stand.in.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char("Subject", required=True, help="What it was about, in one line.")
    kind = fields.Selection(KINDS, required=True, default="call", index=True)
    direction = fields.Selection(
        [("in", "From the customer"), ("out", "To the customer")],
        required=True,
        default="in",
        help="Who began.",
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Employee",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    company_id = fields.Many2one(
        "res.company", index=True, default=lambda self: self.env.company
    )
    description = fields.Html("Notes", help="What was said and what came of it.")

    _partner_date_idx = models.Index("(partner_id, date DESC)")
