from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

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

    outcome = fields.Selection(
        [
            ("reached", "Reached"),
            ("not_reached", "Not reached"),
            ("call_back", "Wants a call back"),
            ("settled", "Settled"),
            ("refused", "Refused"),
        ],
        index="btree_not_null",
        help="What came of it.",
    )
    next_step = fields.Char(
        help="What you will do next. It becomes an activity on the customer."
    )
    date_next_step = fields.Date(
        "Next Step On",
        compute="_compute_date_next_step",
        store=True,
        readonly=False,
        precompute=True,
    )

    # What the card counts of one customer.
    _card_idx = models.Index("(partner_id, company_id)")

    @api.depends("next_step")
    def _compute_date_next_step(self):
        """Propose tomorrow, so that typing the step is enough."""
        tomorrow = fields.Date.context_today(self) + timedelta(days=1)
        for interaction in self:
            interaction.date_next_step = interaction.next_step and (
                interaction.date_next_step or tomorrow
            )

    @api.constrains("next_step", "date_next_step")
    def _check_next_step(self):
        for interaction in self:
            if bool(interaction.next_step) != bool(interaction.date_next_step):
                raise ValidationError(
                    self.env._(
                        "A next step needs its text and its day: fill both, or neither."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        interactions = super().create(vals_list)
        for interaction in interactions.filtered("next_step"):
            interaction.partner_id.activity_schedule(
                date_deadline=interaction.date_next_step,
                summary=interaction.next_step,
                user_id=interaction.user_id.id,
            )
        return interactions
