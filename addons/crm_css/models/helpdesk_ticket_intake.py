import re

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import email_normalize, html2plaintext

from odoo.addons.base.models.res_partner import _lang_get
from odoo.addons.crm_base.tools.file_name import clean_file_name

SUBJECT = 250


class HelpdeskTicket(models.Model):
    """Who asks, in which language, and how far the sender's name can be trusted."""

    _inherit = "helpdesk.ticket"

    lang = fields.Selection(
        _lang_get,
        "Language",
        compute="_compute_lang",
        store=True,
        readonly=False,
        help="In which language the customer is answered.",
    )
    partner_phone = fields.Char("Phone")
    sender_email = fields.Char(
        "Sender's address",
        compute="_compute_sender_email",
        store=True,
        index="btree_not_null",
        help="The mail address alone, in lower case: by it the sender's other tickets"
        " are found.",
    )
    sender_doubt = fields.Selection(
        [
            ("reply", "Answers in a ticket that is not the sender's"),
            ("forged", "The mail server could not confirm the sender"),
            ("form", "Typed into the public form"),
        ],
        "Doubt about the sender",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Why the name of the sender is not to be relied on.",
    )

    @api.depends("partner_id")
    def _compute_lang(self):
        for ticket in self:
            ticket.lang = ticket.partner_id.lang or ticket.lang

    @api.depends("partner_email")
    def _compute_sender_email(self):
        for ticket in self:
            ticket.sender_email = email_normalize(ticket.partner_email or "") or False

    @api.model
    def _channel(self, name: str):
        """Give the channel of this name of OCA or of ours, even if it was deleted."""
        for module in ("helpdesk_mgmt", "crm_css"):
            xmlid = f"{module}.helpdesk_ticket_channel_{name}"
            if channel := self.env.ref(xmlid, raise_if_not_found=False):
                return channel
        return self.env["helpdesk.ticket.channel"]

    @api.model
    def _intake_vals(self, channel: str, company=None) -> dict:
        """Give what is the same for each ticket that a customer opens: nobody has it
        yet, and a team that looks after it."""
        company = company or self.env.company
        return {
            "channel_id": self._channel(channel).id,
            "company_id": company.id,
            "team_id": company.sudo().ticket_team_id.id,  # customers may not read it
            "user_id": False,
        }

    @api.model
    def _shortened(self, subject: str | None) -> str:
        return re.sub(r"\s+", " ", subject or "").strip()[:SUBJECT] or (
            self.env._("No Subject")
        )

    @api.model
    def _described(self, body) -> Markup:
        """Give a description that is not empty, for a mail may be."""
        if "<img" not in (body or "") and not html2plaintext(body or "").strip():
            return Markup("<p>%s</p>") % self.env._("The message has no text.")
        return body

    def _keep_files(self, files: list[tuple[str, bytes]]):
        """Attach what came with a form. Odoo stores scripts that customers send as
        plain text, so none runs when the file is opened."""
        self.ensure_one()
        vals_list = [
            {
                "name": clean_file_name(name),
                "raw": content,
                "res_model": self._name,
                "res_id": self.id,
            }
            for name, content in files
        ]
        # sudo: who may open a ticket may add files to it, but not write it
        return self.env["ir.attachment"].sudo().create(vals_list)
