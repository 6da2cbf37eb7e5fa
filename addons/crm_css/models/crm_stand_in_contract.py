from odoo import api, models
from odoo.fields import Domain

from odoo.addons.crm_base.tools.stand_in import Covered, Section


class CrmStandIn(models.Model):
    _inherit = "crm.stand.in"

    @api.model
    def _covered_models(self):
        contract = Covered(self.env._("Contracts"), "user_id", "partner_id")
        return super()._covered_models() | {"contract.contract": contract}

    def _brief_sections(self):
        """Add the contracts on which somebody has to decide in this time."""
        due = Domain("watch_date", "<=", self.date_to)
        contracts = self._covered_search("contract.contract", due, order="watch_date")
        section = Section(self.env._("Contracts to decide"), contracts, "watch_date")
        return [*super()._brief_sections(), section]
