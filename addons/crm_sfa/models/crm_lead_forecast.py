from odoo import api, fields, models

from .crm_stage_forecast import CATEGORIES


class CrmLead(models.Model):
    """Where a deal stands in the forecast."""

    _inherit = "crm.lead"

    forecast_category = fields.Selection(
        CATEGORIES,
        compute="_compute_forecast_category",
        store=True,
        readonly=False,
        help="Commit: it will be won. Best case: if all goes well. Follows the stage"
        " until you choose; a change of stage sets it anew.",
    )

    @api.depends("stage_id")
    def _compute_forecast_category(self):
        for lead in self:
            lead.forecast_category = lead.stage_id.forecast_category or "pipeline"
