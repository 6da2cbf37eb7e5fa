from odoo import fields, models


class CrmStandIn(models.Model):
    _inherit = "crm.stand.in"

    leave_id = fields.Many2one(
        "hr.leave",
        "Time Off",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
        groups="hr_holidays.group_hr_holidays_user",
        help="The time off that this stand-in was made for.",
    )

    def _withdraw(self):
        """Undo what has not happened yet, and end what runs."""
        waiting = self.filtered(lambda record: record.state in ("draft", "planned"))
        waiting.action_cancel()
        self.filtered(lambda record: record.state == "running").action_back()
