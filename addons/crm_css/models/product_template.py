from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    track_owned = fields.Boolean(
        "Owned Product",
        compute="_compute_track_owned",
        store=True,
        readonly=False,
        precompute=True,
        help="What is delivered or invoiced of it appears among the products that the"
        " customer owns, with its warranty. Switch it off for what is used up.",
    )

    @api.depends("type")
    def _compute_track_owned(self):
        for template in self:
            template.track_owned = template._is_owned_by_default()

    def _is_owned_by_default(self) -> bool:
        """Tell whether the product is of a kind that customers keep."""
        self.ensure_one()
        return self.type == "consu"
