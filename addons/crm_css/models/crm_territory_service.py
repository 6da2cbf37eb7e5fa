from odoo import api, fields, models


class CrmTerritory(models.Model):
    """Who serves the customers of a territory for us."""

    _inherit = "crm.territory"

    service_partner_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        domain="[('is_company', '=', True)]",
        check_company=True,
        help="The company that serves the customers of this territory and its parts for"
        " us. Its people see and work these tickets on the portal, no others. Empty: as"
        " the territory above.",
    )
    serving_partner_id = fields.Many2one(
        "res.partner",
        "Served by",
        compute="_compute_serving_partner_id",
        store=True,
        recursive=True,
        index="btree_not_null",
        help="The service partner of this territory, or of the nearest one above.",
    )

    @api.depends("service_partner_id", "parent_id.serving_partner_id")
    def _compute_serving_partner_id(self):
        for territory in self:
            above = territory.parent_id.serving_partner_id
            territory.serving_partner_id = territory.service_partner_id or above
