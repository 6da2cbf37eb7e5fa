from odoo import api, fields, models

VALUE_CLASSES = [("a", "A"), ("b", "B"), ("c", "C")]


class ResPartner(models.Model):
    _inherit = "res.partner"

    value_class = fields.Selection(
        VALUE_CLASSES,
        company_dependent=True,
        tracking=True,
        help="What this customer is worth to the company you work in: A most, C least.",
    )
    interaction_ids = fields.One2many("crm.interaction", "partner_id")

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "value_class"]

    def _crm_family(self):
        """Give the company of this person with all its people, archived ones too."""
        return self.with_context(active_test=False).search(
            [("commercial_partner_id", "in", self.commercial_partner_id.ids)]
        )
