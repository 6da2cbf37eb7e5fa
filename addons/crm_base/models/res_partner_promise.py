from odoo import models
from odoo.fields import Domain

from ..tools.card import Part


class ResPartner(models.Model):
    """What is open between this customer and us."""

    _inherit = "res.partner"

    def _card_parts(self, family):
        ours = Domain("commercial_partner_id", "=", self.commercial_partner_id.id)
        opened = ours & Domain("state", "=", "open")
        return [
            *super()._card_parts(family),
            Part(
                "promises",
                self.env._("Promises overdue / open"),
                "crm.promise",
                ours & self.env["crm.promise"]._overdue_domain(),
                warn=True,
                total=opened,
            ),
            Part("needs", self.env._("Open needs"), "crm.need", opened),
        ]
