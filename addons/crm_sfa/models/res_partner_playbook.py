from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    playbook_run_ids = fields.One2many("crm.playbook.run", "partner_id", "Playbooks")
