from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_base.tools.forget import Part, scrub


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _forget_parts(self):
        mails = self._forget_mails()
        contacts = self.env["mailing.contact"].search(
            [("email_normalized", "in", mails)]
        )
        traces = (
            self._traces_of("res.partner", self.ids)
            | self._traces_of("mailing.contact", contacts.ids)
            | Domain("email", "in", mails)
        )
        return [
            *super()._forget_parts(),
            Part(
                "link.tracker.click",
                Domain("mailing_trace_id", "any", traces),
                clear={"ip": None, "country_id": None},
            ),
            Part(
                "mailing.trace",
                traces,
                clear={"email": None, "failure_reason": None},
            ),
            Part("mailing.contact", Domain("id", "in", contacts.ids), delete=True),
            scrub("mailing.contact", "name", "first_name", "last_name"),
            scrub("mailing.trace", "email", "failure_reason"),
        ]

    def _traces_of(self, model: str, ids: list[int]) -> Domain:
        return Domain("model", "=", model) & Domain("res_id", "in", ids)
