from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmCallListAdd(models.TransientModel):
    """Puts chosen records onto a call list, an existing or a new one."""

    _name = "crm.call.list.add"
    _description = "Add to a Call List"

    list_id = fields.Many2one(
        "crm.call.list",
        "Call List",
        domain="[('state', '!=', 'done'), ('user_id', '=', uid)]",
        help="One for which you are responsible. Empty: a new one is made.",
    )
    name = fields.Char("New List")
    res_model = fields.Char(readonly=True)
    res_ids = fields.Json()
    count = fields.Integer("Chosen", compute="_compute_count")

    @api.model
    def default_get(self, fields):
        context = self.env.context
        return super().default_get(fields) | {
            "res_model": context.get("active_model"),
            "res_ids": context.get("active_ids") or [],
        }

    @api.depends("res_ids")
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard.res_ids or [])

    def action_add(self) -> dict:
        """Add them with the rights of who asks, and say what became of them."""
        self.ensure_one()
        lists = self.env["crm.call.list"]
        known = dict(lists._fields["fill_model"]._description_selection(self.env))
        if self.res_model not in known or not self.res_ids:
            raise UserError(self.env._("Choose in a list first whom to call."))
        call_list = self.list_id
        if not call_list:
            if not self.name:
                raise UserError(
                    self.env._("Choose a call list, or give the new one a name.")
                )
            call_list = lists.create({"name": self.name, "fill_model": self.res_model})
        records = self.env[self.res_model].browse(self.res_ids).exists()
        told = call_list._told(call_list._add(records))
        told["params"]["next"] = {
            "type": "ir.actions.act_window",
            "res_model": "crm.call.list",
            "res_id": call_list.id,
            "views": [(False, "form")],
        }
        return told
