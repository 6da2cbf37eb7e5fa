from odoo import fields, models

STEPS = [
    ("ahead", "Due soon"),
    ("due", "Due"),
    ("overdue", "Overdue, told the manager"),
    ("orphan", "Owner has left, told the manager"),
]


class CrmPromiseReminder(models.Model):
    """A reminder that was given: of which promise and due date, which step, to whom.

    The row is written together with the reminder itself, and a second one like it is
    impossible: so each is given once, however often and by however many it is tried.
    """

    _name = "crm.promise.reminder"
    _description = "Reminder of a Promise"
    _order = "id desc"
    _rec_name = "step"

    promise_id = fields.Many2one(
        "crm.promise", required=True, index=True, ondelete="cascade", readonly=True
    )
    step = fields.Selection(STEPS, required=True, readonly=True)
    date_due = fields.Date("Due", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "Reminded", required=True, ondelete="cascade", readonly=True
    )
    date = fields.Datetime(
        "Reminded On", required=True, default=fields.Datetime.now, readonly=True
    )

    _once = models.UniqueIndex(
        "(promise_id, step, date_due, user_id)",
        "This reminder was given already.",
    )
