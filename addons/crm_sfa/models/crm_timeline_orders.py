from odoo import api, models


class CrmTimeline(models.Model):
    _inherit = "crm.timeline"

    @api.model
    def _guarded_models(self):
        # The mail of a reminder stands there as any mail does.
        return [*super()._guarded_models(), "crm.payment.reminder"]
