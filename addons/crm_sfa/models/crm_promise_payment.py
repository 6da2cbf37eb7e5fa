from odoo import fields, models


class CrmPromise(models.Model):
    _inherit = "crm.promise"

    is_payment = fields.Boolean(
        "Promise to Pay",
        help="Given by the customer, it stops payment reminders until it is due.",
    )
