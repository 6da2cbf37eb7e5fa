import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools.mail import email_split_tuples

from odoo.addons.crm_base.tools.file_name import clean_file_name

from ..tools.incoming_mail import flattened, is_automatic, is_forged, wants_receipt

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    """What mails may do to tickets: broken ones, automatic ones, forged ones."""

    _inherit = "mail.thread"

    @api.model
    def message_process(self, model, message, *args, **kwargs):
        """Keep as a file what is nested so deep that it cannot be read."""
        try:
            with self.env.cr.savepoint():
                return super().message_process(model, message, *args, **kwargs)
        except RecursionError:
            _logger.warning("A mail is nested too deep, kept as a file")
            raw = getattr(message, "data", message)
            raw = raw.encode() if isinstance(raw, str) else bytes(raw)
            note = self.env._("This mail could not be read. It is attached.")
            flat = flattened(raw, note).as_bytes()
            return super().message_process(model, flat, *args, **kwargs)

    @api.model
    def message_parse(self, message, save_original=False):
        """Take out what the database cannot store, and dates that have not been."""
        parsed = super().message_parse(message, save_original=save_original)
        for name, value in parsed.items():
            if isinstance(value, str) and "\x00" in value:
                parsed[name] = type(value)(value.replace("\x00", ""))
        if parsed.get("date", "") > fields.Datetime.to_string(fields.Datetime.now()):
            del parsed["date"]
        return parsed

    def _message_parse_extract_payload_postprocess(self, message, payload_dict):
        """Keep a text in which Odoo finds no element at all, such as a lone comment."""
        try:
            return super()._message_parse_extract_payload_postprocess(
                message, payload_dict
            )
        except ValueError as error:  # lxml's errors of parsing are of this kind
            _logger.info("Unreadable text in mail %s: %s", message["Message-Id"], error)
            return payload_dict | {"body": Markup("")}

    @api.model
    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        checked = super()._routing_check_route(
            message, message_dict, route, raise_exception=raise_exception
        )
        if not checked or checked[0] != "helpdesk.ticket":
            return checked
        if not checked[1]:
            return self._route_to_new(checked, message)
        return self._route_to_thread(checked, message, message_dict)

    def _route_to_new(self, route, message, **values):
        """Give the route to a new ticket, with what its headers tell."""
        values["crm_receipt"] = wants_receipt(message)
        if is_forged(message):
            values["sender_doubt"] = "forged"
        if lang := self._language_of(message):
            values["lang"] = lang
        model, _ticket_id, defaults, user_id, alias = route
        return (model, 0, (defaults or {}) | values, user_id, alias)

    def _route_to_thread(self, route, message, message_dict):
        """Let only those speak in a ticket whose ticket it is.

        Whoever else knows a Message-Id, or guessed one, gets a ticket of the own: it is
        answered in its turn, and nothing of it reaches the other customer. Agents see
        to which ticket it refers.
        """
        # sudo: the gateway may run as anybody
        ticket_sudo = self.env["helpdesk.ticket"].sudo().browse(route[1])
        sender = self._sender_of(message_dict, ticket_sudo.company_id)
        trusted = not is_forged(message) and (
            ticket_sudo._trusts_sender(sender, message_dict["email_from"])
        )
        if is_automatic(message):
            if not trusted:
                _logger.info("Automatic mail %s ignored", message.get("Message-Id"))
                return False
            self._set_aside(message_dict)
            return route
        if trusted:
            return route
        if self._is_from_a_machine(message):
            return False
        for name in ("parent_id", "is_internal"):
            message_dict.pop(name, None)
        return self._route_to_new(
            route,
            message,
            crm_referred=ticket_sudo.id,
            sender_doubt="reply",
            team_id=ticket_sudo.team_id.id,
        )

    def _set_aside(self, message_dict):
        """Make an automatic reply a note: it goes to no customer, answers nothing, and
        starts no clock."""
        note = self.env._("Automatic reply, not counted as an answer:")
        message_dict["is_internal"] = True
        message_dict["body"] = Markup("<p><em>%s</em></p>%s") % (
            note,
            Markup(message_dict["body"] or ""),
        )
        # The gateway may run as anybody.
        parent_sudo = (
            self.env["mail.message"].sudo().browse(message_dict.get("parent_id"))
        )
        if parent_sudo.author_id.partner_share:
            message_dict.pop("parent_id")  # whose author would be sent the note

    def _message_parse_post_process(self, message, message_dict, routes):
        values = super()._message_parse_post_process(message, message_dict, routes)
        tickets = [route for route in routes or () if route[0] == "helpdesk.ticket"]
        if not tickets:
            return values
        if is_forged(message):
            values["author_id"] = False
        else:
            # The gateway may run as anybody.
            team = self.env["helpdesk.ticket.team"].sudo()
            company = team.browse((tickets[0][2] or {}).get("team_id")).company_id
            values["author_id"] = self._sender_of(message_dict, company).id
        message_dict["attachments"] = [
            file._replace(fname=clean_file_name(file.fname))
            if hasattr(file, "_replace")
            else file
            for file in message_dict.get("attachments") or []
        ]
        return values

    def _sender_of(self, message_dict, company):
        sender = message_dict.get("email_from") or ""
        name = next((name for name, _mail in email_split_tuples(sender)), "")
        return self.env["res.partner"]._find_sender(sender, name, company)

    def _language_of(self, message) -> str | None:
        """Give the language that the mail says it is written in, if it is in use."""
        said = str(message.get("Content-Language") or "").split(",")[0].strip()
        code = said.replace("-", "_")
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        alike = [lang for lang in installed if lang.split("_")[0] == code.split("_")[0]]
        return (
            (code if code in installed else next(iter(alike), None)) if code else None
        )
