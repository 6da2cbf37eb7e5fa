from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.rule_domain import BROKEN, parse

OWNERS = [
    ("user", "A person"),
    ("seller", "The salesperson"),
    ("leader", "The leader of the team"),
    ("job", "The team member with a job"),
    ("department", "Another department"),
]
ANCHORS = [("start", "The start"), ("step", "Another step is done")]


class CrmPlaybookStep(models.Model):
    """A step of a playbook: what is to be done, by whom and when."""

    _name = "crm.playbook.step"
    _description = "Step of a Playbook"
    _order = "sequence, id"

    name = fields.Char("What to Do", required=True)
    playbook_id = fields.Many2one(
        "crm.playbook", required=True, index=True, ondelete="cascade"
    )
    target = fields.Selection(related="playbook_id.target")
    sequence = fields.Integer(default=10)
    owner_kind = fields.Selection(
        OWNERS,
        "Who",
        required=True,
        default="seller",
        help="Who is away is stood in for. Where nobody is found the leader of the team"
        " gets it, then a manager.",
    )
    user_id = fields.Many2one("res.users", "Person", domain="[('share', '=', False)]")
    job = fields.Char(help="As it stands on the contacts of the team's members.")
    department_id = fields.Many2one("crm.playbook.department", ondelete="restrict")
    anchor = fields.Selection(
        ANCHORS, "Counted From", required=True, default="start", copy=False
    )
    after_id = fields.Many2one(
        "crm.playbook.step",
        "After Step",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('playbook_id', '=', playbook_id), ('id', '!=', id)]",
    )
    days = fields.Integer(
        "Working Days",
        help="So many working days later, by the calendar of who does it. Less than"
        " zero: before the start, for what has its day ahead.",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        "As",
        required=True,
        ondelete="restrict",
        default=lambda self: self._default_activity_type(),
        help="A meeting also comes into the calendar.",
    )
    condition = fields.Char(
        "Only If",
        default="[]",
        help="Looked at on the day of the step: if it does not hold, the step is left"
        " out.",
    )
    note = fields.Html("Instruction", help="Template of a text, questions to ask.")
    is_required = fields.Boolean(
        "Required", default=True, help="Its activity is not to be deleted."
    )

    _days_sensible = models.Constraint(
        "CHECK (days BETWEEN -365 AND 365)",
        "A step lies at most 365 working days away.",
    )

    @api.model
    def _default_activity_type(self):
        return self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)

    @api.constrains("anchor", "after_id", "days", "playbook_id")
    def _check_order(self):
        for step in self:
            if step.anchor != "step":
                continue
            if not step.after_id or step.after_id.playbook_id != step.playbook_id:
                raise ValidationError(
                    self.env._(
                        "Choose the step of the same playbook after which “%(name)s”"
                        " comes.",
                        name=step.name,
                    )
                )
            if step.days < 0:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” cannot come before the step after which it comes."
                        " Enter no less than 0 days.",
                        name=step.name,
                    )
                )
        if self._has_cycle("after_id"):
            raise ValidationError(
                self.env._(
                    "These steps wait for each other in a circle: %(names)s. None would"
                    " ever begin.",
                    names=", ".join(f"“{step.name}”" for step in self._circle()),
                )
            )

    @api.constrains("owner_kind", "user_id", "job", "department_id")
    def _check_owner(self):
        for step in self:
            field = {"user": "user_id", "job": "job", "department": "department_id"}
            name = field.get(step.owner_kind)
            if name and not step[name]:
                raise ValidationError(
                    self.env._(
                        "Say who does “%(name)s”: the person, the job or the"
                        " department is missing.",
                        name=step.name,
                    )
                )

    @api.constrains("condition")
    def _check_condition(self):
        for step in self:
            try:
                domain = parse(step.condition)
                self.env[step.playbook_id.target].search_count(domain, limit=1)
            except BROKEN as error:
                raise ValidationError(
                    self.env._(
                        "The condition of the step “%(name)s” cannot be checked:"
                        " %(error)s. Choose it anew.",
                        name=step.name,
                        error=error,
                    )
                ) from error

    def _circle(self):
        """Give the steps of the circle that one of these leads into."""
        seen = self.browse()
        step = self[:1]
        while step and step not in seen:
            seen |= step
            step = step.after_id
        return seen

    def _prepare_run_step(self, run) -> dict:
        """Copy the step; what it comes after is told when all are copied."""
        return {
            "run_id": run.id,
            "step_id": self.id,
            "name": self.name,
            "sequence": self.sequence,
            "owner_kind": self.owner_kind,
            "user_id": self.user_id.id,
            "job": self.job,
            "department_id": self.department_id.id,
            "anchor": self.anchor,
            "days": self.days,
            "activity_type_id": self.activity_type_id.id,
            "condition": self.condition,
            "note": self.note,
            "is_required": self.is_required,
        }
