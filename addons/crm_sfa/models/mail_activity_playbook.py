from odoo import models
from odoo.exceptions import UserError


class MailActivity(models.Model):
    """Activities that are steps of playbooks: what happens to them happens to these."""

    _inherit = "mail.activity"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("user_id"):
            self._playbook_steps().owner_id = vals["user_id"]
        return result

    def unlink(self):
        # Before it is told which step needs it.
        self.check_access("unlink")
        steps_sudo = self._playbook_steps()
        if steps_sudo and not self.env.su:
            self._check_steps_deletable(steps_sudo)
            steps_sudo._settle("cancelled")
        elif steps_sudo:
            # Such as those of a user who is archived: the job gives them anew.
            steps_sudo.write({"state": "planned", "activity_id": False})
        return super().unlink()

    def _action_done(self, feedback=False, attachment_ids=None):
        steps_sudo = self._playbook_steps()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        steps_sudo._settle("done")
        return result

    def _playbook_steps(self):
        """Give the open steps; whoever has the activity need not see the playbook."""
        return (
            self.env["crm.playbook.run.step"]
            .sudo()  # see above
            .search([("activity_id", "in", self.ids), ("state", "=", "planned")])
        )

    def _check_steps_deletable(self, steps_sudo):
        if required := steps_sudo.filtered("is_required")[:1]:
            raise UserError(
                self.env._(
                    "“%(step)s” is required by the playbook “%(playbook)s”. Mark it as"
                    " done, or stop the playbook.",
                    step=required.name,
                    playbook=required.run_id.name,
                )
            )
