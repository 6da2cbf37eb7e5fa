from odoo import api, fields, models
from odoo.exceptions import ValidationError

# What an outcome means for the line of the list.
KINDS = [
    ("success", "Success"),
    ("reached", "Reached"),
    ("call_back", "Call back"),
    ("no_answer", "No answer"),
    ("refused", "Refused"),
    ("wrong", "Wrong number"),
    ("do_not_call", "Do not call again"),
]
# In these the right person was on the phone.
TALKED = {"success", "reached", "call_back", "refused", "do_not_call"}


class CrmCallOutcome(models.Model):
    """How a call may end, as one button, with what then happens by itself."""

    _name = "crm.call.outcome"
    _description = "Outcome of a Call"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        KINDS,
        "Meaning",
        required=True,
        default="reached",
        help="Call back asks when, and plans it. No answer comes again after the pause."
        " Wrong number marks the phone as wrong. Do not call again withdraws the"
        " consent to calls.",
    )
    next_step = fields.Char(
        translate=True,
        help="What you then do, such as “Send the offer”. It becomes an activity.",
    )
    next_step_days = fields.Integer(
        "Next Step in Days", default=1, help="So many days after the call."
    )
    promise = fields.Char(
        translate=True, help="What you promised by this outcome. It is chased."
    )
    promise_days = fields.Integer(
        "Promise Due in Days", default=2, help="So many days after the call."
    )

    _days_sensible = models.Constraint(
        "CHECK (next_step_days BETWEEN 0 AND 365 AND promise_days BETWEEN 0 AND 365)",
        "Steps and promises are due 0 to 365 days after the call.",
    )

    @api.constrains("kind", "promise")
    def _check_promise(self):
        for outcome in self:
            if outcome.promise and outcome.kind not in TALKED:
                raise ValidationError(
                    self.env._(
                        "“%(outcome)s”: nobody was reached, so nothing can be"
                        " promised.",
                        outcome=outcome.name,
                    )
                )

    def _as_button(self) -> dict:
        return {"id": self.id, "name": self.name, "kind": self.kind}
