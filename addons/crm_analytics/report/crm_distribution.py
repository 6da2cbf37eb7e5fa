from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_base.models.res_partner import VALUE_CLASSES

# The first and last day of business that counts.
FIRST, LAST = date(1970, 1, 1), date(2199, 12, 31)
# Bounds of the turnover of a customer in a year, in the company's currency.
BOUNDS = (1_000, 10_000, 100_000)
SIZES = [
    ("0", "Under 1,000 a year"),
    ("1", "1,000 to 10,000 a year"),
    ("2", "10,000 to 100,000 a year"),
    ("3", "100,000 a year and more"),
]


class CrmDistribution(models.Model):
    """What a customer brought in one month, and where, in which trade and of what size
    the customer is."""

    _name = "crm.distribution"
    _description = "Distribution of Customers"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        "account.move": ["company_id", "invoice_date", "move_type", "partner_id",
                         "state"],
        "account.move.line": ["balance", "display_type"],
        "res.partner": ["commercial_partner_id", "country_id", "industry_id",
                        "territory_id", "value_class"],
        "sale.order": ["amount_untaxed", "company_id", "currency_rate", "date_order",
                       "margin", "partner_id", "state"],
    }  # fmt: skip

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    date = fields.Date("Month", readonly=True)
    year = fields.Char(readonly=True)
    month = fields.Char(
        "Month of the Year",
        readonly=True,
        help="01 to 12: months of several years stand in one row.",
    )
    country_id = fields.Many2one("res.country", readonly=True)
    industry_id = fields.Many2one("res.partner.industry", "Trade", readonly=True)
    territory_id = fields.Many2one("crm.territory", readonly=True)
    value_class = fields.Selection(VALUE_CLASSES, readonly=True)
    size = fields.Selection(
        SIZES, readonly=True, help="By the customer's turnover in the calendar year."
    )
    amount = fields.Monetary("Turnover", readonly=True)
    margin = fields.Monetary(readonly=True)
    orders = fields.Integer(readonly=True)

    @property
    def _table_query(self) -> SQL:
        companies = self.env.companies
        first, last = self.env.context.get("crm_distribution_days", (FIRST, LAST))
        return SQL(" UNION ALL ").join(
            self._company_query(company, first, last) for company in companies
        )

    @api.model
    def _company_query(self, company, first: date, last: date) -> SQL:
        """Sum the documents of a company by customer and month.

        The id is made of company, month and customer, and fits the 53 bits that the
        browser counts with.
        """
        values = self.env["crm.value.source"]
        partners = self.env["res.partner"].with_company(company)
        return SQL(
            """
            SELECT (%(company)s::bigint * 4096
                       + (EXTRACT(year FROM sold.date)::int - 1970) * 12
                       + EXTRACT(month FROM sold.date)::int) * 2147483648
                       + sold.partner_id AS id,
                   %(company)s AS company_id, sold.partner_id, sold.date,
                   to_char(sold.date, 'YYYY') AS year,
                   to_char(sold.date, 'MM') AS month,
                   customer.country_id, customer.industry_id, customer.territory_id,
                   %(value_class)s AS value_class,
                   width_bucket(
                       sum(sold.amount) OVER (
                           PARTITION BY sold.partner_id, date_trunc('year', sold.date)),
                       %(bounds)s::numeric[])::text AS size,
                   sold.amount, sold.margin, sold.orders
              FROM (
                   SELECT person.commercial_partner_id AS partner_id,
                          date_trunc('month', %(local)s)::date AS date,
                          sum(fact.amount) AS amount, sum(fact.margin) AS margin,
                          sum(fact.orders)::int AS orders
                     FROM (%(facts)s) AS fact
                     JOIN res_partner AS person ON person.id = fact.partner_id
                    GROUP BY 1, 2
                   ) AS sold
              JOIN res_partner AS customer ON customer.id = sold.partner_id
            """,
            company=company.id,
            value_class=partners._field_to_sql(
                "customer", "value_class", partners._search(Domain.TRUE)
            ),
            bounds=list(BOUNDS),
            local=values._local_sql(company, SQL("fact.moment")),
            facts=values._facts_sql(company, first, last),
        )

    @api.readonly
    def action_open_customer(self) -> dict:
        """Open the customer."""
        self.ensure_one()
        return self.partner_id.get_formview_action()
