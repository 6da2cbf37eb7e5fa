from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmCallScriptAnswer(models.Model):
    """An answer that one may get, and where it leads."""

    _name = "crm.call.script.answer"
    _description = "Answer in a Call Script"
    _order = "step_id, sequence, id"

    step_id = fields.Many2one(
        "crm.call.script.step", required=True, index=True, ondelete="cascade"
    )
    script_id = fields.Many2one(related="step_id.script_id")
    sequence = fields.Integer(default=10)
    name = fields.Char("Answer", required=True, translate=True)
    next_step_id = fields.Many2one(
        "crm.call.script.step",
        "Goes on With",
        index="btree_not_null",
        ondelete="set null",
        domain="[('script_id', '=', script_id)]",
        help="Empty: the script is at its end.",
    )
    outcome_id = fields.Many2one(
        "crm.call.outcome",
        "Proposed Outcome",
        index="btree_not_null",
        ondelete="set null",
        help="The outcome that is marked for the caller after this answer.",
    )

    @api.constrains("next_step_id", "step_id")
    def _check_next_step(self):
        for answer in self:
            if (
                answer.next_step_id
                and answer.next_step_id.script_id != answer.script_id
            ):
                raise ValidationError(
                    self.env._(
                        "The answer “%(answer)s” leads to “%(step)s”, which belongs to"
                        " another script. Choose a step of the same one.",
                        answer=answer.name,
                        step=answer.next_step_id.name,
                    )
                )
