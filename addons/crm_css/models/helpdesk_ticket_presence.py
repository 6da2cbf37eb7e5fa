from odoo import models
from odoo.exceptions import UserError, ValidationError

EVENT = "crm_css.ticket_presence"
CHANNEL = "crm_css.ticket_presence_"
SUBCHANNEL = "presence"
STATES = ("here", "writing", "left")
LONGEST_TAB = 40
# Of these two versions are compared as they are; lists of records are merged anyway.
COMPARED = {"boolean", "char", "date", "datetime", "float", "html", "integer",
            "many2one", "selection", "text"}  # fmt: skip


class HelpdeskTicket(models.Model):
    """Who has the same ticket open, told over the bus alone; and no change is lost to
    a colleague's."""

    _inherit = "helpdesk.ticket"

    def tell_presence(self, tab: str, state: str, asks: bool = False) -> None:
        """Tell all who have this ticket open that somebody has it open too.

        Nothing is stored: who hears nothing for a while takes it that nobody is there.

        :param tab: tells two windows of one person apart
        :param asks: have the others answer at once
        """
        self.ensure_one()
        self.check_access("read")
        if state not in STATES or not isinstance(tab, str) or len(tab) > LONGEST_TAB:
            raise ValidationError(self.env._("This is no state of presence."))
        if self.env.user.share:
            return
        message = {
            "ticket_id": self.id,
            "user_id": self.env.uid,
            "name": self.env.user.name,
            "tab": tab,
            "state": state,
            "asks": bool(asks),
        }
        # The channel is a record with a name: nobody subscribes to it by a guess.
        self.env["bus.bus"]._sendone((self, SUBCHANNEL), EVENT, message)

    def web_save(self, vals, specification, next_id=None):
        seen = vals.pop("crm_seen", None)
        if seen and len(self) == 1:
            self._check_seen(seen, vals)
        return super().web_save(vals, specification, next_id=next_id)

    def _check_seen(self, seen: dict, vals: dict) -> None:
        """Refuse to write over what a colleague has changed since the form was opened.

        :param seen: values as the form showed them, by field
        """
        # Of two at the same moment the database refuses the second; its request is
        # tried again and sees the first here.
        self.check_access("write")
        names = [
            name
            for name in vals
            if name in seen
            and name in self._fields
            and self._fields[name].type in COMPARED
        ]
        self.fetch(names)
        changed = [name for name in names if self._plain(name) != (seen[name] or False)]
        lines = [
            f"{self._fields[name]._description_string(self.env)}: {self._shown(name)}"
            for name in changed
            if self._fields[name].convert_to_cache(vals[name], self)
            != self._fields[name].convert_to_cache(self[name], self)
        ]
        if lines:
            raise UserError(
                self.env._(
                    "%(user)s has changed this ticket since you opened it:\n%(lines)s\n"
                    "Discard your change, look at the ticket, and change it again if it"
                    " is still right.",
                    user=self.write_uid.sudo().name,  # a colleague's name alone
                    lines="\n".join(lines),
                )
            )

    def _plain(self, name: str):
        """A value as the form has it."""
        value, field = self[name], self._fields[name]
        if field.type == "many2one":
            return value.id
        if field.type in ("date", "datetime"):
            return field.to_string(value)
        return value or False

    def _shown(self, name: str) -> str:
        field = self._fields[name]
        return str(field.convert_to_export(self[name], self) or "–")
