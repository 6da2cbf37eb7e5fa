from odoo import fields, models


class ContractContract(models.Model):
    _inherit = "contract.contract"

    service_level_id = fields.Many2one(
        "crm.service.level",
        index="btree_not_null",
        tracking=True,
        help="How fast and how far the customer is served under this contract.",
    )
