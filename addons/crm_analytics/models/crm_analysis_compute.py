from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.rfm import GRID, SCORES, parse_limits

# What the database may sort and hash in memory while it computes, in MB.
MEMORY = 128


class CrmAnalysis(models.Model):
    _inherit = "crm.analysis"

    def _definition(self) -> dict:
        """Give what a run keeps of the definition, which may change afterwards."""
        self.ensure_one()
        names = ("domain", "has_silent", "months", "abc_by", "abc_a", "abc_b", "xyz_of",
                 "xyz_step", "xyz_by", "xyz_x", "xyz_y", "has_contacts", "rfm_by",
                 "recency_limits", "frequency_limits", "money_limits")  # fmt: skip
        return {name: self[name] for name in names} | {"weights": self._weights()}


class CrmAnalysisRun(models.Model):
    """The computation: one statement reads the documents once and sums them up by
    person and period; another ranks the customers and writes the results.

    Ties are never torn: who brings the same is of the same class and score. A customer
    belongs to the class in which the share of those *above* him ends, so the one who
    crosses the border of A is still A. Who brings nothing or less is C.
    """

    _inherit = "crm.analysis.run"

    def _write_results(self) -> None:
        """Write the results of a run; those of an interrupted try are replaced."""
        self.ensure_one()
        self.env.flush_all()
        self.env.cr.execute(SQL("SET LOCAL work_mem = %s", f"{MEMORY}MB"))
        self.env.execute_query(
            SQL(
                "DELETE FROM crm_analysis_result WHERE run_id = %s RETURNING 1", self.id
            )
        )
        # Into a table of its own, for only such a statement is shared out among several
        # processes of the database; one that writes results is not.
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS crm_analysis_fact"))
        self.env.cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE crm_analysis_fact ON COMMIT DROP AS %s",
                self._facts_sql(),
            )
        )
        self.env.cr.execute(SQL("ANALYZE crm_analysis_fact"))
        self.env.cr.execute(self._results_sql())
        self.env["crm.analysis.result"].invalidate_model()
        self._write_totals()

    def _write_totals(self) -> None:
        query = SQL(
            """SELECT count(*), COALESCE(sum(turnover), 0), COALESCE(sum(margin), 0),
                      COALESCE(sum(orders), 0), count(*) FILTER (WHERE abc = 'a')
                 FROM crm_analysis_result WHERE run_id = %s""",
            self.id,
        )
        names = ("customer_count", "turnover", "margin", "order_count", "a_count")
        ((count, *rest),) = self.env.execute_query(query)
        if not count:
            raise UserError(
                self.env._(
                    "Nobody to classify: no customer of “%(name)s” has a confirmed"
                    " order from %(first)s to %(last)s.",
                    name=self.analysis_id.name,
                    first=self.date_from,
                    last=self.date_to,
                )
            )
        self.write(dict(zip(names, (count, *rest), strict=True)))

    def _results_sql(self) -> SQL:
        """Give the statement that computes and writes."""
        return SQL(
            """WITH %s, %s, %s
               INSERT INTO crm_analysis_result
                      (run_id, partner_id, turnover, margin, orders, last_date, days,
                       share, cumulated, rank, abc, variation, xyz,
                       contact_variation, contact_xyz, r, f, m, rfm_group)
               SELECT %s, id, turnover, margin, orders, last_date, days,
                      share, cumulated, rank, %s, variation, %s,
                      contact_variation, %s, r, f, m, %s
                 FROM scored
             ORDER BY rank, id""",
            self._customers_cte(),
            self._ranked_cte(),
            self._scored_cte(),
            self.id,
            self._abc_sql(),
            self._xyz_sql("variation", "variation_place"),
            self._xyz_sql("contact_variation", "contact_place"),
            self._group_sql(),
        )

    # One pass over the documents

    def _facts_sql(self) -> SQL:
        """Sum up the documents by person and period. The period is 1 to the number of
        periods, or beside them for what is in no full one."""
        source, analysis = self.env["crm.value.source"], self.analysis_id
        return SQL(
            """SELECT partner_id, width_bucket(moment, %s::timestamp[]) AS period,
                      sum(amount) AS turnover, sum(margin) AS margin,
                      sum(orders)::int AS orders,
                      max(moment) FILTER (WHERE orders > 0) AS last_moment
                 FROM (%s) AS document
             GROUP BY 1, 2""",
            [
                source._moment(self.company_id, day)
                for day in analysis._periods_of(self.date_from, self.date_to)
            ],
            source._facts_sql(self.company_id, self.date_from, self.date_to),
        )

    def _customers_cte(self) -> SQL:
        """Sum up by customer: ``customer``, with the variation of the periods."""
        analysis = self.analysis_id
        population = analysis._population()
        customers = population.select(
            *(
                SQL.identifier(population.table, name)
                for name in ("id", "active", "partner_share")
            )
        )
        count = len(analysis._periods_of(self.date_from, self.date_to)) - 1
        joined = SQL("RIGHT JOIN") if analysis.has_silent else SQL("JOIN")
        return SQL(
            """period AS (
                   SELECT p.commercial_partner_id AS id, fact.period,
                          sum(fact.turnover) AS turnover, sum(fact.margin) AS margin,
                          sum(fact.orders) AS orders, max(last_moment) AS last_moment
                     FROM crm_analysis_fact AS fact
                     JOIN res_partner AS p ON p.id = fact.partner_id
                 GROUP BY 1, 2
               ), summed AS (
                   SELECT id, sum(turnover) AS turnover, sum(margin) AS margin,
                          sum(orders) AS orders, max(last_moment) AS last_moment,
                          %(sums)s
                     FROM period GROUP BY id
               ), customer AS (
                   SELECT chosen.id,
                          COALESCE(turnover, 0) AS turnover,
                          COALESCE(margin, 0) AS margin,
                          COALESCE(orders, 0) AS orders,
                          %(last)s::date AS last_date,
                          %(today)s::date - %(last)s::date AS days,
                          %(variation)s AS variation,
                          contact.variation AS contact_variation
                     FROM summed %(joined)s (%(customers)s) AS chosen USING (id)
                     LEFT JOIN (%(contacts)s) AS contact USING (id)
                    WHERE summed.id IS NOT NULL
                       OR (chosen.active AND chosen.partner_share))""",
            sums=self._period_sums_sql(analysis.xyz_of, count),
            last=self.env["crm.value.source"]._local_sql(
                self.company_id, SQL("last_moment")
            ),
            today=self.date_to,
            variation=self._variation_sql(count),
            joined=joined,
            customers=customers,
            contacts=self._contacts_sql(count),
        )

    def _period_sums_sql(self, measure: str, count: int) -> SQL:
        column = SQL.identifier(measure)
        within = SQL("FILTER (WHERE period BETWEEN 1 AND %s)", count)
        return SQL(
            "sum(%s) %s AS linear, sum(%s * %s) %s AS squares",
            column, within, column, column, within,
        )  # fmt: skip

    def _variation_sql(self, count: int) -> SQL:
        """Give the coefficient of variation over all periods, empty ones too; NULL
        where the mean is not above 0, or too few periods have ended."""
        if count < 1:
            return SQL("NULL::float")
        return SQL(
            """CASE WHEN linear > 0 THEN
                   sqrt(greatest(squares * %(n)s / (linear * linear) - 1, 0))::float
               END""",
            n=count,
        )

    def _contacts_sql(self, count: int) -> SQL:
        """Give the variation of the number of contacts; only their number is used."""
        if not self.analysis_id.has_contacts:
            return SQL("SELECT NULL::int AS id, NULL::float AS variation WHERE FALSE")
        source = self.env["crm.value.source"]
        kinds = self.env["crm.contact.kind"].sudo()._codes()
        borders = self.analysis_id._periods_of(self.date_from, self.date_to)
        return SQL(
            """SELECT id, %(variation)s AS variation
                 FROM (SELECT id, %(sums)s
                         FROM (SELECT commercial_partner_id AS id, period,
                                      count(DISTINCT (res_model, res_id)) AS contacts
                                 FROM (SELECT *, width_bucket(
                                              date, %(borders)s::timestamp[]) AS period
                                         FROM crm_timeline
                                        WHERE kind = ANY(%(kinds)s)
                                          AND (company_id = %(company)s
                                               OR company_id IS NULL)
                                          AND %(within)s) AS event
                             GROUP BY 1, 2) AS period
                     GROUP BY 1) AS summed""",
            variation=self._variation_sql(count),
            sums=self._period_sums_sql("contacts", count),
            borders=[source._moment(self.company_id, day) for day in borders],
            kinds=list(kinds),
            company=self.company_id.id,
            within=source._within(
                self.company_id, SQL("date"), self.date_from, self.date_to
            ),
        )

    # Ranks and scores

    def _ranked_cte(self) -> SQL:
        """Rank the customers by importance, which is their share of the whole; below
        nothing counts as nothing."""
        shares = SQL(" + ").join(
            SQL(
                "%s * greatest(%s, 0) / NULLIF(sum(greatest(%s, 0)) OVER (), 0)",
                share,
                SQL.identifier(name),
                SQL.identifier(name),
            )
            for name, share in self.analysis_id._weights().items()
        )
        return SQL(
            """weighed AS (
                   SELECT *, COALESCE(%s, 0)::numeric AS weight FROM customer
               ), ranked AS (
                   SELECT *, weight * 100 AS share,
                          rank() OVER (ORDER BY weight DESC) AS rank,
                          count(*) OVER () AS number,
                          100 * sum(weight) OVER (ORDER BY weight DESC) AS cumulated,
                          100 * weight * count(*) OVER (PARTITION BY weight) AS of_peers
                     FROM weighed)""",
            shares,
        )

    def _scored_cte(self) -> SQL:
        scores = SQL(", ").join(
            SQL("%s AS %s", self._score_sql(*of), SQL.identifier(name))
            for name, of in {
                "r": ("days", "recency_limits", True),
                "f": ("orders", "frequency_limits", False),
                "m": ("turnover", "money_limits", False),
            }.items()
        )
        return SQL(
            """scored AS (
                   SELECT *, %(places)s, %(scores)s
                     FROM ranked)""",
            places=SQL(", ").join(
                SQL(
                    """CASE WHEN %(of)s IS NOT NULL THEN 100.0 * (rank() OVER (
                           PARTITION BY %(of)s IS NULL ORDER BY %(of)s) - 1)
                           / count(*) OVER (PARTITION BY %(of)s IS NULL)
                       END AS %(name)s""",
                    of=SQL.identifier(of),
                    name=SQL.identifier(name),
                )
                for of, name in (
                    ("variation", "variation_place"),
                    ("contact_variation", "contact_place"),
                )
            ),
            scores=scores,
        )

    def _score_sql(self, column: str, limits: str, is_reversed: bool) -> SQL:
        """Give the score from 1 to 5 of who ordered; those without an order have none.

        By fifths it is 1 and the number of full fifths of the customers who are worse.
        """
        of, top = SQL.identifier(column), max(SCORES)
        if self.analysis_id.rfm_by == "value":
            borders = parse_limits(self.analysis_id[limits])
            above = SQL(" + ").join(SQL("(%s > %s)::int", of, one) for one in borders)
            above = SQL("(%s)", above)
            score = SQL("%s - %s", top, above) if is_reversed else SQL("1 + %s", above)
        else:
            score = SQL(
                """1 + %s * (rank() OVER (PARTITION BY orders > 0 ORDER BY %s %s) - 1)
                   / count(*) OVER (PARTITION BY orders > 0)""",
                top,
                of,
                SQL("DESC" if is_reversed else "ASC"),
            )
        return SQL("CASE WHEN orders > 0 THEN (%s)::int END", score)

    # Classes

    def _abc_sql(self) -> SQL:
        """Give A, B or C of a row of ``scored``."""
        analysis = self.analysis_id
        if analysis.abc_by == "value":
            (measure,) = analysis._weights()
            limits = (SQL("%s >= %s", SQL.identifier(measure), limit)
                      for limit in (analysis.abc_a, analysis.abc_b))  # fmt: skip
        else:
            above = {
                "share": SQL("round(cumulated - of_peers, 9)"),
                "quantile": SQL("100.0 * (rank - 1) / number"),
            }[analysis.abc_by]
            limits = (
                SQL("weight > 0 AND %s < %s", above, limit)
                for limit in (analysis.abc_a, analysis.abc_b)
            )
        return SQL("CASE WHEN %s THEN 'a' WHEN %s THEN 'b' ELSE 'c' END", *limits)

    def _xyz_sql(self, variation: str, place: str) -> SQL:
        """Give X, Y or Z; Z too for who is in no period, none where none has ended."""
        analysis = self.analysis_id
        of, holds = SQL.identifier(variation), SQL("<=")
        if analysis.xyz_by == "quantile":
            of, holds = SQL.identifier(place), SQL("<")
        if len(analysis._periods_of(self.date_from, self.date_to)) <= 1 or (
            variation == "contact_variation" and not analysis.has_contacts
        ):
            return SQL("NULL")
        return SQL(
            "CASE WHEN %s %s %s THEN 'x' WHEN %s %s %s THEN 'y' ELSE 'z' END",
            of, holds, analysis.xyz_x, of, holds, analysis.xyz_y,
        )  # fmt: skip

    def _group_sql(self) -> SQL:
        """Give the named group of the scores."""
        cells = (
            SQL("WHEN r = %s AND (f + m + 1) / 2 = %s THEN %s", recency, mean, name)
            for recency, names in GRID.items()
            for mean, name in enumerate(names, 1)
        )
        return SQL("CASE %s END", SQL(" ").join(cells))
