from odoo import models
from odoo.fields import Domain


class ContractContract(models.Model):
    """Which contracts are service contracts, and run."""

    _inherit = "contract.contract"

    def _running_domain(self, day) -> Domain:
        """Give the contracts that sell a service level on a day."""
        return (
            Domain("contract_type", "=", "sale")
            & Domain("service_level_id", "!=", False)
            & Domain("is_terminated", "=", False)
            & (Domain("date_start", "=", False) | Domain("date_start", "<=", day))
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", day))
        )

    def _cover_label(self) -> str:
        """Name the contract with what it sells, such as "Contract 17 (Gold)"."""
        self.ensure_one()
        return f"{self.name or self.code} ({self.service_level_id.name})"
