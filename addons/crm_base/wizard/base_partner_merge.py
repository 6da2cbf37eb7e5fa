from odoo import api, models


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Count promises and needs to the company of the contact that is left: the
        merge goes past the ORM, which would have seen to it."""
        result = super()._update_foreign_keys(src_partners, dst_partner)
        for name in ("crm.promise", "crm.need"):
            model = self.env[name].sudo().with_context(active_test=False)
            model.invalidate_model()
            matters = model.search([("partner_id", "=", dst_partner.id)])
            self.env.add_to_compute(model._fields["commercial_partner_id"], matters)
        return result
