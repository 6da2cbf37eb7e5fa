from odoo import api, fields, models

from odoo.addons.crm_base.tools.timeline import Source


class CrmTimeline(models.Model):
    _inherit = "crm.timeline"

    kind = fields.Selection(selection_add=[("ticket", "Ticket"), ("rating", "Rating")])

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
            texts=("number", "name", "description"),
        )
        rating = Source(
            slot=9,
            model="rating.rating",
            kind="rating",
            direction="in",
            date="write_date",
            partner="partner_id",
            subject=("feedback", "rating_text"),
            domain=(("consumed", "=", True), ("res_model", "=", "helpdesk.ticket")),
            guard=("res_model", "res_id"),
            texts=("feedback",),
        )
        return [*super()._timeline_sources(), ticket, rating]

    @api.model
    def _guarded_models(self):
        return [*super()._guarded_models(), "helpdesk.ticket"]

    @api.model
    def _kind_icons(self):
        return super()._kind_icons() | {
            "ticket": "fa-life-ring",
            "rating": "fa-smile-o",
        }
