from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_base.tools.forget import Part, scrub


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _forget_parts(self):
        mine = Domain("partner_id", "in", self.ids)
        run = "crm.playbook.run"
        return [
            *super()._forget_parts(),
            scrub("crm.lead.criterion", "reason"),
            scrub(run, "name", "reason"),
            scrub("crm.playbook.run.step", "name", "owner_note", "note"),
            Part("crm.competitor", mine, clear={"partner_id": None}),
            scrub("crm.competitor", "name", "strengths", "weaknesses", "battle_card"),
            scrub("crm.competitor.price", "source"),
        ]
