from odoo import models


class ContractContract(models.Model):
    """The renewal of a service contract stands in the pipeline of sales."""

    _inherit = "contract.contract"

    def _make_renewal_order(self):
        order = super()._make_renewal_order()
        opportunity = self.env["crm.lead"].create(
            self._prepare_renewal_opportunity_vals(order)
        )
        order.opportunity_id = opportunity
        return order

    def _prepare_renewal_opportunity_vals(self, order) -> dict:
        """Give the opportunity of a renewal: it is lost if not won by the last day."""
        return {
            "name": self.env._("Renewal: %(name)s", name=self.display_name),
            "type": "opportunity",
            "partner_id": order.partner_id.id,
            "company_id": order.company_id.id,
            "user_id": order.user_id.id,
            "expected_revenue": order.amount_untaxed,
            "date_deadline": self.service_end,
        }

    def _renew_by_order(self, order):
        result = super()._renew_by_order(order)
        order.opportunity_id.filtered(lambda one: one.won_status == "pending"
                                      ).action_set_won()  # fmt: skip
        return result
