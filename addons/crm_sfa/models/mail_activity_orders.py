from odoo import fields, models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    # By this the activity goes when its flags do.
    crm_order_flag_ids = fields.Many2many(
        "crm.order.flag",
        "crm_order_flag_activity_rel",
        "activity_id",
        "flag_id",
        "Flags of the Order",
        copy=False,
        groups=fields.NO_ACCESS,
    )
