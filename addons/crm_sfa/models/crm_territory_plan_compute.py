from collections import defaultdict
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_base.tools.territory import Address, Matcher

from ..tools.rate import at_rate
from ..tools.results import variation
from .crm_territory_plan_line import FIGURES

COUNTED = FIGURES[:-1]


class Group(NamedTuple):
    """Customers of one territory and one address, with what they bring together."""

    territory: int | None
    by_hand: bool
    address: Address
    ids: list[int]
    figures: tuple


class CrmTerritoryPlan(models.Model):
    """What a plan would mean, found without writing to any customer.

    One query sums customers up by territory and address; each address is looked up
    once in the rules of the draft; one more query notes those who move.
    """

    _inherit = "crm.territory.plan"

    def action_compute(self) -> None:
        """Find what the draft would mean."""
        self._check_draft()
        for plan in self:
            plan._check_names()
            plan._forget_result()
            plan._find_result()
            plan.write({"computed_at": fields.Datetime.now(), "is_stale": False})

    def _check_names(self):
        seen = set()
        for line in self.line_ids:
            key = (line.name, line.parent_id)
            if key in seen:
                raise UserError(
                    self.env._(
                        "Two territories of the plan are named %(name)s. Give one of"
                        " them another name.",
                        name=line.name,
                    )
                )
            seen.add(key)

    def _find_result(self):
        of_territory = {
            line.territory_id.id: line for line in self.line_ids if line.territory_id
        }
        lines = {line.id: line for line in self.line_ids}
        find = Matcher(rule._rule() for rule in self.rule_ids).find
        before, after = _sums(), _sums()
        moved = []
        for group in self._groups():
            origin = of_territory.get(group.territory, self.line_ids.browse())
            target = (
                origin
                if group.by_hand
                else lines.get(find(group.address), origin.browse())
            )
            _add(before[origin], group.figures)
            _add(after[target], group.figures)
            if origin != target or origin.user_before_id != target.user_id:
                moved.append((group.ids, origin, target))
        self._write_lines(before, after)
        self._write_owners(before, after)
        self._write_moves(moved)

    def _groups(self) -> list[Group]:
        """Sum up customers by territory and address in one query."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT territory_id, territory_manual IS TRUE, company_id, country_id,
                    state_id, zip, industry_id, array_agg(id), count(*)::int,
                    (count(*) FILTER (WHERE value_class = 'a'))::int,
                    sum(income)::float, sum(pipeline)::float, sum(activities)::int
                FROM (%s) AS customer GROUP BY 1, 2, 3, 4, 5, 6, 7
                """,
                self._customers_sql(),
            )
        )
        return [
            Group(row[0], row[1], Address(*row[2:7]), row[7], row[8:]) for row in rows
        ]

    def _customers_sql(self) -> SQL:
        """The customers whom the territories hold, with what each of them brings."""
        since = fields.Date.context_today(self) - relativedelta(years=1)
        return SQL(
            """
            SELECT partner.id, partner.territory_id, partner.territory_manual,
                partner.company_id, partner.country_id, partner.state_id, partner.zip,
                partner.industry_id, partner.value_class ->> %(company_key)s
                    AS value_class,
                COALESCE(sold.amount, 0) AS income,
                COALESCE(deal.amount, 0) AS pipeline,
                COALESCE(deal.activities, 0) + COALESCE(planned.activities, 0)
                    AS activities
            FROM res_partner AS partner
            LEFT JOIN (
                SELECT person.commercial_partner_id AS id, sum(%(amount)s) AS amount
                FROM sale_order AS doc
                JOIN res_partner AS person ON person.id = doc.partner_id
                WHERE doc.state = 'sale' AND doc.company_id = %(company)s
                AND doc.date_order >= %(since)s
                GROUP BY 1
            ) AS sold ON sold.id = partner.id
            LEFT JOIN (
                SELECT person.commercial_partner_id AS id,
                    sum(doc.expected_revenue) AS amount, sum(activity.count)
                        AS activities
                FROM crm_lead AS doc
                JOIN res_partner AS person ON person.id = doc.partner_id
                LEFT JOIN (
                    SELECT res_id, count(*) FROM mail_activity
                    WHERE res_model = 'crm.lead' AND active GROUP BY 1
                ) AS activity ON activity.res_id = doc.id
                WHERE doc.active AND doc.won_status = 'pending'
                AND doc.type = 'opportunity'
                AND (doc.company_id = %(company)s OR doc.company_id IS NULL)
                GROUP BY 1
            ) AS deal ON deal.id = partner.id
            LEFT JOIN (
                SELECT person.commercial_partner_id AS id, count(*) AS activities
                FROM mail_activity AS activity
                JOIN res_partner AS person ON person.id = activity.res_id
                WHERE activity.res_model = 'res.partner' AND activity.active
                GROUP BY 1
            ) AS planned ON planned.id = partner.id
            WHERE partner.active AND partner.partner_share
            AND (partner.is_company OR partner.parent_id IS NULL)
            AND (partner.company_id = %(company)s OR partner.company_id IS NULL)
            """,
            amount=at_rate(SQL("doc.amount_untaxed"), SQL("doc.currency_rate")),
            company_key=str(self.company_id.id),
            company=self.company_id.id,
            since=since,
        )

    def _write_lines(self, before, after):
        quotas = self._quotas_of("territory_id")
        for line in self.line_ids:
            quota = quotas.get(line.territory_id.id, 0) if line.territory_id else 0
            line.write(_vals(before[line], after[line], quota))
        nowhere = self.line_ids.browse()
        self.outside_before = before[nowhere]["customers"]
        self.outside_after = after[nowhere]["customers"]

    def _write_owners(self, before, after):
        was, will = _sums(), _sums()
        for line, figures in before.items():
            _add(was[line.user_before_id], figures.values())
        for line, figures in after.items():
            _add(will[line.user_id], figures.values())
        quotas = self._quotas_of("user_id")
        owners = (self.line_ids.user_before_id | self.line_ids.user_id).sorted("id")
        # Nobody writes results by hand.
        self.sudo().owner_ids = [
            Command.create(
                {"user_id": user.id}
                | _vals(was[user], will[user], quotas.get(user.id, 0))
            )
            for user in owners
        ]
        self.balance_before = variation(
            [was[user]["income"] for user in self.line_ids.user_before_id]
        )
        self.balance_after = variation(
            [will[user]["income"] for user in self.line_ids.user_id]
        )

    def _quotas_of(self, field: str) -> dict[int, float]:
        """Sum up today's quotas of order income, wholes only."""
        today = fields.Date.context_today(self)
        quotas = self.env["crm.quota"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("metric", "=", "order"),
                ("state", "=", "running"),
                ("date_from", "<=", today),
                ("date_to", ">=", today),
                (field, "!=", False),
            ]
        )
        found = defaultdict(float)
        for quota in quotas:
            # A part of a quota of the same person is in that one already.
            if quota.parent_id[field] != quota[field]:
                found[quota[field].id] += quota.amount
        return found

    def _write_moves(self, moved):
        """Note the customers who move, however many, by one query."""
        columns = [[], [], []]
        for ids, origin, target in moved:
            columns[0] += ids
            columns[1] += [origin.id or None] * len(ids)
            columns[2] += [target.id or None] * len(ids)
        if not columns[0]:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_territory_plan_move (plan_id, company_id, partner_id,
                    line_from_id, line_to_id, user_from_id, user_to_id, is_other_owner,
                    value_class, income, pipeline, activities, create_uid, create_date,
                    write_uid, write_date)
                SELECT %(plan)s, %(company)s, customer.id, origin.id, target.id,
                    origin.user_before_id, target.user_id,
                    origin.user_before_id IS DISTINCT FROM target.user_id,
                    customer.value_class, customer.income, customer.pipeline,
                    customer.activities, %(uid)s, %(now)s, %(uid)s, %(now)s
                FROM unnest(%(ids)s::int[], %(origins)s::int[], %(targets)s::int[])
                    AS moved (id, origin_id, target_id)
                JOIN (%(customers)s) AS customer ON customer.id = moved.id
                LEFT JOIN crm_territory_plan_line AS origin
                    ON origin.id = moved.origin_id
                LEFT JOIN crm_territory_plan_line AS target
                    ON target.id = moved.target_id
                """,
                plan=self.id,
                company=self.company_id.id,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                ids=columns[0],
                origins=columns[1],
                targets=columns[2],
                customers=self._customers_sql(),
            )
        )
        self.invalidate_recordset(["move_ids", "moved_count", "important_count"])


def _sums() -> defaultdict:
    return defaultdict(lambda: dict.fromkeys(COUNTED, 0))


def _add(sums: dict, figures) -> None:
    for name, value in zip(COUNTED, figures, strict=True):
        sums[name] += value


def _vals(before: dict, after: dict, quota: float) -> dict:
    """Give the figures of both sides; the quota after follows the income."""
    vals = {f"{name}_before": before[name] for name in COUNTED}
    vals |= {f"{name}_after": after[name] for name in COUNTED}
    follows = after["income"] / before["income"] if before["income"] else 1
    return vals | {"quota_before": quota, "quota_after": quota * follows}
