from odoo import api, fields, models

from odoo.addons.crm_base.tools.timeline import Source


class CrmTimeline(models.Model):
    _inherit = "crm.timeline"

    kind = fields.Selection(selection_add=[("ticket", "Ticket")])

    @api.model
    def _timeline_sources(self):
        ticket = Source(
            slot=8,
            model="helpdesk.ticket",
            kind="ticket",
            direction="in",
            date="create_date",
            partner="partner_id",
            user="user_id",
            company="company_id",
            subject=("display_name",),
        )
        return [*super()._timeline_sources(), ticket]

    @api.model
    def _guarded_models(self):
        return [*super()._guarded_models(), "helpdesk.ticket"]

    @api.model
    def _kind_icons(self):
        return super()._kind_icons() | {"ticket": "fa-life-ring"}
