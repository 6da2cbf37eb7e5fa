from odoo import api, fields, models
from odoo.exceptions import ValidationError

CHANNELS = [
    ("mail", "E-mail"),
    ("call", "Call"),
    ("letter", "Letter"),
    ("escalate", "Escalate"),
]


class CrmPaymentLadderStep(models.Model):
    """One step of a ladder: so many days after the payment was due, in this way."""

    _name = "crm.payment.ladder.step"
    _description = "Step of a Payment Reminder Ladder"
    # By days, in whatever order they were typed.
    _order = "ladder_id, days, id"

    ladder_id = fields.Many2one(
        "crm.payment.ladder", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="ladder_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="ladder_id.currency_id")
    name = fields.Char(required=True, translate=True)
    days = fields.Integer("Days after Due", default=7, aggregator=None)
    channel = fields.Selection(
        CHANNELS,
        "How",
        required=True,
        default="mail",
        help="A call, a letter and an escalation are planned as activities. A mail to a"
        " customer without an address becomes a call.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        "Text",
        domain="[('model', '=', 'crm.payment.reminder')]",
        ondelete="set null",
        help="The text of the mail, in the customer's language.",
    )
    amount_min = fields.Monetary(
        "From Amount",
        default=0,
        help="With less overdue the step is passed over. In the company's currency.",
    )

    _days_sensible = models.Constraint(
        "CHECK (days BETWEEN 1 AND 3650)",
        "A step comes 1 to 3650 days after the payment was due.",
    )
    _one_a_day = models.UniqueIndex(
        "(ladder_id, days)",
        "Two steps of a ladder come on the same day. Give one of them another day.",
    )
    _amount_positive = models.Constraint(
        "CHECK (amount_min >= 0)", "The amount of a step is not below zero."
    )

    @api.constrains("channel", "mail_template_id")
    def _check_text(self):
        for step in self:
            template = step.mail_template_id
            if step.channel == "mail" and not template:
                raise ValidationError(
                    self.env._(
                        "The step “%(name)s” sends a mail: choose its text.",
                        name=step.name,
                    )
                )
            if template and template.model != "crm.payment.reminder":
                raise ValidationError(
                    self.env._(
                        "“%(template)s” is no text for payment reminders.",
                        template=template.name,
                    )
                )
