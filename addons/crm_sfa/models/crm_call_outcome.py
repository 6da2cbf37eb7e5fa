from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.crm_base.models.crm_call_outcome import TALKED


class CrmCallOutcome(models.Model):
    _inherit = "crm.call.outcome"

    makes_deal = fields.Boolean(
        "Makes a Deal",
        help="A deal of the list's campaign is made for the customer, unless the call"
        " is about a deal already.",
    )

    @api.constrains("kind", "makes_deal")
    def _check_makes_deal(self):
        for outcome in self:
            if outcome.makes_deal and outcome.kind not in TALKED:
                raise ValidationError(
                    self.env._(
                        "“%(outcome)s”: nobody was reached, so there is no deal.",
                        outcome=outcome.name,
                    )
                )
