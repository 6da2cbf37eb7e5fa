from odoo import models
from odoo.exceptions import UserError

# Where materials are sent from, besides the customer.
SOLD = ("crm.lead", "sale.order")


class CrmMaterialSendWizard(models.TransientModel):
    """Materials sent from a deal or a quotation, which tell it in their history."""

    _inherit = "crm.material.send.wizard"

    def _default_partner_ids(self):
        records = self._sold_records()
        if records and not records.partner_id:
            raise UserError(
                self.env._(
                    "%(names)s: there is no customer yet to send materials to. Choose"
                    " the customer first.",
                    names=", ".join(records.mapped("display_name")),
                )
            )
        return records.partner_id.ids if records else super()._default_partner_ids()

    def _sold_records(self):
        """Give the deals or quotations from which the window was opened."""
        model = self.env.context.get("active_model")
        if model not in SOLD:
            return self.env["crm.lead"]
        ids = self.env.context.get("active_ids", [])
        return self.env[model].browse(ids).exists()

    def action_send(self):
        action = super().action_send()
        for record in self._sold_records()._filtered_access("write"):
            partners = self.partner_ids & record.partner_id
            if partners:
                record.message_post(
                    body=self.env._(
                        "Materials sent to %(who)s: %(what)s.",
                        who=", ".join(partners.mapped("display_name")),
                        what=", ".join(self.material_ids.mapped("name")),
                    )
                )
        return action
