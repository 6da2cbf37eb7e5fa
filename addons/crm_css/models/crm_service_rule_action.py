from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# Which field each kind of action asks for.
NEEDS = {
    "assign": "user_id",
    "route": "team_id",
    "stage": "stage_id",
    "severity": "severity",
    "type": "type_id",
    "tag": "tag_ids",
    "answer": "template_id",
    "note": "text",
    "escalate": "text",
    "webhook": "url",
}


class CrmServiceRuleAction(models.Model):
    """One thing that a service rule does."""

    _name = "crm.service.rule.action"
    _description = "Action of a Service Rule"
    _order = "sequence, id"

    rule_id = fields.Many2one(
        "crm.service.rule", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("assign", "Assign to"),
            ("route", "Hand to the team"),
            ("stage", "Move to the stage"),
            ("severity", "Set the severity"),
            ("type", "Set the type"),
            ("tag", "Add tags"),
            ("answer", "Answer by a template"),
            ("note", "Leave a note"),
            ("escalate", "Escalate to"),
            ("webhook", "Call a web hook"),
        ],
        "Do",
        required=True,
    )
    summary = fields.Char(compute="_compute_summary")
    user_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False)]",
        help="To escalate: empty means the leader of the team.",
    )
    team_id = fields.Many2one("helpdesk.ticket.team")
    stage_id = fields.Many2one("helpdesk.ticket.stage")
    severity = fields.Selection(
        lambda self: self.env["helpdesk.ticket"]._fields["severity"].selection
    )
    type_id = fields.Many2one("helpdesk.ticket.type")
    tag_ids = fields.Many2many("helpdesk.ticket.tag")
    template_id = fields.Many2one(
        "mail.template", domain="[('model', '=', 'helpdesk.ticket')]"
    )
    text = fields.Char(translate=True)
    url = fields.Char("Address")

    @api.constrains("kind", *set(NEEDS.values()))
    def _check_need(self):
        for action in self:
            if not action[NEEDS[action.kind]]:
                need = self._fields[NEEDS[action.kind]]
                raise ValidationError(
                    self.env._(
                        "“%(kind)s” asks for more: fill in “%(field)s”.",
                        kind=action._kind_name(),
                        field=need._description_string(self.env),
                    )
                )

    @api.constrains("url")
    def _check_url(self):
        for action in self.filtered("url"):
            self.env["crm.service.webhook"]._check_address(action.url)

    @api.constrains("template_id")
    def _check_template(self):
        for action in self.filtered("template_id"):
            if action.template_id.model != "helpdesk.ticket":
                raise ValidationError(
                    self.env._(
                        "The template “%(name)s” is not made for tickets.",
                        name=action.template_id.name,
                    )
                )

    @api.depends("kind", *set(NEEDS.values()))
    @api.depends_context("lang")
    def _compute_summary(self):
        for action in self:
            action.summary = action.kind and action._describe(None)

    def _kind_name(self) -> str:
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return kinds[self.kind]

    def _describe(self, ticket) -> str:
        """Say what is done to ``ticket``, or in general where there is none."""
        self.ensure_one()
        value = self[NEEDS[self.kind]]
        if self.kind == "escalate":
            person = self._person(ticket) if ticket else self.user_id
            name = person.name or self.env._("the leader of the team")
            return f"{self._kind_name()} {name}: {self.text or ''}"
        if self.kind == "severity":
            names = dict(self._fields["severity"]._description_selection(self.env))
            value = names.get(value, "")
        elif isinstance(value, models.BaseModel):
            value = ", ".join(value.mapped("display_name"))
        return f"{self._kind_name()}: {value or ''}"

    def _do(self, ticket) -> str:
        """Do it to ``ticket``; give back the sentence for the log."""
        self.ensure_one()
        told = self._describe(ticket)
        getattr(self, f"_do_{self.kind}")(ticket)
        return told

    def _do_assign(self, ticket):
        if not self.user_id.active:
            raise UserError(
                self.env._(
                    "%(user)s is no user any more. Choose another person in the rule.",
                    user=self.user_id.name,
                )
            )
        ticket.user_id = self.user_id

    def _do_route(self, ticket):
        ticket.team_id = self.team_id

    def _do_stage(self, ticket):
        ticket.stage_id = self.stage_id

    def _do_severity(self, ticket):
        ticket.severity = self.severity

    def _do_type(self, ticket):
        ticket.type_id = self.type_id

    def _do_tag(self, ticket):
        ticket.tag_ids |= self.tag_ids

    def _do_answer(self, ticket):
        """Answer as a machine does: the customer still waits for a person."""
        ticket.message_post_with_source(
            self.template_id,
            message_type="auto_comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _do_note(self, ticket):
        ticket._message_log(body=self.text)

    def _person(self, ticket):
        return self.user_id or ticket.team_id.user_id or ticket.user_id

    def _do_escalate(self, ticket):
        person = self._person(ticket)
        if not person:
            raise UserError(
                self.env._(
                    "Nobody to escalate to: the team of ticket %(number)s has no "
                    "leader.",
                    number=ticket.number,
                )
            )
        ticket.activity_schedule(
            "mail.mail_activity_data_todo", user_id=person.id, summary=self.text
        )

    def _do_webhook(self, ticket):
        self.env["crm.service.webhook"]._put(self, ticket)
