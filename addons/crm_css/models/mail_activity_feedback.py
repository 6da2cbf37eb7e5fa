from odoo import models
from odoo.exceptions import UserError


class MailActivity(models.Model):
    """Whoever ticks off a recovery task says what came of it."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        pending = self._feedback_to_settle()
        words = (feedback or "").strip()
        if pending and not words:
            raise UserError(
                self.env._(
                    "“%(name)s”: write what was done to win the customer back.",
                    name=pending[0].name,
                )
            )
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if pending:  # who ticks off other things need not know feedback
            pending.filtered(lambda one: not one.action_taken).action_taken = words
            pending._settle()
        return result

    def _feedback_to_settle(self):
        kind = self.env.ref(
            "crm_css.mail_activity_type_feedback", raise_if_not_found=False
        )
        mine = self.filtered(
            lambda activity: (
                activity.active
                and activity.res_model == "crm.feedback"
                and activity.activity_type_id == kind
            )
        )
        feedback = self.env["crm.feedback"].browse(mine.mapped("res_id"))
        return feedback.exists().filtered(lambda one: one.state != "done")
