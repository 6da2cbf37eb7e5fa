from markupsafe import Markup

from odoo import api, models
from odoo.tools import is_html_empty


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    @api.model
    def mail_allowed_qweb_expressions(self):
        """The blanks that everybody may use in a macro; others are for template
        editors."""
        return (
            *super().mail_allowed_qweb_expressions(),
            "object.number",
            "object.partner_name",
            "object.partner_id.commercial_partner_id.name",
            "object.product_id.name",
            "object.contract_id.name",
            "object.team_id.name",
            "object.company_id.name",
        )

    def _post_macro(self, text, kind: str):
        """Answer the customer, or note for colleagues."""
        self.ensure_one()
        if is_html_empty(text):
            return
        options = {"body": Markup(text), "message_type": "comment"}
        if kind == "note":
            self.message_post(**options, subtype_xmlid="mail.mt_note")
            return
        if not self.partner_id and self.partner_email:
            options["outgoing_email_to"] = self.partner_email
        self.message_post(
            **options,
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.partner_id.ids,
        )
