from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain

MANAGERS = "helpdesk_mgmt.group_helpdesk_manager"
# What a macro sets where it names it.
SETS = ("stage_id", "type_id", "severity")


class CrmTicketMacro(models.Model):
    """A text with blanks for a kind of ticket, and what else is done with it."""

    _name = "crm.ticket.macro"
    _description = "Ticket Macro"
    _inherit = ["mail.render.mixin"]
    _order = "sequence, name, id"
    # Only template editors may save blanks beyond those of the ticket's own list; then
    # everybody may use them.
    _unrestricted_rendering = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        "res.users",
        "Only for",
        index="btree_not_null",
        ondelete="cascade",
        default=lambda self: self._default_user_id(),
        help="Whose own macro it is. Empty: for everybody.",
    )
    team_ids = fields.Many2many(
        "helpdesk.ticket.team",
        "crm_ticket_macro_team_rel",
        string="Teams",
        help="Offered for tickets of these teams. Empty: for all.",
    )
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    body = fields.Html(
        "Text",
        translate=True,
        render_engine="qweb",
        render_options={"post_process": True},
        sanitize="email_outgoing",
        help="Written in the customer's language, where it is translated.",
    )
    kind = fields.Selection(
        [("answer", "Answer to the customer"), ("note", "Note for colleagues")],
        "The Text Is",
        required=True,
        default="answer",
    )
    stage_id = fields.Many2one("helpdesk.ticket.stage", "Set the Stage")
    type_id = fields.Many2one("helpdesk.ticket.type", "Set the Type")
    severity = fields.Selection(
        lambda self: self.env["helpdesk.ticket"]._fields["severity"].selection,
        "Set the Severity",
    )
    tag_ids = fields.Many2many(
        "helpdesk.ticket.tag", "crm_ticket_macro_tag_rel", string="Add Tags"
    )
    assign = fields.Selection(
        [
            ("keep", "Leave as it is"),
            ("me", "Whoever applies it"),
            ("user", "A colleague"),
        ],
        "Assign to",
        required=True,
        default="keep",
    )
    assign_user_id = fields.Many2one(
        "res.users", "Colleague", domain="[('share', '=', False)]"
    )

    @api.model
    def _default_user_id(self):
        user = self.env.user
        return user.browse() if user.has_group(MANAGERS) else user

    def write(self, vals):
        result = super().write(vals)
        if "user_id" in vals:
            # Nobody makes his own macro everybody's in a second step.
            self.check_access("write")
        return result

    def _compute_render_model(self):
        self.render_model = "helpdesk.ticket"

    @api.constrains("assign", "assign_user_id")
    def _check_assign_user_id(self):
        for macro in self:
            if macro.assign == "user" and not macro.assign_user_id:
                raise ValidationError(
                    self.env._(
                        "Macro %(name)s: choose the colleague who gets the tickets.",
                        name=macro.name,
                    )
                )

    def _render_lang(self, res_ids, engine="inline_template"):
        tickets = self.env["helpdesk.ticket"].browse(res_ids)
        return {ticket.id: ticket._customer_lang() for ticket in tickets}

    def _texts(self, tickets) -> dict:
        """Give the text for each ticket, in its customer's language."""
        self.ensure_one()
        return self._render_field("body", tickets.ids, compute_lang=True)

    @api.model
    def _usable_domain(self, teams) -> Domain:
        return Domain("team_ids", "=", False) | Domain("team_ids", "in", teams.ids)

    def _values(self, ticket) -> dict:
        """Give what the macro sets on a ticket."""
        self.ensure_one()
        values = {}
        for name in SETS:
            value = self[name]
            if value:
                values[name] = value.id if hasattr(value, "_name") else value
        if self.tag_ids:
            values["tag_ids"] = [Command.link(id_) for id_ in self.tag_ids.ids]
        user = {"me": self.env.user, "user": self.assign_user_id}.get(self.assign)
        if user:
            values["user_id"] = user.id
        return values

    def _says(self) -> list[str]:
        """Say in words what the macro sets, for who is about to apply it."""
        self.ensure_one()
        words = [
            f"{self._fields[name]._description_string(self.env)}: {text}"
            for name in (*SETS, "tag_ids")
            if (text := self._text_of(name))
        ]
        user = {"me": self.env.user, "user": self.assign_user_id}.get(self.assign)
        if user:
            words.append(self.env._("Assign to: %(name)s", name=user.name))
        return words

    def _text_of(self, name: str) -> str:
        field = self._fields[name]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(self[name], "")
        return ", ".join(self[name].mapped("display_name"))

    def _apply(self, tickets, text=None):
        """Send the text and set the rest, with the rights of who does it.

        :param text: what was made of the text; otherwise each ticket gets its own
        """
        self.ensure_one()
        tickets.check_access("write")
        same = text is not None
        texts = dict.fromkeys(tickets.ids, text) if same else self._texts(tickets)
        for ticket in tickets:
            ticket._post_macro(texts[ticket.id], self.kind)
            if values := self._values(ticket):
                ticket.write(values)
