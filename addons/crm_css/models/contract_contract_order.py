from odoo import api, fields, models


class ContractContract(models.Model):
    """The quotations and orders of a contract."""

    _inherit = "contract.contract"

    order_ids = fields.One2many(
        "sale.order",
        "service_contract_id",
        "Quotations and Orders",
        readonly=True,
        groups="sales_team.group_sale_salesman,account.group_account_invoice",
    )
    order_count = fields.Integer("Quotations", compute="_compute_order_count")

    @api.depends("order_ids")
    def _compute_order_count(self):
        for contract_sudo in self.sudo():  # how many is no secret
            contract_sudo.order_count = len(contract_sudo.order_ids)

    def action_open_orders(self) -> dict:
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Quotations"),
            "res_model": "sale.order",
            "views": [(False, "list"), (False, "form")],
            "domain": [("service_contract_id", "=", self.id)],
        }

    def _overuse_order(self):
        """Give the quotation that is still being gathered, or a new one."""
        self.ensure_one()
        order = self.order_ids.filtered(
            lambda order: order.contract_purpose == "overuse" and order.state == "draft"
        )[:1]
        return order or self.env["sale.order"].with_company(self.company_id).create(
            self._prepare_order_vals("overuse")
        )

    def _prepare_order_vals(self, purpose: str) -> dict:
        """Give the head of a quotation; its price list is the customer's of today."""
        self.ensure_one()
        return {
            "partner_id": self.partner_id.id,
            "partner_invoice_id": (self.invoice_partner_id or self.partner_id).id,
            "company_id": self.company_id.id,
            "origin": self.display_name,
            "date_order": fields.Datetime.now(),
            "service_contract_id": self.id,
            "contract_purpose": purpose,
        }
