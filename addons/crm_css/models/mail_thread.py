import logging

from odoo import api, models

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        """Let no automatic reply open a ticket; in a thread it stays a reply."""
        checked = super()._routing_check_route(
            message, message_dict, route, raise_exception=raise_exception
        )
        opens_ticket = checked and checked[0] == "helpdesk.ticket" and not checked[1]
        if opens_ticket and self._is_automatic_reply(message):
            _logger.info("No ticket for automatic reply %s", message.get("Message-Id"))
            return ()
        return checked

    @api.model
    def _is_automatic_reply(self, message) -> bool:
        """Tell an out-of-office notice and its like from a person's mail.

        RFC 3834 (Auto-Submitted), and the headers of programs older than it.
        """
        submitted = (message.get("Auto-Submitted") or "").strip().lower()
        precedence = (message.get("Precedence") or "").strip().lower()
        return (
            submitted.startswith("auto-replied")
            or precedence in ("auto_reply", "junk")
            or any(message.get(name) for name in ("X-Autoreply", "X-Autorespond"))
        )
