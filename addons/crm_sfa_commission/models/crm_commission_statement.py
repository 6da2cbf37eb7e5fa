from collections import defaultdict
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ..tools.commission import SIZES, period_of

# Which state may follow which; what is confirmed never changes again.
MOVES = {"draft": {"confirmed"}, "confirmed": {"paid"}, "paid": set()}
FIXED = {"user_id", "company_id", "date_from", "date_to", "line_ids", "total"}


class CrmCommissionStatement(models.Model):
    """What a person earns in a period. A draft follows the documents; once confirmed it
    never changes, and what changes later comes as lines of the next one."""

    _name = "crm.commission.statement"
    _description = "Commission Statement"
    _inherit = ["mail.thread"]
    _order = "date_from desc, user_id, id"
    _rec_names_search = ["user_id.name"]
    _mail_post_access = "read"

    user_id = fields.Many2one(
        "res.users", "Person", required=True, readonly=True, index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date("To", required=True, readonly=True)
    state = fields.Selection(
        [("draft", "Draft"), ("confirmed", "Confirmed"), ("paid", "Paid")],
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
        help="Drafts are computed anew each day. Confirmed: it stays as it is.",
    )
    line_ids = fields.One2many("crm.commission.line", "statement_id", readonly=True)
    total = fields.Monetary("Earned", compute="_compute_total", store=True)
    skipped_count = fields.Integer("Left Out", compute="_compute_counts")
    is_running = fields.Boolean("Period Runs", compute="_compute_is_running")
    expected = fields.Monetary(
        compute="_compute_expected",
        help="What the open deals that are to close in this period would earn, by their"
        " probability. Quotas do not accelerate it.",
    )
    date_paid = fields.Date("Payment Date", readonly=True)

    _once = models.UniqueIndex(
        "(user_id, company_id, date_from, date_to)",
        "A person has one statement of a period.",
    )

    @api.depends("line_ids.amount")
    def _compute_total(self):
        for statement in self:
            statement.total = sum(statement.line_ids.mapped("amount"))

    @api.depends("line_ids.kind")
    def _compute_counts(self):
        for statement in self:
            skipped = statement.line_ids.filtered(lambda line: line.kind == "skipped")
            statement.skipped_count = len(skipped)

    @api.depends("date_from", "date_to")
    def _compute_is_running(self):
        today = fields.Date.context_today(self)
        for statement in self:
            ends = (statement.date_from, statement.date_to)
            statement.is_running = all(ends) and ends[0] <= today <= ends[1]

    @api.depends("user_id", "date_to")
    def _compute_expected(self):
        self.expected = 0
        for statement in self.filtered("is_running"):
            # The sum is of the person's own deals; a manager may see them all.
            leads = self.env["crm.lead"].sudo().with_company(statement.company_id)
            deals = leads.search(statement._deals_domain())
            statement.expected = sum(deals._commission_expected_amounts().values())

    @api.depends("user_id", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for statement in self:
            # Read first: it asks for the right, which the name presumes.
            period = statement._period_name()
            # Whoever reads a statement may know whose it is.
            name = statement.sudo().user_id.name
            statement.display_name = f"{name} · {period}"

    def write(self, vals):
        self.check_access("write")
        if "state" in vals:
            self._check_move(vals["state"])
        closed = self.filtered(lambda statement: statement.state != "draft")
        if closed and FIXED & set(vals):
            raise UserError(
                self.env._(
                    "%(statement)s is confirmed and stays as it is. What changes later"
                    " comes into the next one.",
                    statement=closed[0].display_name,
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        if closed := self.filtered(lambda statement: statement.state != "draft")[:1]:
            raise UserError(
                self.env._(
                    "%(statement)s is confirmed, and stays as history.",
                    statement=closed.display_name,
                )
            )

    def action_compute(self) -> None:
        """Make drafts anew from what the documents say now."""
        self.check_access("write")
        for statement in self._in_order():
            if statement.state == "draft":
                statement._compute_again()

    def action_confirm(self) -> None:
        """Close statements, the oldest first, and tell the people."""
        for statement in self._in_order():
            statement.state = "confirmed"
            statement.message_post(
                body=self.env._(
                    "%(statement)s is confirmed.", statement=statement.display_name
                ),
                partner_ids=statement.user_id.partner_id.ids,
            )
        # What they correct was valued by drafts until now.
        later = self.search(
            Domain("state", "=", "draft")
            & Domain("user_id", "in", self.user_id.ids)
            & Domain("company_id", "in", self.company_id.ids)
        )
        later.action_compute()

    def action_pay(self) -> None:
        """Note that statements are paid."""
        self.write({"state": "paid", "date_paid": fields.Date.context_today(self)})

    @api.readonly
    def action_open_lines(self) -> dict:
        """Open the lines, to sort and to sum them up."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_sfa_commission.crm_commission_line_action"
        )
        return action | {"domain": [("statement_id", "in", self.ids)], "context": {}}

    @api.readonly
    def action_open_deals(self) -> dict:
        """Open the deals of which more is expected."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Expected Deals"),
            "res_model": "crm.lead",
            "views": [(False, "list"), (False, "form")],
            "domain": list(self._deals_domain()),
            "context": {"create": False},
        }

    def _deals_domain(self) -> Domain:
        # A deal of no company is sold by the one that the person works in.
        return (
            Domain("type", "=", "opportunity")
            & Domain("won_status", "=", "pending")
            & Domain("user_id", "=", self.user_id.id)
            & Domain("company_id", "in", (self.company_id.id, False))
            & Domain("date_deadline", "<=", self.date_to)
        )

    def _in_order(self):
        return self.sorted(lambda statement: (statement.date_from, statement.id))

    def _check_move(self, state: str):
        for statement in self:
            if state not in MOVES[statement.state]:
                raise UserError(
                    self.env._(
                        "%(statement)s has moved on meanwhile. Reload the page.",
                        statement=statement.display_name,
                    )
                )
            if state == "confirmed":
                statement._check_may_confirm()

    def _check_may_confirm(self):
        if self.date_to >= fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "The period of %(statement)s is not over. Confirm it when it is.",
                    statement=self.display_name,
                )
            )
        if self.user_id in self._waiting_before(
            self.company_id, self.user_id, self.date_from
        ):
            raise UserError(
                self.env._(
                    "An older statement of %(person)s is still a draft. Confirm that"
                    " first: %(statement)s may correct it.",
                    person=self.user_id.name,
                    statement=self.display_name,
                )
            )

    def _compute_again(self):
        size = self._size()
        plans = self.env["crm.commission.plan"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("period", "=", size),
                ("member_ids.user_id", "=", self.user_id.id),
            ]
        )
        for root in (plans | self.line_ids.plan_id).root_id:
            root._compute_period(self.date_from, self.date_to, self.user_id)

    def _size(self) -> str | None:
        period = (self.date_from, self.date_to)
        sizes = (size for size in SIZES if period_of(self.date_from, size) == period)
        return next(sizes, None)

    @api.model
    def _of_period(self, company, date_from: date, date_to: date):
        return self.search(
            [
                ("company_id", "=", company.id),
                ("date_from", "=", date_from),
                ("date_to", "=", date_to),
            ]
        )

    @api.model
    def _closed_periods(self, company, users, since: date, before: date) -> dict:
        """Give the periods of people whose statements are closed."""
        closed = self.search(
            [
                ("company_id", "=", company.id),
                ("user_id", "in", users.ids),
                ("state", "!=", "draft"),
                ("date_from", ">=", since),
                ("date_to", "<", before),
            ]
        )
        periods = defaultdict(list)
        for statement in closed:
            period = (statement.date_from, statement.date_to)
            periods[statement.user_id].append(period)
        return periods

    @api.model
    def _waiting_before(self, company, users, day: date):
        """Give the people with an older draft: corrections go there."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("user_id", "in", users.ids),
                ("state", "=", "draft"),
                ("date_to", "<", day),
            ]
        ).user_id

    @api.model
    def _fill(self, company, date_from: date, date_to: date, lines: dict):
        """Put lines into the drafts of a period. One without any is kept as long as the
        period runs."""
        drafts = self._of_period(company, date_from, date_to).grouped("user_id")
        runs = date_from <= fields.Date.context_today(self) <= date_to
        missing = [u for u, vals in lines.items() if u not in drafts and (vals or runs)]
        made = self.create(
            [
                {
                    "user_id": user.id,
                    "company_id": company.id,
                    "date_from": date_from,
                    "date_to": date_to,
                }
                for user in missing
            ]
        )
        drafts |= made.grouped("user_id")
        self.env["crm.commission.line"].create(
            [
                line | {"statement_id": drafts[user].id}
                for user, vals in lines.items()
                for line in vals
            ]
        )
        found = self._of_period(company, date_from, date_to)
        empty = found.filtered(lambda s: s.state == "draft" and not s.line_ids)
        if not runs:
            empty.unlink()
        return found.exists()

    def _period_name(self) -> str:
        """Name the period: July 2026, or Q3 2026."""
        if not self.date_from or not self.date_to:
            return ""
        pattern = "LLLL y" if self._size() == "month" else "QQQ y"
        return format_date(self.env, self.date_from, date_format=pattern)
