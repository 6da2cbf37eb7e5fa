from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _card_parts(self):
        parts = super()._card_parts()
        mine = Domain("partner_id", "in", self._crm_family().ids)
        figures = [
            (
                "overdue",
                self.env._("Overdue invoices"),
                "account.move",
                self._overdue_domain(),
            ),
            (
                "orders",
                self.env._("Orders"),
                "sale.order",
                Domain("state", "=", "sale"),
            ),
            (
                "quotations",
                self.env._("Open quotations"),
                "sale.order",
                Domain("state", "in", ("draft", "sent")),
            ),
            (
                "deals",
                self.env._("Open deals"),
                "crm.lead",
                Domain("won_status", "=", "pending"),
            ),
        ]
        for key, label, model, domain in figures:
            if self.env[model].has_access("read"):
                count = self.env[model].search_count(mine & domain)
                parts.append(
                    {
                        "key": key,
                        "label": label,
                        "value": str(count),
                        "warn": key == "overdue" and count > 0,
                        "action": self._card_action(model, list(mine & domain)),
                    }
                )
        return parts

    def _overdue_domain(self):
        return Domain(
            [
                ("state", "=", "posted"),
                ("move_type", "=", "out_invoice"),
                ("payment_state", "in", ("not_paid", "partial")),
                ("invoice_date_due", "<", "today"),
            ]
        )
