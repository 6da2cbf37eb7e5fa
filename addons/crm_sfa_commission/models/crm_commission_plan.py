from datetime import date
from itertools import product

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools.misc import format_date

from odoo.addons.crm_sfa.tools.quota import next_month

from ..tools.commission import period_of

MEASURES = [
    ("order", "Order income"),
    ("invoiced", "Invoiced"),
    ("paid", "Paid invoices"),
    ("margin", "Margin of orders"),
]
ON_ORDERS = ("order", "margin")
# What all versions of a plan share: what they earn is compared over the years.
SHARED = ("measure", "period", "company_id")


class CrmCommissionPlan(models.Model):
    """What sales earn, from a day on. A change of what is paid is a new version: those
    that follow each other have the same ``root_id``, the first of them."""

    _name = "crm.commission.plan"
    _description = "Commission Plan"
    _inherit = ["mail.thread"]
    _order = "name, date_from desc, id desc"

    name = fields.Char(required=True, tracking=True)
    root_id = fields.Many2one(
        "crm.commission.plan",
        "First Version",
        readonly=True,
        copy=False,
        index=True,
        ondelete="cascade",
    )
    date_from = fields.Date(
        "In Force from",
        required=True,
        tracking=True,
        default=lambda self: self._default_date_from(),
        help="Periods that begin on this day or later are paid by this version, until"
        " the next one. A period that runs keeps the version it began with.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("running", "In Force")],
        required=True,
        default="draft",
        tracking=True,
        copy=False,
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    measure = fields.Selection(
        MEASURES,
        "Paid on",
        required=True,
        default="invoiced",
        help="All without tax, in the company's currency. Paid invoices count as a"
        " whole, on the day of the last payment.",
    )
    period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter")], required=True, default="month"
    )
    rate_ids = fields.One2many("crm.commission.rate", "plan_id", "Rates", copy=True)
    accelerator_ids = fields.One2many(
        "crm.commission.accelerator", "plan_id", "Accelerators", copy=True
    )
    override_rate = fields.Float(
        "Leader's Rate %",
        digits=(16, 2),
        help="What a member who leads a sales team earns on all that others sell for"
        " this team.",
    )
    member_ids = fields.One2many("crm.commission.member", "plan_id", "People")
    note = fields.Text("Agreed")
    is_used = fields.Boolean(
        "Used",
        compute="_compute_is_used",
        help="A statement that is confirmed was made by this version: it stays as it"
        " is.",
    )
    version_count = fields.Integer(compute="_compute_version_count")
    computed_on = fields.Date(copy=False, readonly=True)

    _rate_not_below_zero = models.Constraint(
        "CHECK(override_rate >= 0)", "A rate is not below zero."
    )

    @api.model
    def _default_date_from(self):
        return next_month(fields.Date.context_today(self))

    def _compute_is_used(self):
        used = (
            self.env["crm.commission.line"]
            .sudo()  # whether, not for whom
            ._read_group(
                [("plan_id", "in", self.ids), ("statement_id.state", "!=", "draft")],
                ["plan_id"],
            )
        )
        used_ids = {plan.id for (plan,) in used}
        for plan in self:
            plan.is_used = plan.id in used_ids

    def _compute_version_count(self):
        counts = dict(
            self.with_context(active_test=False)._read_group(
                [("root_id", "in", self.root_id.ids)], ["root_id"], ["__count"]
            )
        )
        for plan in self:
            plan.version_count = counts.get(plan.root_id, 0)

    @api.depends("name", "date_from")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for plan in self:
            since = format_date(self.env, plan.date_from) if plan.date_from else ""
            plan.display_name = f"{plan.name or ''} ({since})"

    @api.constrains("root_id", *SHARED)
    def _check_shared(self):
        for plan in self.root_id:
            versions = self._versions(plan)
            if any(len({version[name] for version in versions}) > 1 for name in SHARED):
                raise ValidationError(
                    self.env._(
                        "All versions of %(plan)s are paid on the same, in the same"
                        " period and company. Make another plan instead.",
                        plan=plan.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_force(self):
        if running := self.filtered(lambda plan: plan.state == "running")[:1]:
            raise UserError(
                self.env._(
                    "%(plan)s is in force. Put it back to draft to delete it, or"
                    " archive it.",
                    plan=running.display_name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        plans = super().create(vals_list)
        for plan in plans.filtered(lambda plan: not plan.root_id):
            plan.root_id = plan
        return plans

    def write(self, vals):
        if vals.get("state") == "draft":
            self._check_not_used()
        fixed = {"date_from", "override_rate", "root_id", *SHARED} & set(vals)
        if fixed:
            self.filtered(
                lambda plan: any(plan._differs(name, vals[name]) for name in fixed)
            )._check_draft()
        drafts = self.filtered(lambda plan: plan.state == "draft")
        result = super().write(vals)
        drafts.filtered(lambda plan: plan.state == "running")._check_may_run()
        return result

    def copy_data(self, default=None):
        data = super().copy_data(default)
        if "name" in (default or {}) or self.env.context.get("crm_new_version"):
            return data
        return [
            vals | {"name": self.env._("%(plan)s (copy)", plan=plan.name)}
            for plan, vals in zip(self, data, strict=True)
        ]

    # States

    def action_confirm(self) -> None:
        """Put plans in force, if they say what is paid without gap or overlap."""
        self.filtered(lambda plan: plan.state == "draft").state = "running"

    def action_draft(self) -> None:
        """Take plans back to change them, if no confirmed statement has them."""
        self.write({"state": "draft"})

    def action_new_version(self) -> dict:
        """Open a draft of the next version, to hold from the next period on."""
        self.ensure_one()
        last = max(self._versions(self.root_id).mapped("date_from"))
        today = fields.Date.context_today(self)
        start = next_month(period_of(max(last, today), self.period)[1])
        version = self.with_context(crm_new_version=True).copy({"date_from": start})
        version.root_id = self.root_id
        for member in self.member_ids:
            if not member.date_to or member.date_to >= start:
                member.copy({"plan_id": version.id})
        return version._open(self.env._("New Version"))

    @api.readonly
    def action_open_versions(self) -> dict:
        """Open all versions of a plan."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Versions of %(plan)s", plan=self.name),
            "res_model": self._name,
            "views": [(False, "list"), (False, "form")],
            "domain": [("root_id", "=", self.root_id.id)],
            "context": {"active_test": False},
        }

    def _open(self, name: str) -> dict:
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    # Checks

    def _check_draft(self):
        """What is in force does not change under the people who are paid by it."""
        running = self.filtered(lambda plan: plan.state == "running")
        running._check_not_used()
        if running:
            raise UserError(
                self.env._(
                    "%(plan)s is in force. Put it back to draft to change it.",
                    plan=running[0].display_name,
                )
            )

    def _check_not_used(self):
        if used := self.filtered("is_used")[:1]:
            raise UserError(
                self.env._(
                    "A confirmed statement was made by %(plan)s, which stays as it is."
                    " Make a new version, to hold from a later period on.",
                    plan=used.display_name,
                )
            )

    def _check_may_run(self):
        for plan in self:
            plan._check_pays()
            plan.rate_ids._check_tiers()
            plan._check_start()
        self._check_people()

    def _check_pays(self):
        if not self.rate_ids and not self.override_rate:
            raise ValidationError(
                self.env._(
                    "%(plan)s has no rate. Say what is paid for which goods, or what"
                    " the leader of a team earns.",
                    plan=self.display_name,
                )
            )

    def _check_start(self):
        """A version begins with a period that no statement has closed."""
        if period_of(self.date_from, self.period)[0] != self.date_from:
            raise ValidationError(
                self.env._(
                    "%(plan)s is to begin with a period, for a period has one version"
                    " only: choose the first day of a month or quarter.",
                    plan=self.display_name,
                )
            )
        others = self._versions(self.root_id) - self
        if self.date_from in others.mapped("date_from"):
            raise ValidationError(
                self.env._(
                    "Another version of %(plan)s begins on the same day.",
                    plan=self.display_name,
                )
            )
        closed = self.env["crm.commission.line"].search_count(
            [
                ("root_id", "=", self.root_id.id),
                ("statement_id.state", "!=", "draft"),
                ("statement_id.date_from", ">=", self.date_from),
            ],
            limit=1,
        )
        if closed:
            raise ValidationError(
                self.env._(
                    "Statements that are confirmed begin after %(plan)s. Let it begin"
                    " later.",
                    plan=self.display_name,
                )
            )

    def _check_people(self):
        """Refuse that somebody is paid by two plans for the same sales."""
        for plan in self.filtered("active"):
            others = self.search(
                [
                    ("state", "=", "running"),
                    ("company_id", "=", plan.company_id.id),
                    ("measure", "=", plan.measure),
                    ("root_id", "!=", plan.root_id.id),
                    ("member_ids.user_id", "in", plan.member_ids.user_id.ids),
                ]
            )
            for other in others:
                plan._check_people_with(other)

    def _check_people_with(self, other):
        goods = self._common_goods(other)
        for one, two in product(self.member_ids, other.member_ids):
            if goods and one.user_id == two.user_id and one._overlaps(two):
                raise ValidationError(
                    self.env._(
                        "%(person)s would be paid twice for the same: %(goods)s, by"
                        " %(one)s and by %(other)s. End one of the memberships, or"
                        " limit the goods.",
                        person=one.user_id.name,
                        goods=goods,
                        one=self.display_name,
                        other=other.display_name,
                    )
                )

    def _common_goods(self, other) -> str | None:
        """Name what both plans pay for."""
        for one, two in product(self.rate_ids, other.rate_ids):
            if one._overlaps(two):
                narrow = one if one.product_tmpl_id or one.categ_id else two
                return narrow.display_name
        both = self.override_rate and other.override_rate
        return self.env._("the sales of the team") if both else None

    # Versions in time

    def _differs(self, name: str, value) -> bool:
        field = self._fields[name]
        return field.convert_to_write(self[name], self) != field.convert_to_write(
            field.convert_to_record(field.convert_to_cache(value, self), self), self
        )

    @api.model
    def _versions(self, root):
        versions = self.with_context(active_test=False)
        return versions.search([("root_id", "in", root.ids)])

    def _ends_before(self) -> date | None:
        """Give the day on which the next version in force begins."""
        later = [
            version.date_from
            for version in self._versions(self.root_id)
            if version.state == "running"
            and self.date_from
            and version.date_from > self.date_from
        ]
        return min(later, default=None)

    @api.model
    def _in_force_on(self, day: date, domain=Domain.TRUE):
        """Give the version in force of each plan for the period that has the day."""
        plans = self.search(
            Domain("state", "=", "running") & Domain("date_from", "<=", day) & domain,
            order="date_from desc",
        )
        found = self.browse()
        for versions in plans.grouped("root_id").values():
            start = period_of(day, versions[0].period)[0]
            found |= versions.filtered(lambda p, d=start: p.date_from <= d)[:1]
        return found

    def _members_in(self, date_from: date, date_to: date):
        """Give the members who are paid for some day of a period, by their people."""
        return self.member_ids.filtered(
            lambda member: (
                (member.date_from or date_from) <= date_to
                and (member.date_to or date_to) >= date_from
            )
        ).grouped("user_id")
