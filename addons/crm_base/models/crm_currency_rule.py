from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import ormcache

from .crm_contact_point import KINDS
from .res_partner import VALUE_CLASSES

TASKS_A_DAY = 10


class Age(NamedTuple):
    """What a rule says: a detail of customers of a class grows at most so old."""

    kind: str
    value_class: str | bool
    max_days: int


class CrmCurrencyRule(models.Model):
    """How old the confirmation of a contact detail may grow, by value of the customer,
    and whether confirming it anew becomes somebody's task."""

    _name = "crm.currency.rule"
    _description = "Maximum Age of a Contact Detail"
    _order = "kind, value_class"
    _rec_name = "kind"

    kind = fields.Selection(KINDS, "Detail", required=True, default="phone")
    value_class = fields.Selection(
        VALUE_CLASSES,
        help="Only customers of this class. Empty: all classes without an own rule.",
    )
    max_days = fields.Integer(
        "Days",
        required=True,
        default=365,
        help="A confirmation that is older counts no longer.",
    )
    has_tasks = fields.Boolean(
        "Task",
        help="Confirming a stale detail becomes a task of the salesperson.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Otherwise",
        domain="[('share', '=', False)]",
        help="Whose task it is where a customer has no salesperson. Empty: nobody's.",
    )

    _days_positive = models.Constraint(
        "CHECK (max_days > 0)", "A confirmation must last for one day at least."
    )
    _once = models.UniqueIndex(
        "(kind, COALESCE(value_class, ''))",
        "There is a rule for this detail and class already. Change that one.",
    )

    @api.model
    def _stale_domain(self, kind: str) -> Domain:
        """The contacts whose detail has not been confirmed lately by one of the rules
        for it, in the company that one works in."""
        return Domain.OR(self._older_domain(age) for age in self._of_kind(kind))

    def _stale_by_rule_domain(self) -> Domain:
        return self._older_domain(self._age())

    def _age(self) -> Age:
        self.ensure_one()
        return Age(self.kind, self.value_class, self.max_days)

    @api.model
    def _older_domain(self, age: Age) -> Domain:
        oldest = fields.Datetime.now() - timedelta(days=age.max_days)
        is_fresh = Domain(
            "contact_point_ids",
            "any",
            [
                ("kind", "=", age.kind),
                ("state", "=", "confirmed"),
                ("confirmed_date", ">=", oldest),
            ],
        )
        return self._applies_domain(age) & ~is_fresh

    @api.model
    def _applies_domain(self, age: Age) -> Domain:
        has_detail = self.env["res.partner"]._has_detail_domain(age.kind)
        if age.value_class:
            return has_detail & Domain("value_class", "=", age.value_class)
        others = [one.value_class for one in self._of_kind(age.kind) if one.value_class]
        return has_detail & Domain("value_class", "not in", others)

    @api.model
    def _of_kind(self, kind: str) -> list[Age]:
        return [age for age in self._ages() if age.kind == kind]

    @api.model
    @ormcache()
    def _ages(self) -> tuple[Age, ...]:
        """What all rules say; remembered, for each card asks."""
        # Whoever sees a contact sees that a detail of it is stale.
        return tuple(rule._age() for rule in self.sudo().search(Domain.TRUE))

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # Tasks

    @api.model
    def _cron_plan_tasks(self):
        """Close the tasks that are done otherwise, and give everybody the next few."""
        commit = self.env["ir.cron"]._commit_progress
        companies = self.env["res.company"].search(Domain.TRUE)
        rules = self.search([("has_tasks", "=", True)])
        commit(remaining=len(companies) * len(rules) + 1)
        self.env["res.partner"]._drop_needless_confirm_tasks()
        commit(1)
        for company in companies:
            for rule in rules.with_company(company):
                # Two at once would give each task twice.
                if rule.try_lock_for_update():
                    rule._plan_tasks()
                if not commit(1):
                    return

    def _plan_tasks(self):
        """Plan the tasks of one rule: first for the best customers, each employee at
        most so many a day, each detail once."""
        self.ensure_one()
        due = self._due_domain()
        partners = self.env["res.partner"]
        owners = [owner for (owner,) in partners._read_group(due, ["user_id"])]
        for owner in owners:
            user = owner or self.user_id
            limit = self._tasks_left(user)
            if limit > 0:
                found = partners.search(
                    due & Domain("user_id", "=", owner.id),
                    limit=limit,
                    order="value_class, id",
                )
                found._plan_confirm_tasks(self.kind, user)
        for partner in partners.search(self._stale_by_rule_domain() & self._own()):
            partner._plan_confirm_tasks(self.kind, partner.user_ids[:1])

    def _due_domain(self) -> Domain:
        partners = self.env["res.partner"]
        return Domain.AND(
            [
                self._stale_by_rule_domain(),
                partners._without_task_domain(self.kind),
                Domain("partner_share", "=", True),
                Domain("company_id", "in", [self.env.company.id, False]),
            ]
        )

    def _own(self) -> Domain:
        """Our own people, whose details are their own task."""
        return Domain("partner_share", "=", False) & self.env[
            "res.partner"
        ]._without_task_domain(self.kind)

    def _tasks_left(self, user) -> int:
        """So many tasks more may be given to an employee today."""
        if not user or not user.active or user.share:
            return 0
        given = self.env["mail.activity"].with_context(active_test=False)
        domain = [
            ("user_id", "=", user.id),
            ("activity_type_id", "in", self.env["res.partner"]._confirm_types().ids),
            ("create_date", ">=", "today"),
        ]
        return self._tasks_a_day() - given.search_count(domain)

    @api.model
    def _tasks_a_day(self) -> int:
        """So many tasks an employee may be given on one day."""
        # Settings are for administrators to read.
        given = self.env["ir.config_parameter"].sudo()
        most = given.get_param("crm_base.confirm_tasks_a_day") or ""
        return int(most) if most.isdecimal() else TASKS_A_DAY
