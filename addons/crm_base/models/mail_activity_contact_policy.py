from odoo import fields, models
from odoo.fields import Domain


class MailActivity(models.Model):
    _inherit = "mail.activity"

    contact_policy_id = fields.Many2one(
        "crm.contact.policy",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The policy for whose sake the contact was planned.",
    )

    def _planned_contacts(self, customers) -> Domain:
        """Give the open contacts with some customers that plans have made."""
        return Domain(
            [
                ("active", "=", True),
                ("contact_policy_id", "!=", False),
                ("res_model", "=", "res.partner"),
                ("res_id", "in", customers.ids),
            ]
        )
