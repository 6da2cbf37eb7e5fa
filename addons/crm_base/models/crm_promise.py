from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

STATES = [
    ("open", "Open"),
    ("kept", "Kept"),
    ("broken", "Broken"),
    ("withdrawn", "Withdrawn"),
]
# From which state a promise may come into which.
MOVES = {
    "open": {"kept", "broken", "withdrawn"},
    "kept": {"open"},
    "broken": {"open"},
    "withdrawn": {"open"},
}
OUTCOME = {"state", "date_closed", "closed_by_id", "proof", "reason"}
TERMS = {
    "name",
    "description",
    "partner_id",
    "company_id",
    "promised_by",
    "date",
    "date_due",
    "interaction_id",
}


class CrmPromise(models.Model):
    """An agreement made in a talk, ours or the customer's, chased until it is kept.

    It is evidence: every change is on record, a closed one stays as it is, and only
    managers delete.
    """

    _name = "crm.promise"
    _description = "Promise"
    _inherit = ["crm.matter.mixin"]
    _order = "date_due, id"

    name = fields.Char("Promise", help="What was agreed, in one line.")
    promised_by = fields.Selection(
        [("us", "Us"), ("customer", "The customer")],
        "Given By",
        required=True,
        default="us",
        tracking=True,
        help="Who has to keep it. Where it is the customer, the owner is reminded to"
        " ask for it.",
    )
    date = fields.Date("Given On")
    date_due = fields.Date("Due", required=True, tracking=True)
    interaction_id = fields.Many2one(
        "crm.interaction",
        "Noted Contact",
        index=True,
        ondelete="restrict",
        check_company=True,
        help="The talk in which the promise was made.",
    )
    remind_days = fields.Integer(
        "Remind Before",
        default=1,
        help="So many days before it is due the owner is reminded, and once more on the"
        " day itself.",
    )
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="open",
        copy=False,
        index=True,
        tracking=True,
    )
    date_closed = fields.Datetime("Closed On", readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    proof = fields.Text(
        readonly=True,
        copy=False,
        tracking=True,
        help="How one knows that it was kept. Papers are attached to the history.",
    )
    reason = fields.Text(
        readonly=True,
        copy=False,
        tracking=True,
        help="Why it was broken or withdrawn.",
    )
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )

    _date_order = models.Constraint(
        "CHECK (date_due >= date)",
        "A promise cannot be due before it was given. Check the two dates.",
    )
    _remind_days_sensible = models.Constraint(
        "CHECK (remind_days BETWEEN 0 AND 365)",
        "A reminder comes 0 to 365 days before the promise is due.",
    )
    _open_idx = models.Index("(date_due) WHERE state = 'open'")

    @api.depends("state", "date_due")
    @api.depends_context("tz", "uid")
    def _compute_is_overdue(self):
        overdue = self.filtered_domain(self._overdue_domain())
        overdue.is_overdue = True
        (self - overdue).is_overdue = False

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._overdue_domain()

    @api.model
    def _overdue_domain(self) -> Domain:
        """Tell which should have been kept by now, on the reader's calendar."""
        today = fields.Date.context_today(self)
        return Domain("state", "=", "open") & Domain("date_due", "<", today)

    @api.model
    def _contact_depends(self):
        return ("interaction_id",)

    def _contact(self):
        return self.interaction_id

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_outcome_untouched(
                name
                for name in OUTCOME
                if vals.get(name) and (name, vals[name]) != ("state", "open")
            )
        return super().create(vals_list)

    def write(self, vals):
        self._check_outcome_untouched(vals)
        self._check_terms_untouched(vals)
        handed_over = self.filtered(
            lambda promise: (
                promise.user_id.id != vals.get("user_id", promise.user_id.id)
            )
        )
        put_off = self.filtered(
            lambda promise: (
                promise.date_due
                != fields.Date.to_date(vals.get("date_due", promise.date_due))
            )
        )
        result = super().write(vals)
        (handed_over | put_off)._drop_reminders()
        handed_over._forget_orphan_notice()
        return result

    def action_keep(self):
        return self._ask_outcome("kept", self.env._("Promise Kept"))

    def action_break(self):
        return self._ask_outcome("broken", self.env._("Promise Broken"))

    def action_withdraw(self):
        return self._ask_outcome("withdrawn", self.env._("Promise Withdrawn"))

    def action_reopen(self):
        self._move(
            "open", date_closed=False, closed_by_id=False, proof=False, reason=False
        )
        self.sudo().reminder_ids.unlink()  # the chase begins anew

    def _ask_outcome(self, state, title):
        """Open the dialog that asks for the proof, or for the reason."""
        self.ensure_one()
        self._check_move(state)
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "crm.promise.close",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_promise_id": self.id, "default_state": state},
        }

    def _close(self, state, text, attachments=()):
        """Close the promise with its proof, or with the reason where it was not kept.

        :param attachments: papers that prove it, kept in the promise's history
        """
        self.ensure_one()
        why = {"proof" if state == "kept" else "reason": text}
        self._move(
            state,
            date_closed=fields.Datetime.now(),
            closed_by_id=self.env.uid,
            **why,
        )
        self._drop_reminders()
        if attachments:
            attachments.write({"res_model": self._name, "res_id": self.id})
            self.message_post(attachment_ids=attachments.ids)

    def _move(self, state, **vals):
        self._check_move(state)
        # The outcome is written here only, never by hand; the right was checked.
        self.sudo().write({"state": state, **vals})

    def _check_move(self, state):
        self.check_access("write")
        for promise in self:
            if state not in MOVES[promise.state]:
                raise UserError(
                    self.env._(
                        "The state of “%(name)s” is “%(state)s” already. Reload the"
                        " page to see who changed it.",
                        name=promise.name,
                        state=promise._state_label(),
                    )
                )

    def _state_label(self) -> str:
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _check_outcome_untouched(self, names):
        if self.env.su or not OUTCOME.intersection(names):
            return
        raise UserError(
            self.env._(
                "The outcome of a promise is not typed: click Kept, Broken, Withdraw or"
                " Reopen on its page."
            )
        )

    def _check_terms_untouched(self, vals):
        if self.env.su or not TERMS.intersection(vals):
            return
        if closed := self.filtered(lambda promise: promise.state != "open")[:1]:
            raise UserError(
                self.env._(
                    "“%(name)s” is closed and stays as it was agreed. Reopen it first"
                    " if its terms must change.",
                    name=closed.name,
                )
            )
