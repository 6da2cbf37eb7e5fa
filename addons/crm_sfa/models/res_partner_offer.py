from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_prepare_offer(self) -> dict:
        """Open the offer that the rules propose to this customer."""
        self.ensure_one()
        return self.env["crm.offer.prepare"]._open(self)

    def action_offer_batch(self) -> dict:
        """Collect these customers for drafts that are made in the background."""
        self.check_access("read")
        self.env["sale.order"].check_access("create")
        batch = self.env["crm.offer.batch"]._begin(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.offer.batch",
            "res_id": batch.id,
            "views": [(False, "form")],
        }
