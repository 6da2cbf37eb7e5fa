from odoo import api, models

# Entries name the company of a customer, never its person.
LINE = ("account_move_line", "partner_id")


class CrmMerge(models.Model):
    _inherit = "crm.merge"

    @api.model
    def _targets(self, reference, table, mapping):
        targets = super()._targets(reference, table, mapping)
        if table != "res_partner" or (reference.table, reference.column) != LINE:
            return targets
        partners = self.env["res.partner"]
        return {
            merged: partners.browse(stays).commercial_partner_id.id
            for merged, stays in targets.items()
        }
