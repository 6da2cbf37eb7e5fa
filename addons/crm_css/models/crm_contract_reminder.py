from odoo import fields, models


class CrmContractReminder(models.Model):
    """A reminder of a deadline of a contract: claimed first, then given, once.

    The row is committed before anybody is told, and settled together with the telling.
    A job that is killed between the two leaves a claimed row, which the next run takes
    up; a second row for the same deadline and distance is impossible.
    """

    _name = "crm.contract.reminder"
    _description = "Reminder of a Contract"
    _order = "id desc"
    _rec_name = "kind"

    contract_id = fields.Many2one(
        "contract.contract", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("notice", "Last day for notice"),
            ("end", "Last day of the contract"),
            ("overdue", "Past its end, nobody has decided"),
        ],
        required=True,
    )
    target_date = fields.Date("Deadline", required=True)
    distance = fields.Integer(
        "Days Ahead",
        required=True,
        aggregator=None,
        help="How many days before the deadline it comes; below zero: after it.",
    )
    date_due = fields.Date(
        "Due", required=True, help="A working day, so that there is time to act."
    )
    state = fields.Selection(
        [
            ("claimed", "Being given"),
            ("sent", "Given"),
            ("skipped", "Covered by a later one"),
            ("dropped", "No longer needed"),
            ("failed", "Failed"),
        ],
        required=True,
        default="claimed",
    )
    date = fields.Datetime("Given On")
    told = fields.Char("To Whom")
    error = fields.Char()
    acknowledged_date = fields.Datetime("Acknowledged On")
    acknowledged_by_id = fields.Many2one("res.users", "Acknowledged by")

    _once = models.UniqueIndex(
        "(contract_id, kind, target_date, distance)",
        "This reminder was given already.",
    )
    _claimed_idx = models.Index("(id) WHERE state = 'claimed'")
