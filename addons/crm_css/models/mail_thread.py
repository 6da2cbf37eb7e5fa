import codecs
import logging

from odoo import api, models
from odoo.tools import email_normalize

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_parse(self, message, save_original=False):
        """Read text in an unknown charset as UTF-8, or the mail would be lost."""
        for part in message.walk():
            if part.get_content_maintype() == "text":
                try:
                    codecs.lookup(part.get_content_charset("utf-8"))
                except LookupError:
                    part.set_param("charset", "utf-8")
        return super().message_parse(message, save_original=save_original)

    @api.model
    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        """Let neither an automatic reply nor a mail of our own open a ticket.

        In a thread that is there already, both remain replies.
        """
        checked = super()._routing_check_route(
            message, message_dict, route, raise_exception=raise_exception
        )
        opens_ticket = checked and checked[0] == "helpdesk.ticket" and not checked[1]
        if opens_ticket and self._is_from_a_machine(message):
            _logger.info("No ticket for automatic mail %s", message.get("Message-Id"))
            return ()
        return checked

    @api.model
    def _is_from_a_machine(self, message) -> bool:
        """Tell an out-of-office notice, or a mail of our own aliases, from a person's.

        RFC 3834 (Auto-Submitted), and the headers of programs older than it.
        """
        submitted = (message.get("Auto-Submitted") or "").strip().lower()
        precedence = (message.get("Precedence") or "").strip().lower()
        if (
            submitted.startswith("auto-replied")
            or precedence in ("auto_reply", "junk")
            or any(message.get(name) for name in ("X-Autoreply", "X-Autorespond"))
        ):
            return True
        sender = email_normalize(message.get("From") or "")
        if not sender:
            return False
        aliases = self.env["mail.alias"].sudo()  # the gateway may run as anybody
        return bool(aliases.search_count([("alias_full_name", "=", sender)], limit=1))
