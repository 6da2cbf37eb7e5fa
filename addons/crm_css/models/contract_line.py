from odoo import api, models


class ContractLine(models.Model):
    """A position of a contract."""

    _inherit = "contract.line"

    @api.model
    def _contract_line_to_renew_domain(self):
        """Positions of service contracts are prolonged with their contract only."""
        domain = super()._contract_line_to_renew_domain()
        return [*domain, ("contract_id.is_service", "=", False)]
