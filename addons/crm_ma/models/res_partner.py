from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _card_parts(self):
        parts = super()._card_parts()
        traces = self.env["mailing.trace"]
        if not traces.has_access("read"):
            return parts
        domain = [
            ("model", "=", "res.partner"),
            ("res_id", "in", self._crm_family().ids),
            ("sent_datetime", "!=", False),
        ]
        sent = traces.search_count(domain)
        opened = traces.search_count([*domain, ("open_datetime", "!=", False)])
        part = {
            "key": "mailings",
            "label": self.env._("Mailings opened"),
            "value": f"{opened} / {sent}",
            "warn": False,
            "action": self._card_action("mailing.trace", domain),
        }
        return [*parts, part]
