from odoo import models


class CrmOwnedItem(models.Model):
    """How an item follows the document that it came from."""

    _inherit = "crm.owned.item"

    def _set_owned_quantity(self, quantity: float):
        """Follow what the customer has now; nothing left means given back.

        What a person set by hand stays: an item that somebody retired is not revived.
        """
        for item in self:
            if item.uom_id.compare(quantity, 0) <= 0:
                item._give_back()
                continue
            vals = {}
            if item.uom_id.compare(quantity, item.quantity):
                vals["quantity"] = quantity
            if item.is_given_back:
                vals |= {"is_given_back": False, "state": "in_use"}
            if vals:
                item.write(vals)

    def _give_back(self):
        """Retire what the customer returned; it stays, for its history."""
        for item in self.filtered(lambda item: not item.is_given_back):
            item.write({"is_given_back": True, "state": "retired"})

    def _note_invoice(self, invoice):
        """Note the first invoice, once there is one."""
        for item in self:
            if invoice and not item.invoice_id:
                item.write(
                    {
                        "invoice_id": invoice.id,
                        "date_invoiced": item.date_invoiced or invoice.invoice_date,
                    }
                )
