from odoo import models
from odoo.tools import SQL

# Contacts between two commits.
BATCH = 5_000


class CrmAnalysisRun(models.Model):
    """Handing the classes over: they become the value class of the contacts in the
    run's company. Only contacts whose class changes are written, so a second run, or
    one that goes on after a kill, writes what is left."""

    _inherit = "crm.analysis.run"

    def _hand_over(self, tell) -> None:
        total = self.env.execute_query(
            SQL("SELECT count(*) FROM (%s) AS changed", self._changes_sql())
        )[0][0]
        done = last = 0
        while ids := self._hand_over_batch(last):
            done += len(ids)
            last = max(ids)
            self.changed_count += len(ids)
            share = min(done / total, 1) if total else 1
            tell(70 + 29 * share, self.env._("Classes of the contacts"))

    def _hand_over_batch(self, after: int) -> list[int]:
        """Write the classes of some contacts with an id above one; give theirs. Who is
        being written by somebody else waits for the next run."""
        rows = self.env.execute_query(
            SQL(
                """WITH change AS (%(changes)s LIMIT %(batch)s
                              FOR NO KEY UPDATE OF p SKIP LOCKED),
                   written AS (
                       UPDATE res_partner AS p
                          SET value_class = COALESCE(p.value_class, '{}')
                              || jsonb_build_object(%(company)s, change.new)
                         FROM change WHERE change.id = p.id
                    RETURNING p.id),
                   logged AS (
                       INSERT INTO crm_relationship_change
                              (partner_id, company_id, kind, old, new, date, reason,
                               create_uid, create_date, write_uid, write_date)
                       SELECT id, %(company_id)s, 'class', old, new, %(now)s,
                              'analysis', %(uid)s, %(now)s, %(uid)s, %(now)s
                         FROM change WHERE is_customer)
                   SELECT id FROM written""",
                changes=self._changes_sql(after),
                batch=BATCH,
                company=str(self.company_id.id),
                company_id=self.company_id.id,
                now=self.env.cr.now().replace(microsecond=0),
                uid=self.env.uid,
            )
        )
        partners = self.env["res.partner"].browse(row[0] for row in rows)
        partners.with_company(self.company_id)._follow_value_class()
        self.env["crm.relationship.change"].invalidate_model(flush=False)
        return partners.ids

    def _changes_sql(self, after: int = 0) -> SQL:
        """Give the contacts whose class is to change: customers of this run and their
        people; and those who dropped out, as C. Customers who were merged since have
        the better of their classes."""
        return SQL(
            """SELECT p.id, p.value_class->>%(company)s AS old, given.class AS new,
                      p.id = p.commercial_partner_id AS is_customer
                 FROM (SELECT partner_id, min(abc) AS class FROM crm_analysis_result
                        WHERE run_id = %(run)s GROUP BY partner_id
                    UNION %(dropped)s
                      ) AS given
                 JOIN res_partner AS p
                   ON p.commercial_partner_id = given.partner_id
                WHERE p.id > %(after)s
                  AND p.value_class->>%(company)s IS DISTINCT FROM given.class
             ORDER BY p.id""",
            company=str(self.company_id.id),
            after=after,
            run=self.id,
            dropped=self._dropped_sql(),
        )

    def _dropped_sql(self) -> SQL:
        """Give the customers who are not in this run, as C: those who were in the last
        one; and those whose class an analysis gave them, and nobody has changed since.
        It may have been a run that was stopped, or of an older time."""
        return SQL(
            """SELECT gone.id, 'c'
                 FROM (SELECT id, value_class->>%(company)s AS class FROM res_partner
                        WHERE id = commercial_partner_id AND NOT EXISTS (
                              SELECT FROM crm_analysis_result AS now
                               WHERE now.run_id = %(run)s
                                 AND now.partner_id = res_partner.id)
                      ) AS gone
                WHERE EXISTS (
                      SELECT FROM crm_analysis_result AS before
                       WHERE before.run_id = %(previous)s
                         AND before.partner_id = gone.id)
                   OR (gone.class IN ('a', 'b') AND 'analysis' = (
                      SELECT reason FROM crm_relationship_change
                       WHERE partner_id = gone.id AND company_id = %(company_id)s
                         AND kind = 'class'
                    ORDER BY date DESC, id DESC LIMIT 1))""",
            company=str(self.company_id.id),
            company_id=self.company_id.id,
            run=self.id,
            previous=self.previous_id.id or 0,
        )
