from odoo import fields, models


class CrmCustomerProfitLine(models.Model):
    _inherit = "crm.customer.profit.line"

    source = fields.Selection(
        selection_add=[("commissions", "Commissions"), ("other",)],
        # The sums stay what they were.
        ondelete={"commissions": "set other"},
    )
