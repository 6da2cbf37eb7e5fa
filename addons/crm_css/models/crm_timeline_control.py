from odoo import api, fields, models

from odoo.addons.crm_base.tools.timeline import Source


class CrmTimeline(models.Model):
    _inherit = "crm.timeline"

    kind = fields.Selection(selection_add=[("complaint", "Complaint")])

    @api.model
    def _timeline_sources(self):
        complaint = Source(
            slot=17,
            model="crm.complaint",
            kind="complaint",
            direction="in",
            date="date",
            partner="partner_id",
            user="user_id",
            company="company_id",
            subject=("display_name",),
            texts=("number", "name", "description", "remedy"),
        )
        return [*super()._timeline_sources(), complaint]

    @api.model
    def _kind_icons(self):
        return super()._kind_icons() | {"complaint": "fa-exclamation-triangle"}
