from markupsafe import Markup, escape

from odoo import models
from odoo.exceptions import UserError


class CrmCallAttempt(models.Model):
    """What the call left behind, and whether it may still be taken back."""

    _inherit = "crm.call.attempt"

    def _noted_html(self) -> Markup:
        """The answers of the script, and what the caller typed."""
        lines = [
            Markup("<p>%s <b>%s</b></p>") % (answer.step_id.name, answer.name)
            for answer in self.answer_ids.sorted(lambda one: one.step_id.sequence)
        ]
        if self.note:
            lines.append(Markup("<p>%s</p>") % escape(self.note))
        return Markup().join(lines)

    def _check_nothing_built_on(self):
        """Refuse to take back what somebody has worked on since."""
        for model, id_ in self.undo["made"]:
            record = self.env[model].browse(id_).exists()
            if record and record._name == "crm.promise" and record.state != "open":
                raise UserError(
                    self.env._("The promise of this call is settled. Note a new call.")
                )
