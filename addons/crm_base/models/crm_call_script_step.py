from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.call_script import PLACEHOLDERS, spoken, unknown_places


class CrmCallScriptStep(models.Model):
    """One thing that is said or asked in a call, with the answers one may get."""

    _name = "crm.call.script.step"
    _description = "Step of a Call Script"
    _order = "script_id, sequence, id"

    script_id = fields.Many2one(
        "crm.call.script", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char("Step", required=True, translate=True)
    text = fields.Text(
        "What to Say",
        required=True,
        translate=True,
        help="{person} stands for the name of the person, {company} for the customer's"
        " company, {caller} for you, {our_company} for your own company.",
    )
    answer_ids = fields.One2many("crm.call.script.answer", "step_id", "Answers")

    @api.constrains("text")
    def _check_text(self):
        for step in self:
            if unknown := unknown_places(step.text):
                raise ValidationError(
                    self.env._(
                        "Step “%(step)s”: nobody can fill in %(unknown)s. You can use"
                        " %(known)s.",
                        step=step.name,
                        unknown=", ".join(unknown),
                        known=", ".join(f"{{{name}}}" for name in PLACEHOLDERS),
                    )
                )

    def _told_to(self, names: dict) -> dict:
        return {
            "id": self.id,
            "name": self.name,
            "text": spoken(self.text, names),
            "answers": [
                {
                    "id": answer.id,
                    "name": answer.name,
                    "next": answer.next_step_id.id,
                    "outcome": answer.outcome_id.id,
                }
                for answer in self.answer_ids
            ],
        }
