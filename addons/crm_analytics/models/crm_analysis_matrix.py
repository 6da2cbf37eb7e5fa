from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

# What moves are told of.
DIMENSIONS = ("abc", "xyz", "rfm_group")
RUNS_SHOWN = 60
# The scores of the three levels of the 27 cells.
LEVELS = {1: (1, 2), 2: (3,), 3: (4, 5)}


class CrmAnalysisRun(models.Model):
    """The pictures of a run: nine cells of ABC and XYZ, 27 cells and named groups of
    RFM, and who moved since an earlier run. Each cell opens its customers."""

    _inherit = "crm.analysis.run"

    @api.model
    @api.readonly
    def read_matrix(self, run_id: int | None = None, before_id: int | None = None):
        """Give what the page shows.

        :param run_id: whose picture; empty: that of the newest analysis in use, or else
            the newest of all
        :param before_id: the run that moves are told from; empty: the one before
        """
        self.check_access("read")
        run = self._shown(run_id)
        if not run:
            return {"run": None, "runs": []}
        before = self._earlier(run, before_id)
        cells = run._cells()
        return {
            "run": run._brief() | {"told": run._told()},
            "before": before._brief() if before else None,
            "runs": [other._brief() for other in run._siblings()],
            "analyses": run._others(),
            "currency_id": run.currency_id.id,
            "abc_xyz": run._abc_xyz(cells),
            "rfm": run._rfm(cells),
            "groups": run._groups(cells),
            "moves": {name: run._moves(before, name) for name in DIMENSIONS if before},
            "labels": run._labels(),
        }

    @api.model
    def _shown(self, run_id):
        done = Domain("state", "=", "done") & Domain(
            "company_id", "in", self.env.companies.ids
        )
        if run_id:
            found = self.search(done & Domain("id", "=", run_id))
            if not found:
                raise UserError(
                    self.env._(
                        "That result is gone, or of a company that is not chosen."
                    )
                )
            return found
        in_use = Domain("analysis_id.is_in_use", "=", True)
        return self.search(done & in_use, limit=1) or self.search(done, limit=1)

    def _earlier(self, run, before_id):
        if not before_id:
            return run.previous_id
        return run._siblings().filtered(lambda one: one.id == before_id)

    def _siblings(self):
        """Give the results of the same analysis, newest first."""
        return self.search(
            [("analysis_id", "=", self.analysis_id.id), ("state", "=", "done")],
            limit=RUNS_SHOWN,
        )

    def _others(self) -> list[dict]:
        """Give the analyses that have a result, each with its newest one."""
        analyses = self.env["crm.analysis"].search(
            [("company_id", "in", self.env.companies.ids)]
        )
        return [
            {"id": one.id, "name": one.name, "run_id": one.run_id.id}
            for one in analyses
            if one.run_id
        ]

    def _brief(self) -> dict:
        return {
            "id": self.id,
            "analysis_id": self.analysis_id.id,
            "name": self.analysis_id.name,
            "company": self.company_id.name,
            "period": " – ".join(
                format_date(self.env, day) for day in (self.date_from, self.date_to)
            ),
            "customers": self.customer_count,
            "turnover": self.turnover,
        }

    def _labels(self) -> dict:
        results = self.env["crm.analysis.result"]
        return {
            name: dict(results._fields[name]._description_selection(self.env))
            for name in DIMENSIONS
        }

    # One picture

    def _cells(self) -> list[dict]:
        """Count the customers and their money for all pictures in one query."""
        level = SQL(", ").join(
            SQL(
                "CASE WHEN %s < 3 THEN 1 WHEN %s = 3 THEN 2 WHEN %s > 3 THEN 3 END",
                *[SQL.identifier(name)] * 3,
            )
            for name in "rfm"
        )
        return self.env.execute_query_dict(
            SQL(
                """SELECT grouping(abc, rfm_group, levels) AS picture, abc, xyz,
                          rfm_group, levels, count(*) AS count,
                          sum(turnover)::float AS turnover, sum(margin)::float AS margin
                     FROM (SELECT *, ARRAY[%s] AS levels FROM crm_analysis_result
                            WHERE run_id = %s) AS result
                 GROUP BY GROUPING SETS ((abc, xyz), (rfm_group), (levels))""",
                level,
                self.id,
            )
        )

    def _cell(self, row: dict, **where) -> dict:
        domain = Domain("run_id", "=", self.id)
        for name, value in where.items():
            values = list(value) if isinstance(value, tuple) else [value or False]
            domain &= Domain(name, "in", values)
        return {
            "count": row["count"],
            "turnover": row["turnover"] or 0,
            "margin": row["margin"] or 0,
            "domain": list(domain),
        }

    def _abc_xyz(self, cells) -> list[dict]:
        return [
            self._cell(row, abc=row["abc"], xyz=row["xyz"])
            | {"abc": row["abc"], "xyz": row["xyz"] or ""}
            for row in cells
            if row["picture"] == 0b011
        ]

    def _groups(self, cells) -> list[dict]:
        return [
            self._cell(row, rfm_group=row["rfm_group"])
            | {"group": row["rfm_group"] or ""}
            for row in cells
            if row["picture"] == 0b101
        ]

    def _rfm(self, cells) -> list[dict]:
        found = []
        for row in cells:
            if row["picture"] == 0b110 and None not in row["levels"]:
                scores = dict(zip("rfm", row["levels"], strict=True))
                where = {name: LEVELS[level] for name, level in scores.items()}
                found.append(self._cell(row, **where) | scores)
        return found

    # Two of them

    def _moves(self, before, name: str) -> list[dict]:
        """Tell who was where in an earlier run and is where now; empty is not in it."""
        column = SQL.identifier(name)
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT old.%(column)s AS old, now.%(column)s AS new,
                          old.id IS NULL AS is_new, now.id IS NULL AS is_gone,
                          count(*) AS count, sum(old.turnover)::float AS was,
                          sum(now.turnover)::float AS turnover
                     FROM (%(then)s) AS old FULL JOIN (%(now)s) AS now
                    USING (partner_id)
                 GROUP BY 1, 2, 3, 4""",
                column=column,
                then=before._once_sql(),
                now=self._once_sql(),
            )
        )
        return [
            {
                "old": "absent" if row["is_new"] else row["old"] or "",
                "new": "absent" if row["is_gone"] else row["new"] or "",
                "count": row["count"],
                "was": row["was"] or 0,
                "turnover": row["turnover"] or 0,
                "domain": list(self._move_domain(before, name, row)),
            }
            for row in rows
        ]

    def _once_sql(self) -> SQL:
        """Give each customer's result once: merged customers bring two."""
        return SQL(
            """SELECT DISTINCT ON (partner_id) * FROM crm_analysis_result
                WHERE run_id = %s ORDER BY partner_id, rank""",
            self.id,
        )

    def _move_domain(self, before, name: str, row: dict) -> Domain:
        """Give the results of those who moved: of this run, or of the earlier one if
        they are in this one no more."""
        then = Domain("run_id", "=", before.id)
        now = Domain("run_id", "=", self.id)
        results = "partner_id.analysis_result_ids"
        if row["is_gone"]:
            gone = Domain(results, "not any", list(now))
            return then & Domain(name, "=", row["old"] or False) & gone
        found = now & Domain(name, "=", row["new"] or False)
        if row["is_new"]:
            return found & Domain(results, "not any", list(then))
        was = then & Domain(name, "=", row["old"] or False)
        return found & Domain(results, "any", list(was))
