from odoo import api, models
from odoo.tools.misc import formatLang


class CrmCommissionPart(models.AbstractModel):
    """What a plan is made of. It changes in a draft only: who is paid by a plan can
    rely on it."""

    _name = "crm.commission.part"
    _description = "Part of a Commission Plan"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.plan_id._check_draft()
        return parts

    def write(self, vals):
        self.plan_id._check_draft()
        result = super().write(vals)
        self.plan_id._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_force(self):
        self.plan_id._check_draft()

    @api.model
    def _percent(self, value: float) -> str:
        digits = 0 if value == int(value) else 2
        return f"{formatLang(self.env, value, digits=digits)} %"
