from odoo import api, fields, models


class CrmInteraction(models.Model):
    """A contact that was planned: noting what came of it finishes the plan."""

    _inherit = "crm.interaction"

    activity_id = fields.Many2one(
        "mail.activity",
        "Was Planned as",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        help="The activity that is done when this contact is noted.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        contacts = super().create(vals_list)
        for contact in contacts:
            activity = contact.activity_id.filtered("active")
            if activity and contact._settles(activity):
                activity.action_feedback(feedback=contact.name)
        return contacts

    def _settles(self, activity) -> bool:
        """One's own plans only, or those that one may change."""
        mine = activity.user_id == self.env.user
        return mine or activity.has_access("write")
