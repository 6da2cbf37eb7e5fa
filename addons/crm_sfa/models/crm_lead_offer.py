from odoo import models
from odoo.exceptions import UserError


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def action_prepare_offer(self) -> dict:
        """Open the offer that the rules propose to the customer of this deal."""
        self.ensure_one()
        if not self.partner_id:
            raise UserError(
                self.env._("Choose the customer of “%(name)s” first.", name=self.name)
            )
        return self.env["crm.offer.prepare"]._open(self.partner_id, self)
