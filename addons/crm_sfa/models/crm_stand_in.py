from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_base.tools.stand_in import Covered, Section


class CrmStandIn(models.Model):
    _inherit = "crm.stand.in"

    @api.model
    def _covered_models(self):
        return super()._covered_models() | {
            "crm.lead": Covered(self.env._("Deals"), "user_id", "partner_id"),
            "sale.order": Covered(self.env._("Orders"), "user_id", "partner_id"),
        }

    def _brief_sections(self):
        deals = Domain("won_status", "=", "pending")
        offers = Domain("state", "in", ("draft", "sent"))
        return [
            *super()._brief_sections(),
            Section(
                self.env._("Open deals, the hottest first"),
                self._covered_search(
                    "crm.lead", deals, order="priority desc, expected_revenue desc"
                ),
                "date_deadline",
            ),
            Section(
                self.env._("Open quotations"),
                self._covered_search("sale.order", offers, order="validity_date"),
                "validity_date",
            ),
        ]
