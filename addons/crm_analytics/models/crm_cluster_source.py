from datetime import date, timedelta

from odoo import api, models
from odoo.tools import SQL

from ..tools.clusters import Feature


class CrmClusterSource(models.AbstractModel):
    """What customers are compared by, read from the ERP's own documents.

    A source is a query with one row per customer: ``partner_id`` (the commercial
    partner, for the family counts together) and a column for each of its features.
    Another addon adds its own to both methods.
    """

    _name = "crm.cluster.source"
    _inherit = ["crm.value.source"]
    _description = "Source of the Behaviour of Customers"

    @api.model
    def _cluster_features(self, company, date_from: date, date_to: date) -> dict:
        """Give by name the query of each source, of a company between two days of its
        calendar, both included. Flush before they are executed."""
        period = (company, date_from, date_to)
        return {
            "orders": self._cluster_orders_sql(*period),
            "lines": self._cluster_lines_sql(*period),
            "ratings": self._cluster_ratings_sql(*period),
            "mailings": self._cluster_mailings_sql(*period),
            "materials": self._cluster_materials_sql(*period),
            "leads": self._cluster_leads_sql(*period),
            "tickets": self._cluster_tickets_sql(*period),
            "complaints": self._cluster_complaints_sql(*period),
        }

    @api.model
    def _cluster_words(self) -> dict[str, list[Feature]]:
        """Give by name of the source its features, in the reader's language."""
        return (
            self._cluster_words_of_orders()
            | self._cluster_words_of_lines()
            | self._cluster_words_of_ratings()
            | self._cluster_words_of_marketing()
            | self._cluster_words_of_sales()
            | self._cluster_words_of_service()
        )

    @api.model
    def _cluster_words_of_orders(self) -> dict[str, list[Feature]]:
        env = self.env
        return {
            "orders": [
                Feature(
                    "amount",
                    env._("Turnover"),
                    env._("large buyers"),
                    env._("small buyers"),
                    True,
                ),
                Feature(
                    "orders",
                    env._("Orders"),
                    env._("buy often"),
                    env._("buy seldom"),
                    True,
                ),
                Feature(
                    "recency",
                    env._("Days since the last order"),
                    env._("silent for long"),
                    env._("bought lately"),
                    missing=None,
                ),
                Feature(
                    "unevenness",
                    env._("Unevenness of buying"),
                    env._("buy irregularly"),
                    env._("buy regularly"),
                    missing=None,
                ),
            ],
        }

    @api.model
    def _cluster_words_of_lines(self) -> dict[str, list[Feature]]:
        env = self.env
        return {
            "lines": [
                Feature(
                    "categories",
                    env._("Product categories"),
                    env._("buy a bit of everything"),
                    env._("buy one kind of thing"),
                    True,
                ),
                Feature(
                    "discount",
                    env._("Discount in percent"),
                    env._("at a discount"),
                    env._("at full price"),
                ),
            ],
        }

    @api.model
    def _cluster_words_of_ratings(self) -> dict[str, list[Feature]]:
        env = self.env
        return {
            "ratings": [
                Feature(
                    "ratings",
                    env._("Ratings"),
                    env._("rate often"),
                    env._("rate seldom"),
                    log=True,
                ),
                Feature(
                    "rating",
                    env._("Mean rating"),
                    env._("content"),
                    env._("discontent"),
                    missing=None,
                ),
            ],
        }

    @api.model
    def _cluster_words_of_marketing(self) -> dict[str, list[Feature]]:
        env = self.env
        return {
            "mailings": [
                Feature(
                    "opened",
                    env._("Mailings opened"),
                    env._("read mailings"),
                    env._("read few mailings"),
                    log=True,
                ),
                Feature(
                    "clicks",
                    env._("Links clicked"),
                    env._("follow links"),
                    env._("follow few links"),
                    log=True,
                ),
            ],
            "materials": [
                Feature(
                    "views",
                    env._("Materials viewed"),
                    env._("view materials"),
                    env._("view few materials"),
                    log=True,
                ),
            ],
        }

    @api.model
    def _cluster_words_of_sales(self) -> dict[str, list[Feature]]:
        env = self.env
        return {
            "leads": [
                Feature(
                    "leads",
                    env._("Inquiries"),
                    env._("inquire often"),
                    env._("inquire seldom"),
                    log=True,
                ),
                Feature(
                    "won",
                    env._("Deals won"),
                    env._("many deals won"),
                    env._("few deals won"),
                    log=True,
                ),
            ],
        }

    @api.model
    def _cluster_words_of_service(self) -> dict[str, list[Feature]]:
        env = self.env
        return {
            "tickets": [
                Feature(
                    "tickets",
                    env._("Tickets"),
                    env._("many tickets"),
                    env._("few tickets"),
                    log=True,
                ),
                Feature(
                    "open",
                    env._("Open tickets"),
                    env._("wait for answers"),
                    env._("nothing open"),
                    log=True,
                ),
            ],
            "complaints": [
                Feature(
                    "complaints",
                    env._("Complaints"),
                    env._("complain"),
                    env._("few complaints"),
                    log=True,
                ),
            ],
        }

    # Orders

    @api.model
    def _cluster_orders_sql(self, company, date_from, date_to) -> SQL:
        """Unevenness is the variation of the days between orders: their standard
        deviation by their mean. It takes three orders."""
        return SQL(
            """
            SELECT partner_id, sum(amount) AS amount, sum(orders) AS orders,
                   EXTRACT(epoch FROM %(ends)s - max(moment) FILTER (WHERE orders > 0)
                   ) / 86400 AS recency,
                   CASE WHEN count(gap) > 1 THEN stddev_pop(gap) / NULLIF(avg(gap), 0)
                   END AS unevenness
              FROM (
                   SELECT p.commercial_partner_id AS partner_id, f.amount, f.moment,
                          f.orders,
                          CASE WHEN f.orders > 0 THEN EXTRACT(epoch FROM
                          f.moment - lag(f.moment) OVER (
                              PARTITION BY p.commercial_partner_id, f.orders > 0
                              ORDER BY f.moment)) END AS gap
                     FROM (%(facts)s) AS f
                     JOIN res_partner AS p ON p.id = f.partner_id
                   ) AS fact
             GROUP BY partner_id
            """,
            ends=self._moment(company, date_to + timedelta(days=1)),
            facts=self._facts_sql(company, date_from, date_to),
        )

    @api.model
    def _cluster_lines_sql(self, company, date_from, date_to) -> SQL:
        return SQL(
            """
            SELECT p.commercial_partner_id AS partner_id,
                   count(DISTINCT COALESCE(t.categ_id, 0)) AS categories,
                   100 * sum(l.price_unit * l.product_uom_qty * l.discount / 100)
                   / NULLIF(sum(l.price_unit * l.product_uom_qty), 0) AS discount
              FROM sale_order AS o
              JOIN sale_order_line AS l ON l.order_id = o.id
                   AND l.display_type IS NULL AND l.is_downpayment IS NOT TRUE
              JOIN res_partner AS p ON p.id = o.partner_id
              LEFT JOIN product_product AS v ON v.id = l.product_id
              LEFT JOIN product_template AS t ON t.id = v.product_tmpl_id
             WHERE o.state = 'sale' AND o.company_id = %s AND %s
             GROUP BY p.commercial_partner_id
            """,
            company.id,
            self._within(company, SQL("o.date_order"), date_from, date_to),
        )

    # What they say, look at and ask

    @api.model
    def _cluster_ratings_sql(self, company, date_from, date_to) -> SQL:
        """Ratings of tickets are those of the ticket's company; others are shared."""
        return SQL(
            """
            SELECT p.commercial_partner_id AS partner_id, count(*) AS ratings,
                   avg(r.rating) AS rating
              FROM rating_rating AS r
              JOIN res_partner AS p ON p.id = r.partner_id
              LEFT JOIN helpdesk_ticket AS t ON t.id = r.ticket_id
             WHERE r.consumed AND r.rating >= 1 AND %s
               AND COALESCE(t.company_id, %s) = %s
             GROUP BY p.commercial_partner_id
            """,
            self._within(
                company, SQL("COALESCE(r.rated_on, r.write_date)"), date_from, date_to
            ),
            company.id,
            company.id,
        )

    @api.model
    def _cluster_mailings_sql(self, company, date_from, date_to) -> SQL:
        """Mailings belong to no company, so what a person read counts in each."""
        period = (date_from, date_to)
        return self._cluster_counts_sql(
            {
                "opened": SQL(
                    """SELECT t.res_id AS person FROM mailing_trace AS t
                        WHERE t.model = 'res.partner'
                          AND NOT COALESCE(t.is_test_trace, FALSE) AND %s""",
                    self._within(company, SQL("t.open_datetime"), *period),
                ),
                "clicks": SQL(
                    """SELECT t.res_id AS person FROM link_tracker_click AS c
                         JOIN mailing_trace AS t ON t.id = c.mailing_trace_id
                        WHERE t.model = 'res.partner'
                          AND NOT COALESCE(t.is_test_trace, FALSE) AND %s""",
                    self._within(company, SQL("c.create_date"), *period),
                ),
            }
        )

    @api.model
    def _cluster_materials_sql(self, company, date_from, date_to) -> SQL:
        return SQL(
            """
            SELECT p.commercial_partner_id AS partner_id,
                   sum(s.opened_count) AS views
              FROM crm_material_send AS s
              JOIN res_partner AS p ON p.id = s.partner_id
             WHERE COALESCE(s.company_id, %s) = %s AND %s
             GROUP BY p.commercial_partner_id
            """,
            company.id,
            company.id,
            self._within(company, SQL("s.date_last_opened"), date_from, date_to),
        )

    @api.model
    def _cluster_leads_sql(self, company, date_from, date_to) -> SQL:
        mine = SQL("COALESCE(l.company_id, %s) = %s", company.id, company.id)
        return self._cluster_counts_sql(
            {
                "leads": SQL(
                    "SELECT l.partner_id AS person FROM crm_lead AS l WHERE %s AND %s",
                    mine,
                    self._within(company, SQL("l.create_date"), date_from, date_to),
                ),
                "won": SQL(
                    """SELECT l.partner_id AS person FROM crm_lead AS l
                        WHERE l.won_status = 'won' AND %s AND %s""",
                    mine,
                    self._within(company, SQL("l.date_closed"), date_from, date_to),
                ),
            }
        )

    @api.model
    def _cluster_tickets_sql(self, company, date_from, date_to) -> SQL:
        """Tickets that came in the period; those of them that are open now."""
        return SQL(
            """
            SELECT p.commercial_partner_id AS partner_id, count(*) AS tickets,
                   count(*) FILTER (WHERE g.closed IS NOT TRUE) AS open
              FROM helpdesk_ticket AS t
              JOIN res_partner AS p ON p.id = t.partner_id
              LEFT JOIN helpdesk_ticket_stage AS g ON g.id = t.stage_id
             WHERE t.company_id = %s AND %s
             GROUP BY p.commercial_partner_id
            """,
            company.id,
            self._within(company, SQL("t.create_date"), date_from, date_to),
        )

    @api.model
    def _cluster_complaints_sql(self, company, date_from, date_to) -> SQL:
        return SQL(
            """
            SELECT p.commercial_partner_id AS partner_id, count(*) AS complaints
              FROM crm_complaint AS c
              JOIN res_partner AS p ON p.id = c.partner_id
             WHERE COALESCE(c.company_id, %s) = %s AND c.date BETWEEN %s AND %s
             GROUP BY p.commercial_partner_id
            """,
            company.id,
            company.id,
            date_from,
            date_to,
        )

    @api.model
    def _cluster_counts_sql(self, queries: dict[str, SQL]) -> SQL:
        """Count the rows of several queries of ``person``, for each family."""
        marked = [
            SQL(
                "SELECT person, %s AS code FROM (%s) AS %s",
                code,
                query,
                SQL.identifier(code),
            )
            for code, query in queries.items()
        ]
        counts = [
            SQL("count(*) FILTER (WHERE code = %s) AS %s", code, SQL.identifier(code))
            for code in queries
        ]
        return SQL(
            """
            SELECT p.commercial_partner_id AS partner_id, %s
              FROM (%s) AS counted
              JOIN res_partner AS p ON p.id = counted.person
             GROUP BY p.commercial_partner_id
            """,
            SQL(", ").join(counts),
            SQL(" UNION ALL ").join(marked),
        )
