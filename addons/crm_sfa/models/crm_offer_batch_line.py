from odoo import fields, models


class CrmOfferBatchLine(models.Model):
    """One customer of a batch, with the draft that was made."""

    _name = "crm.offer.batch.line"
    _description = "Customer of an Offer Batch"
    _order = "batch_id, id"
    _rec_name = "partner_id"

    batch_id = fields.Many2one(
        "crm.offer.batch", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(
        [
            ("todo", "Waiting"),
            ("made", "Made"),
            ("skipped", "Nothing to offer"),
            ("failed", "Failed"),
        ],
        required=True,
        default="todo",
    )
    order_id = fields.Many2one(
        "sale.order", "Draft", index="btree_not_null", ondelete="set null"
    )
    told = fields.Text("Why")

    _once = models.UniqueIndex(
        "(batch_id, partner_id)", "This customer is in the batch already."
    )
    _todo_idx = models.Index("(batch_id, id) WHERE state = 'todo'")

    def _settle(self):
        self.ensure_one()
        order, told, state = self.batch_id._try(self.partner_id)
        self.write({"order_id": order.id, "told": told, "state": state})
