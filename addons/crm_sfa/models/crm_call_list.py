from odoo import api, fields, models


class CrmCallList(models.Model):
    """Calls that sell: leads and deals on the list, and what they brought."""

    _inherit = "crm.call.list"

    fill_model = fields.Selection(
        selection_add=[("crm.lead", "Leads and deals")],
        ondelete={"crm.lead": "set default"},
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    offer_count = fields.Integer("Quotations", compute="_compute_yield")
    order_count = fields.Integer("Orders", compute="_compute_yield")
    order_amount = fields.Monetary(
        "Ordered",
        compute="_compute_yield",
        help="Confirmed orders that were made in these calls, without taxes.",
    )
    deal_count = fields.Integer("Deals", compute="_compute_yield")

    @api.depends("line_ids")
    def _compute_yield(self):
        """Count what one may read; so the numbers open just these records."""
        for call_list in self:
            orders = call_list._orders()
            sold = orders.filtered(lambda order: order.state == "sale")
            call_list.offer_count = len(orders - sold)
            call_list.order_count = len(sold)
            call_list.order_amount = sum(
                order.amount_untaxed / (order.currency_rate or 1) for order in sold
            )
            call_list.deal_count = self.env["crm.lead"].search_count(
                call_list._deal_domain()
            )

    def _orders(self):
        if not self.env["sale.order"].has_access("read"):
            return self.env["sale.order"]
        made = self.env["crm.call.list.line"]._search([("list_id", "=", self.id)])
        return self.env["sale.order"].search(
            [("call_line_ids", "in", made), ("state", "!=", "cancel")]
        )

    def _deal_domain(self):
        return [("call_line_ids.list_id", "=", self.id)]

    @api.readonly
    def action_orders(self) -> dict:
        """Open the quotations and orders that were made in these calls."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Orders of “%(list)s”", list=self.name),
            "res_model": "sale.order",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self._orders().ids)],
        }

    @api.readonly
    def action_deals(self) -> dict:
        """Open the deals that the calls are about, or that they brought."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Deals of “%(list)s”", list=self.name),
            "res_model": "crm.lead",
            "views": [(False, "list"), (False, "form")],
            "domain": self._deal_domain(),
        }

    # Filling

    def _prepare_entries(self, records):
        if records._name != "crm.lead":
            return super()._prepare_entries(records)
        return [self._prepare_lead_entry(lead) for lead in records]

    def _prepare_lead_entry(self, lead) -> dict:
        """A lead is called at its own number, or at that of its contact."""
        policy = self.env["crm.contact.policy"]
        entry = {"priority": 3, "tz": policy._tz_name(self.company_id)}
        if lead.partner_id:
            entry = self._prepare_contact(lead.partner_id)
        own = lead.phone_sanitized or self._plain_phone(lead.phone)
        return entry | {
            "lead_id": lead.id,
            "phone": own or entry.get("phone"),
            "value": lead.expected_revenue,
        }
