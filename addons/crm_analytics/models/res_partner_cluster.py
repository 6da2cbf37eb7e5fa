from odoo import fields, models


class ResPartner(models.Model):
    """The groups that a customer was found in: for domains of lists and segments."""

    _inherit = "res.partner"

    cluster_member_ids = fields.One2many(
        "crm.cluster.member",
        "partner_id",
        "Customer Groups",
        groups="crm_analytics.crm_analytics_group_user",
        copy=False,
    )
