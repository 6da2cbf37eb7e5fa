from datetime import date

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_sfa.tools.quota import next_month

# All documents there are; some are dated ahead.
ALWAYS = (date(1900, 1, 1), date(2999, 12, 31))


class CrmCustomerMonth(models.Model):
    """What a customer brought in a month: the facts of ``crm.value.source`` summed up,
    so that a board need not read every order. ``_make`` alone writes it."""

    _name = "crm.customer.month"
    _description = "Customer's Month"
    _order = "month desc, amount desc, id"
    _rec_name = "partner_id"
    # Rows change by the thousand, and never by a person.
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    month = fields.Date(required=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    # No digits: the database sums floats up several times as fast as exact numbers.
    amount = fields.Float(
        "Turnover",
        help="Confirmed orders and other invoices, less credit notes, without"
        " taxes, in the company's currency.",
    )
    margin = fields.Float(help="Turnover less the cost of what was sold.")
    orders = fields.Integer()
    # With these, distinct customers of any period are counted without grouping them.
    previous_month = fields.Date(
        "Ordered Before", help="The last month before with an order. Empty: a new one."
    )
    next_month = fields.Date(
        "Ordered Again", help="The next month with an order. Empty: none so far."
    )

    _month_idx = models.Index("(company_id, month)")

    @api.model
    def _make(self, company) -> None:
        """Sum up all months of a company anew."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM crm_customer_month WHERE company_id = %s", company.id)
        )
        self.env.cr.execute(self._insert_sql(company))
        self.invalidate_model()

    @api.model
    def _insert_sql(self, company) -> SQL:
        """A customer is one with all its people. Credit notes alone are no order.

        Rows of one customer are stored side by side: what sums up by customer is twice
        as fast then.
        """
        facts = self.env["crm.value.source"]
        return SQL(
            """INSERT INTO crm_customer_month (company_id, month, partner_id, amount,
                      margin, orders, previous_month, next_month)
               SELECT %(company)s, month, partner_id, amount, margin, orders,
                      CASE WHEN orders > 0 THEN lag(month) OVER ordered END,
                      CASE WHEN orders > 0 THEN lead(month) OVER ordered END
                 FROM (SELECT person.commercial_partner_id AS partner_id,
                              date_trunc('month', %(moment)s)::date AS month,
                              sum(fact.amount)::float AS amount,
                              sum(fact.margin)::float AS margin,
                              sum(fact.orders)::int AS orders
                         FROM (%(facts)s) AS fact
                         JOIN res_partner AS person ON person.id = fact.partner_id
                     GROUP BY 1, 2) AS summed
               WINDOW ordered AS (PARTITION BY partner_id, orders > 0 ORDER BY month)
             ORDER BY partner_id, month""",
            company=company.id,
            moment=facts._local_sql(company, SQL("fact.moment")),
            facts=facts._facts_sql(company, *ALWAYS),
        )

    @api.readonly
    def action_open_orders(self) -> dict:
        """Open the confirmed orders of the customer in the month."""
        self.ensure_one()
        facts = self.env["crm.value.source"]
        starts, ends = (
            facts._moment(self.company_id, day)
            for day in (self.month, next_month(self.month))
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.partner_id.display_name,
            "res_model": "sale.order",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("partner_id.commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "sale"),
                ("date_order", ">=", starts),
                ("date_order", "<", ends),
            ],
            "context": {"create": False},
        }
