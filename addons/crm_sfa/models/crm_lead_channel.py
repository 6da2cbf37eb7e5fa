from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmLeadChannel(models.Model):
    """Which campaign leads belong to that come without one: by source and medium."""

    _name = "crm.lead.channel"
    _description = "Channel of Leads"
    _order = "sequence, id"
    _rec_name = "campaign_id"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    medium_id = fields.Many2one(
        "utm.medium",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: any medium.",
    )
    source_id = fields.Many2one(
        "utm.source",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: any source.",
    )
    campaign_id = fields.Many2one(
        "utm.campaign", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", help="Empty: leads of all your companies."
    )

    @api.constrains("medium_id", "source_id", "campaign_id")
    def _check_condition(self):
        if self.filtered(lambda rule: not rule.medium_id and not rule.source_id):
            raise ValidationError(
                self.env._(
                    "A rule without medium and source would take every lead. Name one"
                    " of them."
                )
            )

    @api.model
    def _campaign_for(self, medium_id: int, source_id: int, company_id: int) -> int:
        """Give the id of the campaign of the first rule that holds, or 0."""
        if not medium_id and not source_id:
            return 0
        # Whoever makes a lead gets its campaign, also the public form and the gateway.
        for rule in self.sudo().search([("campaign_id.active", "=", True)]):
            if (
                rule.medium_id.id in (False, medium_id)
                and rule.source_id.id in (False, source_id)
                and rule.company_id.id in (False, company_id)
            ):
                return rule.campaign_id.id
        return 0
