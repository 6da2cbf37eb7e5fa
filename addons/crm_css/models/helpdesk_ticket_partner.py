from odoo import fields, models
from odoo.exceptions import UserError


class HelpdeskTicket(models.Model):
    """Tickets that a company serves for us: by the territory, on the portal."""

    _inherit = "helpdesk.ticket"

    service_partner_id = fields.Many2one(
        related="territory_id.serving_partner_id",
        string="Service Partner",
        store=True,
        index="btree_not_null",
        help="Serves this ticket for us, because it serves the territory.",
    )

    def _side_of(self, message):
        """What the service partner writes is our answer, not the customer's word."""
        side = super()._side_of(message)
        if side == "customer" and self._is_from_service_partner(message):
            return "us"
        return side

    def _is_from_service_partner(self, message) -> bool:
        # The customer, who may be the reader, sees no partner of ours.
        ticket_sudo = self.browse(message.res_id).sudo()
        partner = ticket_sudo.service_partner_id
        # As above.
        author_company = message.author_id.sudo().commercial_partner_id
        return bool(
            partner
            and author_company == partner.commercial_partner_id
            and author_company != ticket_sudo.commercial_partner_id
        )

    def _partner_stages(self):
        """Give the stages that the service partner may choose."""
        self.ensure_one()
        stages = self.team_id._get_applicable_stages()
        return stages.filtered("for_service_partner")

    def _partner_post(self, user, text, files=(), internal=False):
        """Post what somebody of the service partner wrote.

        :param internal: for us only; otherwise the customer gets it
        """
        self.ensure_one()
        if not (text or files):
            raise UserError(self.env._("Write something, or attach a file."))
        receivers = self.user_id.partner_id if internal else self.partner_id
        options = {
            "body": text,
            "author_id": user.partner_id.id,
            "message_type": "comment",
            "attachments": list(files),
            "partner_ids": receivers.ids,
            "subtype_xmlid": "mail.mt_note" if internal else "mail.mt_comment",
        }
        if not internal and not self.partner_id:
            options["outgoing_email_to"] = self.partner_email
        return self.message_post(**options)

    def _partner_messages(self, company):
        """Give what the service partner may read of the history, the newest first: what
        the customer sees, and the notes between us and the partner."""
        self.ensure_one()
        messages = self.message_ids.filtered(
            lambda m: m.message_type in ("comment", "email")
        )

        def between_us(message) -> bool:
            people = message.author_id | message.partner_ids
            return company in people.commercial_partner_id

        return messages.filtered(
            lambda m: between_us(m) or not (m.is_internal or m.subtype_id.internal)
        )

    def _service_files(self, messages):
        """Give the files that the service partner may open: those of the messages that
        it may read, and those that came with the ticket itself."""
        self.ensure_one()
        loose = self.attachment_ids - self.message_ids.attachment_ids
        return loose | messages.attachment_ids
