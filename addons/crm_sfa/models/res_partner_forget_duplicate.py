from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_base.tools.forget import Part


class ResPartner(models.Model):
    """The keys by which leads of a person would be found again, and their merges."""

    _inherit = "res.partner"

    def _forget_parts(self):
        return [*super()._forget_parts(), *self._forget_lead_duplicate_parts()]

    def _forget_lead_duplicate_parts(self):
        leads = (
            self.env["crm.lead"]
            .with_context(active_test=False)
            .search(
                Domain("partner_id", "in", self.ids)
                | Domain("email_normalized", "in", self._forget_mails())
                | Domain("phone_sanitized", "in", self._forget_numbers())
            )
        )
        ours = Domain("res_model", "=", "crm.lead")
        mine = ours & Domain("res_id", "in", leads.ids)
        pairs = mine | (ours & Domain("other_id", "in", leads.ids))
        merges = self.env["crm.merge"].search(mine)
        return [
            Part("crm.duplicate", pairs, delete=True),
            Part("crm.duplicate.key", mine, delete=True),
            Part(
                "crm.merge.journal", Domain("merge_id", "in", merges.ids), delete=True
            ),
            Part("crm.merge", mine, delete=True),
        ]
