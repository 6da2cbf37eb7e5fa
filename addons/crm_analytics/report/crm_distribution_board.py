from datetime import date

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.distribution import gini, lorenz, top_share

TOPS = (1, 10, 20)
# By what customers are told apart, and with which field of the report.
DIMENSIONS = ("territory_id", "country_id", "industry_id", "size", "value_class")
CATEGORY = "categ_id"


class CrmDistribution(models.Model):
    """The page of the distribution: who has how much of the turnover of a period."""

    _inherit = "crm.distribution"

    @api.model
    @api.readonly
    def read_distribution(
        self,
        by: str = "country_id",
        date_from: str | None = None,
        date_to: str | None = None,
    ) -> dict:
        """Give what the page shows, of the company that the reader works in.

        :param by: one of ``DIMENSIONS``, or ``categ_id`` for product categories
        :param date_from: the first day; it counts from the first of its month on, and
            empty is a year before the last one
        :param date_to: the last day; it counts to the end of its month
        """
        self.check_access("read")
        first, last = self._board_period(date_from, date_to)
        if by not in (*DIMENSIONS, CATEGORY):
            raise UserError(self.env._("Choose what customers are told apart by."))
        is_category = by == CATEGORY
        rows = self._rows_by_category(first, last) if is_category else None
        return {
            "date_from": fields.Date.to_string(first),
            "date_to": fields.Date.to_string(last),
            "currency_id": self.env.company.currency_id.id,
            "dimensions": self._dimensions(),
            "by": by,
            "spread": self._spread(first, last),
            "rows": rows if is_category else self._rows_by(by, first, last),
            "months": self._months(last),
        }

    @api.model
    def _board_period(self, date_from, date_to) -> tuple[date, date]:
        """Give whole months."""
        last, first = self._board_day(date_to), self._board_day(date_from)
        last = last or self.env["crm.value.source"]._today(self.env.company)
        first = first or last - relativedelta(months=11)
        first = first.replace(day=1)
        last = last + relativedelta(day=31)
        if first > last:
            raise UserError(
                self.env._("The period ends before it begins. Change its days.")
            )
        return first, last

    @api.model
    def _board_day(self, value) -> date | None:
        if not value:
            return None
        try:
            day = fields.Date.to_date(value)
        except (TypeError, ValueError):
            day = None
        # Near the first and the last year, no calendar has months before and after.
        if not day or not 1900 <= day.year <= 2199:
            raise UserError(self.env._("This is no day. Choose another one."))
        return day

    @api.model
    def _dimensions(self) -> list[dict]:
        texts = self.fields_get(DIMENSIONS, ["string"])
        named = [{"key": name, "label": texts[name]["string"]} for name in DIMENSIONS]
        return [*named, {"key": CATEGORY, "label": self.env._("Product category")}]

    @api.model
    def _board_domain(self, first: date, last: date) -> list:
        return [
            ("company_id", "=", self.env.company.id),
            ("date", ">=", fields.Date.to_string(first)),
            ("date", "<=", fields.Date.to_string(last)),
        ]

    @api.model
    def _of_years(self, first: date, last: date):
        """Give the report of whole years, without reading the others: the size of a
        customer is that of a year."""
        days = (first.replace(month=1, day=1), last.replace(month=12, day=31))
        return self.with_context(crm_distribution_days=days)

    @api.model
    def _open(self, name: str, domain: list, group: str = "partner_id") -> dict:
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self._name,
            "views": [(False, "list"), (False, "pivot"), (False, "graph")],
            "domain": domain,
            "context": {"group_by": [group]},
        }

    @api.model
    def _spread(self, first: date, last: date) -> dict:
        """Tell how unevenly the turnover is spread. One number per customer is read.

        Who brought nothing or got back more than that counts with nothing.
        """
        import numpy as np

        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT sum(f.amount)::float8 FROM (%s) AS f
                     JOIN res_partner AS p ON p.id = f.partner_id
                    GROUP BY p.commercial_partner_id ORDER BY 1""",
                self.env["crm.value.source"]._facts_sql(self.env.company, first, last),
            )
        )
        sums = np.array([row[0] for row in rows], dtype=float)
        values = np.clip(sums, 0, None)
        domain = self._board_domain(first, last)
        return {
            "customers": len(sums),
            "amount": float(sums.sum()),
            "mean": float(sums.mean()) if len(sums) else 0,
            "median": float(np.median(sums)) if len(sums) else 0,
            "without": int((sums <= 0).sum()),
            "gini": gini(values),
            "lorenz": lorenz(values),
            "tops": [
                dict(
                    zip(
                        ("percent", "count", "share"),
                        (percent, *top_share(values, percent)),
                        strict=True,
                    )
                )
                for percent in TOPS
            ],
            "action": self._open(self.env._("Customers"), domain),
        }

    @api.model
    def _rows_by(self, by: str, first: date, last: date) -> list[dict]:
        """Sum by what customers are told apart by, the largest turnover first."""
        domain = self._board_domain(first, last)
        groups = self._of_years(first, last)._read_group(
            domain,
            [by],
            ["partner_id:count_distinct", "amount:sum", "margin:sum", "orders:sum"],
        )
        field, labels = self._fields[by], {}
        if field.type == "selection":
            labels = dict(field._description_selection(self.env))
        none = self.env._("None")
        rows = []
        for key, customers, amount, margin, orders in groups:
            is_record = isinstance(key, models.BaseModel)
            value = key.id if is_record else key
            label = key.display_name if is_record else labels.get(key)
            rows.append(
                self._row(label or none, (customers, amount, margin, orders))
                | {
                    "key": value or False,
                    "action": self._open(
                        label or none, [*domain, (by, "=", value or False)]
                    ),
                }
            )
        return self._shared(rows)

    @api.model
    def _rows_by_category(self, first: date, last: date) -> list[dict]:
        """Sum the order lines by product category; credit notes are not subtracted,
        for they name no category surely."""
        self.env.flush_all()
        values = self.env["crm.value.source"]
        moment = SQL("o.date_order")
        groups = self.env.execute_query(
            SQL(
                """
                SELECT t.categ_id, count(DISTINCT p.commercial_partner_id),
                       sum(l.price_subtotal / rate.of_order)::float8,
                       sum(COALESCE(l.margin, 0) / rate.of_order)::float8,
                       count(DISTINCT o.id)
                  FROM sale_order AS o
                  JOIN sale_order_line AS l ON l.order_id = o.id
                       AND l.display_type IS NULL AND l.is_downpayment IS NOT TRUE
                  JOIN res_partner AS p ON p.id = o.partner_id
                  LEFT JOIN product_product AS v ON v.id = l.product_id
                  LEFT JOIN product_template AS t ON t.id = v.product_tmpl_id
                 CROSS JOIN LATERAL (
                       SELECT COALESCE(NULLIF(o.currency_rate, 0), 1)::numeric
                       ) AS rate (of_order)
                 WHERE o.state = 'sale' AND o.company_id = %s AND %s
                 GROUP BY t.categ_id
                """,
                self.env.company.id,
                values._within(self.env.company, moment, first, last),
            )
        )
        known = [group[0] for group in groups if group[0]]
        categories = self.env["product.category"].browse(known)
        names = {category.id: category.display_name for category in categories}
        rows = []
        for key, *sums in groups:
            label = names.get(key) or self.env._("None")
            rows.append(
                self._row(label, sums)
                | {
                    "key": key or False,
                    "action": self._open_lines(label, key, first, last),
                }
            )
        return self._shared(rows)

    @api.model
    def _open_lines(self, label: str, category: int | None, first, last):
        """Open the order lines, for those who may read them."""
        if not self.env["sale.order.line"].has_access("read"):
            return None
        values, company = self.env["crm.value.source"], self.env.company
        ends = values._moment(company, last + relativedelta(days=1))
        return {
            "type": "ir.actions.act_window",
            "name": label,
            "res_model": "sale.order.line",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("company_id", "=", company.id),
                ("state", "=", "sale"),
                ("display_type", "=", False),
                ("is_downpayment", "=", False),
                ("product_id.categ_id", "=", category or False),
                ("order_id.date_order", ">=", str(values._moment(company, first))),
                ("order_id.date_order", "<", str(ends)),
            ],
            "context": {"create": False},
        }

    @api.model
    def _row(self, label: str, sums) -> dict:
        customers, amount, margin, orders = sums
        amount, margin = float(amount or 0), float(margin or 0)
        return {
            "label": label,
            "customers": customers,
            "amount": amount,
            "margin": margin,
            "orders": orders or 0,
            "mean": amount / customers if customers else 0,
        }

    @api.model
    def _shared(self, rows: list[dict]) -> list[dict]:
        total = sum(row["amount"] for row in rows)
        for row in rows:
            row["share"] = 100 * row["amount"] / total if total > 0 else 0
        return sorted(rows, key=lambda row: (-row["amount"], row["label"]))

    @api.model
    def _months(self, last: date) -> list[dict]:
        """Give the twelve months until the last one, each beside the same a year
        before: the season shows in both."""
        first = last.replace(day=1) - relativedelta(months=23)
        domain = self._board_domain(first, last)
        sums = {
            day: (float(amount or 0), customers)
            for day, amount, customers in self._of_years(first, last)._read_group(
                domain, ["date:month"], ["amount:sum", "partner_id:count_distinct"]
            )
        }
        told = []
        for back in reversed(range(12)):
            day = last.replace(day=1) - relativedelta(months=back)
            before = day - relativedelta(years=1)
            amount, customers = sums.get(day, (0.0, 0))
            told.append(
                {
                    "day": fields.Date.to_string(day),
                    "amount": amount,
                    "customers": customers,
                    "before": sums.get(before, (0.0, 0))[0],
                    "action": self._open(
                        self.env._("Customers"),
                        self._board_domain(day, day + relativedelta(day=31)),
                    ),
                }
            )
        return told
