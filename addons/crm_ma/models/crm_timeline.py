from odoo import api, fields, models

from odoo.addons.crm_base.tools.timeline import Source


class CrmTimeline(models.Model):
    _inherit = "crm.timeline"

    kind = fields.Selection(
        selection_add=[("mailing", "Mailing"), ("opened", "Mailing opened")]
    )

    @api.model
    def _timeline_sources(self):
        trace = {
            "model": "mailing.trace",
            "partner": "res_id",
            "user": "mass_mailing_id.user_id",
            "subject": ("subject",),
            "document": "mass_mailing_id",
            "texts": ("subject",),
        }
        to_partner = (("model", "=", "res.partner"),)
        return [
            *super()._timeline_sources(),
            Source(
                slot=20,
                kind="mailing",
                direction="out",
                date="sent_datetime",
                domain=to_partner,
                **trace,
            ),
            Source(
                slot=21,
                kind="opened",
                direction="in",
                date="open_datetime",
                domain=to_partner,
                **trace,
            ),
        ]

    @api.model
    def _kind_icons(self):
        return super()._kind_icons() | {
            "mailing": "fa-bullhorn",
            "opened": "fa-eye",
        }
