from odoo import fields, models

CATEGORIES = [
    ("commit", "Commit"),
    ("best", "Best Case"),
    ("pipeline", "Pipeline"),
    ("omitted", "Left Out"),
]


class CrmStage(models.Model):
    """How sure deals of a stage are."""

    _inherit = "crm.stage"

    forecast_category = fields.Selection(
        CATEGORIES,
        required=True,
        default="pipeline",
        help="Where deals of this stage stand in the forecast, unless the deal itself"
        " says otherwise.",
    )
