from odoo import api, fields, models

# What a stand-in is made from.
DECIDING = {"state", "stand_in_user_id", "employee_id", "request_date_from",
            "request_date_to", "date_from", "date_to"}  # fmt: skip


class HrLeave(models.Model):
    _inherit = "hr.leave"

    stand_in_user_id = fields.Many2one(
        "res.users",
        "Stand-in",
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        index="btree_not_null",
        tracking=True,
        help="The colleague who carries on the customers of this employee. Once the"
        " time off is approved, the rights open and close by themselves.",
    )
    crm_stand_in_ids = fields.One2many(
        "crm.stand.in", "leave_id", groups="hr_holidays.group_hr_holidays_user"
    )

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        # Others follow from their approval, which is a write.
        leaves.filtered(lambda leave: leave.state == "validate")._sync_stand_in()
        return leaves

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & DECIDING:
            self._sync_stand_in()
        return result

    def unlink(self):
        # Stand-ins go with their leave, whoever deletes it.
        self.sudo().crm_stand_in_ids._withdraw()
        return super().unlink()

    def _sync_stand_in(self):
        """Have a stand-in for each approved time off that names one, and no other."""
        # Who approves time off need not work with customers; the approval counts.
        for leave_sudo in self.sudo():
            current = leave_sudo.crm_stand_in_ids.filtered(
                lambda record: record.state in ("draft", "planned", "running")
            )
            approved = leave_sudo.state == "validate"
            if approved and leave_sudo.stand_in_user_id and leave_sudo.user_id:
                leave_sudo._ensure_stand_in(current[:1])
            else:
                current._withdraw()

    def _ensure_stand_in(self, current):
        vals = self._prepare_stand_in_vals()
        changed = {
            name
            for name, value in vals.items()
            if current._fields[name].convert_to_write(current[name], current) != value
        }
        if current.state == "running" and changed - {"date_to"}:
            current._withdraw()
            current = current.browse()
        if not current:
            current.create(vals).action_confirm()
        elif changed:
            current.write({name: vals[name] for name in changed})

    def _prepare_stand_in_vals(self) -> dict:
        self.ensure_one()
        return {
            "leave_id": self.id,
            "user_id": self.user_id.id,
            "stand_in_id": self.stand_in_user_id.id,
            "company_id": self.employee_id.company_id.id,
            "date_from": self.request_date_from,
            "date_to": self.request_date_to,
        }
