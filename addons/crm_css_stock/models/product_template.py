from odoo import api, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    @api.depends("is_storable")
    def _compute_track_owned(self):
        return super()._compute_track_owned()

    def _is_owned_by_default(self):
        """Where stock is kept, customers keep what we keep on stock."""
        return super()._is_owned_by_default() and self.is_storable
