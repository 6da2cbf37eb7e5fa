from odoo import api, fields, models


class CrmCallScript(models.Model):
    """What a caller says, step by step; the customer's answers lead to the next one."""

    _name = "crm.call.script"
    _description = "Call Script"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: for all companies."
    )
    step_ids = fields.One2many("crm.call.script.step", "script_id", "Steps")
    list_ids = fields.One2many("crm.call.list", "script_id", "Call Lists")

    def copy(self, default=None):
        copies = super().copy(default)
        for script, new in zip(self, copies, strict=True):
            script._copy_steps(new)
        return copies

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for script, vals in zip(self, vals_list, strict=True):
            vals["name"] = self.env._("%(name)s (copy)", name=script.name)
        return vals_list

    def _copy_steps(self, new):
        """Copy the steps; the answers of the copy lead to its own steps."""
        copies = {}
        for step in self.step_ids:
            copies[step] = step.copy({"script_id": new.id})
        for step, copied in copies.items():
            for answer in step.answer_ids:
                target = copies.get(answer.next_step_id)
                answer.copy(
                    {"step_id": copied.id, "next_step_id": target and target.id}
                )

    @api.private
    def told_to(self, names: dict) -> list[dict]:
        """Give the steps with the names filled in, for the screen."""
        return [step._told_to(names) for step in self.step_ids]
