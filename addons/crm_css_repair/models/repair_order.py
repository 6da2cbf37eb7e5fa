from odoo import api, fields, models


class RepairOrder(models.Model):
    _inherit = "repair.order"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        copy=False,
    )
    owned_item_id = fields.Many2one(
        "crm.owned.item",
        "Owned Product",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain="[('commercial_partner_id', 'parent_of', partner_id),"
        " ('product_id', '=?', product_id)]",
        help="The customer's product that is repaired. It stands as In repair"
        " meanwhile.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        repairs = super().create(vals_list)
        repairs._sync_owned_state()
        return repairs

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"state", "owned_item_id"}:
            self._sync_owned_state()
        return result

    def _sync_owned_state(self):
        """Show on the items that they are in repair, or in use again."""
        for repair_sudo in self.sudo():  # who repairs need not be an agent
            item = repair_sudo.owned_item_id
            if repair_sudo.state in ("confirmed", "under_repair"):
                item.filtered(lambda item: item.state == "in_use").state = "repair"
            elif repair_sudo.state in ("done", "cancel"):
                item.filtered(lambda item: item.state == "repair").state = "in_use"
