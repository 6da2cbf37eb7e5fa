from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    help_access = fields.Selection(
        [
            ("login", "Customers who are logged in"),
            ("public", "Everybody on the web"),
        ],
        "Help Pages Are for",
        required=True,
        default="login",
        help="Who may read the articles for customers.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "help_access" in vals:
            # The record rule of visitors depends on it, and rules are cached.
            self.env.registry.clear_cache()
        return result
