from odoo import api, fields, models
from odoo.exceptions import ValidationError

MONTHS = [
    ("1", "January"),
    ("2", "February"),
    ("3", "March"),
    ("4", "April"),
    ("5", "May"),
    ("6", "June"),
    ("7", "July"),
    ("8", "August"),
    ("9", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]


class CrmContactPolicyStep(models.Model):
    """A contact that a policy asks for once a year, such as an annual review.

    It is done when a contact of its kind lies within its months of this year.
    """

    _name = "crm.contact.policy.step"
    _description = "Yearly Contact of a Policy"
    _order = "policy_id, id"

    policy_id = fields.Many2one(
        "crm.contact.policy", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char("Occasion", required=True)
    kind_id = fields.Many2one("crm.contact.kind", required=True, ondelete="restrict")
    month_from = fields.Selection(MONTHS, "From", required=True, default="1")
    month_to = fields.Selection(MONTHS, "To", required=True, default="12")

    @api.constrains("month_from", "month_to")
    def _check_months(self):
        for step in self:
            if int(step.month_from) > int(step.month_to):
                labels = dict(
                    self._fields["month_from"]._description_selection(self.env)
                )
                raise ValidationError(
                    self.env._(
                        "“%(step)s”: from %(start)s to %(stop)s would pass the end of"
                        " the year. Enter the earlier month first.",
                        step=step.name,
                        start=labels[step.month_from],
                        stop=labels[step.month_to],
                    )
                )
