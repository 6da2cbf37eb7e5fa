from odoo import fields, models


class ResPartner(models.Model):
    """The months of a customer, by which lists of customers are chosen."""

    _inherit = "res.partner"

    crm_month_ids = fields.One2many(
        "crm.customer.month",
        "partner_id",
        "Months",
        readonly=True,
        copy=False,
        groups="crm_analytics.crm_analytics_group_user",
    )
