from odoo import fields, models


class ContractTemplateLine(models.Model):
    _inherit = "contract.template.line"

    # The lines of a template are read by it; OCA's contract has no index on it.
    contract_id = fields.Many2one(index=True)
