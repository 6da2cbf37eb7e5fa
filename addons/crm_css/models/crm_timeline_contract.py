from odoo import api, fields, models

from odoo.addons.crm_base.tools.timeline import Source


class CrmTimeline(models.Model):
    _inherit = "crm.timeline"

    kind = fields.Selection(selection_add=[("contract", "Contract")])

    @api.model
    def _timeline_sources(self):
        begun = Source(
            slot=16,
            model="contract.contract",
            kind="contract",
            date="service_start",
            partner="partner_id",
            user="user_id",
            company="company_id",
            subject=("display_name",),
            domain=(("is_service", "=", True), ("service_step", "=", "signed")),
            texts=("name", "code", "coverage"),
        )
        return [*super()._timeline_sources(), begun]

    @api.model
    def _guarded_models(self):
        return [*super()._guarded_models(), "contract.contract"]

    @api.model
    def _kind_icons(self):
        return super()._kind_icons() | {"contract": "fa-handshake-o"}
