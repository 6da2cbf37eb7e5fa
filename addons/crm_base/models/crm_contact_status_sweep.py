from datetime import datetime, timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

# What the sweep writes, beside customer and company.
COLUMNS = (
    "policy_id",
    "user_id",
    "value_class",
    "last_contact_date",
    "next_contact_due",
    "contacts_in_period",
    "is_too_often",
    "missing_step_count",
    "missing_steps",
    "uninvoiced_amount",
)


class CrmContactStatus(models.Model):
    """The sweep: the state of all customers in two statements.

    The first gives each customer the policy that rules him, joins his contacts, and
    writes what has changed. The second writes the dates on the customers. Run twice,
    the second run writes nothing.
    """

    _inherit = "crm.contact.status"

    @api.model
    def _cron_sweep(self):
        """Bring everything up to date; ir.cron lets one such job run at a time."""
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=2)
        now = fields.Datetime.now()
        self._sweep_statuses(now)
        commit(1)
        self._sweep_customers(now)
        commit(1)

    @api.model
    def _sweep(self):
        """Do the same at once, within the transaction."""
        now = fields.Datetime.now()
        self._sweep_statuses(now)
        self._sweep_customers(now)

    def _sweep_statuses(self, now: datetime):
        self.env.flush_all()
        in_use = [("company_id.active", "=", True)]
        # The sweep is for all companies.
        policies = self.env["crm.contact.policy"].sudo().search(in_use)
        columns = [SQL.identifier(name) for name in COLUMNS]
        old = [SQL.identifier("crm_contact_status", name) for name in COLUMNS]
        new = [SQL.identifier("fresh", name) for name in COLUMNS]
        if not policies:
            self.env.execute_query(SQL("DELETE FROM crm_contact_status RETURNING id"))
            self.invalidate_model()
            return
        self._write_many(
            SQL(
                """WITH %(parts)s, removed AS (
                    DELETE FROM crm_contact_status
                    WHERE (partner_id, company_id) NOT IN (
                        SELECT partner_id, company_id FROM fresh)
                )
                INSERT INTO crm_contact_status (partner_id, company_id, %(columns)s)
                SELECT fresh.partner_id, fresh.company_id, %(new)s FROM fresh
                LEFT JOIN crm_contact_status USING (partner_id, company_id)
                WHERE crm_contact_status.id IS NULL
                OR (%(old)s) IS DISTINCT FROM (%(new)s)
                ON CONFLICT (partner_id, company_id) DO UPDATE SET %(set)s
                RETURNING id""",
                parts=self._sweep_parts(policies, now),
                columns=SQL(", ").join(columns),
                old=SQL(", ").join(old),
                new=SQL(", ").join(new),
                set=SQL(", ").join(
                    SQL("%s = excluded.%s", column, column) for column in columns
                ),
            )
        )
        self.invalidate_model()

    def _sweep_customers(self, now: datetime):
        """Write last and next contact on all customers, those without a policy too."""
        self.env.flush_all()
        self._write_many(
            SQL(
                """WITH contacts AS (%(contacts)s)
                UPDATE res_partner SET
                    last_contact_date = fresh.last, next_contact_date = fresh.next
                FROM (
                    SELECT customer.id, latest.last, due.next
                    FROM res_partner AS customer
                    LEFT JOIN (
                        SELECT partner_id, max(date) AS last FROM contacts GROUP BY 1
                    ) AS latest ON latest.partner_id = customer.id
                    LEFT JOIN (
                        SELECT partner_id, min(next_contact_due) AS next
                        FROM crm_contact_status GROUP BY 1
                    ) AS due ON due.partner_id = customer.id
                ) AS fresh
                WHERE res_partner.id = fresh.id
                AND (res_partner.last_contact_date, res_partner.next_contact_date)
                    IS DISTINCT FROM (fresh.last, fresh.next)
                RETURNING res_partner.id""",
                contacts=self._human_contacts_sql(now),
            )
        )
        self.env["res.partner"].invalidate_model(
            ["last_contact_date", "next_contact_date"]
        )

    def _write_many(self, statement: SQL):
        """Run a statement over all customers without nested loops.

        PostgreSQL takes the parts of the query for a row or two each, and would go
        through one for every row of another: minutes instead of seconds.
        """
        self.env.cr.execute("SET LOCAL enable_nestloop TO off")
        self.env.execute_query(statement)
        self.env.cr.execute("SET LOCAL enable_nestloop TO DEFAULT")

    # The parts of the query

    def _sweep_parts(self, policies, now: datetime) -> SQL:
        """Give the tables that the sweep is made of; ``fresh`` is its result."""
        parts = {
            "contacts": self._human_contacts_sql(now),
            "policy": self._policies_sql(policies, now),
            "step": self._steps_sql(policies.step_ids, now),
            "customer": self._customers_sql(policies, now),
            "counted": self._counted_sql(),
            "newest": self._newest_sql(),
            "recent": self._recent_sql(),
            "missing": self._missing_sql(),
            "uninvoiced": self._uninvoiced_sql(),
            "fresh": self._fresh_sql(),
        }
        return SQL(", ").join(
            SQL("%s AS MATERIALIZED (%s)", SQL.identifier(name), part)
            if name in {"contacts", "customer", "fresh"}
            else SQL("%s AS (%s)", SQL.identifier(name), part)
            for name, part in parts.items()
        )

    def _contacts_sql(self) -> SQL:
        """Give everything on the time line but private meetings: the sweep has no
        reader, and its result is there for all."""
        return SQL(
            """SELECT date, kind, direction, commercial_partner_id, company_id,
                res_model, res_id
            FROM crm_timeline WHERE NOT (res_model = 'calendar.event' AND res_id IN
                (SELECT id FROM calendar_event WHERE privacy = 'private'))"""
        )

    def _human_contacts_sql(self, now: datetime) -> SQL:
        """Give the contacts between people, of which none is to come yet."""
        return SQL(
            """SELECT date_trunc('second', contact.date) AS date, kind.id AS kind_id,
                contact.direction, contact.commercial_partner_id AS partner_id,
                contact.company_id, contact.res_model, contact.res_id
            FROM (%s) AS contact
            JOIN crm_contact_kind AS kind ON kind.code = contact.kind
            WHERE contact.date <= %s""",
            self._contacts_sql(),
            now,
        )

    def _policies_sql(self, policies, now: datetime) -> SQL:
        rows = [
            SQL(
                "(%s, %s, %s::int[], %s, %s::int[], %s::timestamp, %s)",
                policy.id,
                policy.min_days,
                policy.kind_ids.ids,
                policy.max_contacts,
                (policy.max_kind_ids or policy.max_kind_ids.search([])).ids,
                now - timedelta(days=policy.max_period),
                policy._tz_name(policy.company_id),
            )
            for policy in policies
        ]
        return SQL(
            """SELECT * FROM (VALUES %s) AS policy (
                id, min_days, kind_ids, max_contacts, max_kind_ids, since, tz)""",
            SQL(", ").join(rows),
        )

    def _steps_sql(self, steps, now: datetime) -> SQL:
        """Give the yearly contacts of this year whose months have begun."""
        windows = [(step, *self._window(step, now)) for step in steps]
        begun = [window for window in windows if window[1] <= now]
        return SQL(
            """SELECT * FROM unnest(
                %s::int[], %s::int[], %s::int[], %s::varchar[],
                %s::timestamp[], %s::timestamp[]
            ) AS step (id, policy_id, kind_id, name, opens, closes)""",
            [step.id for step, _opens, _closes in begun],
            [step.policy_id.id for step, _opens, _closes in begun],
            [step.kind_id.id for step, _opens, _closes in begun],
            [step.name for step, _opens, _closes in begun],
            [opens for _step, opens, _closes in begun],
            [closes for _step, _opens, closes in begun],
        )

    def _window(self, step, now: datetime) -> tuple[datetime, datetime]:
        """Give when the months of a yearly contact begin and end this year, in UTC."""
        tz = pytz.timezone(step.policy_id._tz_name(step.policy_id.company_id))
        year = pytz.utc.localize(now).astimezone(tz).year
        first, last = int(step.month_from), int(step.month_to)
        bounds = (
            datetime(year, first, 1),
            datetime(year + last // 12, last % 12 + 1, 1),
        )
        return tuple(
            tz.localize(bound).astimezone(pytz.utc).replace(tzinfo=None)
            for bound in bounds
        )

    def _customers_sql(self, policies, now: datetime) -> SQL:
        """Give each customer of each company with the policy that rules him."""
        branches = [
            self._customers_of_company_sql(company, of_company, now)
            for company, of_company in policies.grouped("company_id").items()
        ]
        return SQL(
            "SELECT * FROM (%s) AS ruled WHERE policy_id IS NOT NULL",
            SQL(" UNION ALL ").join(branches),
        )

    def _customers_of_company_sql(self, company, policies, now: datetime) -> SQL:
        # The sweep has no reader; what it writes is shown by rules of its own.
        partners = self.env["res.partner"].sudo().with_company(company)
        table = partners._table
        query = partners._search(policies._customers_of(company))
        query.add_where(SQL("res_partner.commercial_partner_id = res_partner.id"))
        cases = [
            SQL(
                "WHEN %s THEN %s",
                policy._customer_conditions()
                .optimize_full(partners)
                ._to_sql(partners, table, query),
                policy.id,
            )
            for policy in policies.sorted()
        ]
        return query.select(
            SQL("res_partner.id AS partner_id"),
            SQL("%s AS company_id", company.id),
            SQL("CASE %s END AS policy_id", SQL(" ").join(cases)),
            SQL("res_partner.user_id"),
            SQL("%s AS value_class", partners._field_to_sql(table, "value_class")),
            SQL("COALESCE(res_partner.create_date, %s) AS entered", now),
        )

    def _counted_sql(self) -> SQL:
        """Give the contacts of each customer that his policy's company may count: its
        own, and those that belong to no company."""
        return SQL(
            """SELECT customer.partner_id, customer.company_id, customer.policy_id,
                contacts.date, contacts.kind_id, contacts.direction,
                contacts.res_model, contacts.res_id
            FROM customer JOIN contacts ON contacts.partner_id = customer.partner_id
            AND (contacts.company_id IS NULL
                OR contacts.company_id = customer.company_id)"""
        )

    def _newest_sql(self) -> SQL:
        """Give the last contact of a kind that the policy asks for."""
        return SQL(
            """SELECT partner_id, company_id, max(date) AS date
            FROM counted JOIN policy ON policy.id = policy_id
            WHERE kind_id = ANY(kind_ids)
            GROUP BY partner_id, company_id"""
        )

    def _recent_sql(self) -> SQL:
        """Count our contacts in the period of the limit; a mail to two people of the
        customer is one."""
        return SQL(
            """SELECT partner_id, company_id,
                count(DISTINCT (res_model, res_id)) AS contacts
            FROM counted JOIN policy ON policy.id = policy_id
            WHERE direction = 'out' AND date > since AND kind_id = ANY(max_kind_ids)
            GROUP BY partner_id, company_id"""
        )

    def _missing_sql(self) -> SQL:
        """Give the yearly contacts that were not made; not to who came later."""
        return SQL(
            """SELECT partner_id, company_id, count(*) AS steps,
                string_agg(step.name, ', ' ORDER BY step.opens, step.id) AS names
            FROM customer JOIN step USING (policy_id)
            WHERE customer.entered < step.closes AND NOT EXISTS (
                SELECT FROM contacts
                WHERE contacts.partner_id = customer.partner_id
                AND contacts.kind_id = step.kind_id
                AND contacts.date >= step.opens AND contacts.date < step.closes
                AND (contacts.company_id IS NULL
                    OR contacts.company_id = customer.company_id))
            GROUP BY partner_id, company_id"""
        )

    def _uninvoiced_sql(self) -> SQL:
        """Give what was delivered to a customer and not invoiced: ``partner_id`` (the
        commercial partner), ``company_id``, ``amount`` in the company's currency.

        Nobody invoices here; the addon that knows of orders overrides it.
        """
        return SQL(
            """SELECT NULL::int AS partner_id, NULL::int AS company_id,
                NULL::numeric AS amount WHERE FALSE"""
        )

    def _fresh_sql(self) -> SQL:
        return SQL(
            """SELECT customer.partner_id, customer.company_id, customer.policy_id,
                customer.user_id, customer.value_class,
                newest.date AS last_contact_date,
                (COALESCE(newest.date, customer.entered)
                    AT TIME ZONE 'UTC' AT TIME ZONE policy.tz)::date
                    + policy.min_days AS next_contact_due,
                COALESCE(recent.contacts, 0) AS contacts_in_period,
                policy.max_contacts > 0 AND COALESCE(recent.contacts, 0)
                    > policy.max_contacts AS is_too_often,
                COALESCE(missing.steps, 0) AS missing_step_count,
                missing.names AS missing_steps,
                COALESCE(uninvoiced.amount, 0) AS uninvoiced_amount
            FROM customer JOIN policy ON policy.id = customer.policy_id
            LEFT JOIN newest USING (partner_id, company_id)
            LEFT JOIN recent USING (partner_id, company_id)
            LEFT JOIN missing USING (partner_id, company_id)
            LEFT JOIN uninvoiced USING (partner_id, company_id)"""
        )
