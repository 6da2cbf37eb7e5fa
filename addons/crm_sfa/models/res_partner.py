from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_base.tools.card import Part


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _card_parts(self, family):
        mine = Domain("partner_id", "in", family.ids)
        return [
            *super()._card_parts(family),
            Part(
                "overdue",
                self.env._("Overdue invoices"),
                "account.move",
                mine & self._overdue_domain(),
                warn=True,
            ),
            Part(
                "orders",
                self.env._("Orders"),
                "sale.order",
                mine & Domain("state", "=", "sale"),
            ),
            Part(
                "quotations",
                self.env._("Open quotations"),
                "sale.order",
                mine & Domain("state", "in", ("draft", "sent")),
                user="user_id",
            ),
            Part(
                "deals",
                self.env._("Open deals"),
                "crm.lead",
                mine & Domain("won_status", "=", "pending"),
                user="user_id",
            ),
        ]

    def _overdue_domain(self):
        return Domain(
            [
                ("state", "=", "posted"),
                ("move_type", "=", "out_invoice"),
                ("payment_state", "in", ("not_paid", "partial", "blocked")),
                ("invoice_date_due", "<", "today"),
            ]
        )
