from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from .crm_relationship_change import STAGES
from .crm_relationship_rule import LOST_DAYS, REGULAR_ORDERS, SLEEPING_DAYS

# Customers that the job looks at between two commits.
BATCH = 10_000
CHART_MONTHS = 24


class ResPartner(models.Model):
    """Where a customer stands with each of our companies, and how that came about.

    The stage is a function of the dates of the orders: the job works out at which
    dates it changed, writes down the changes that are newer than those on record, and
    the last one on the contact. So it does no harm to run it twice, or days late.
    """

    _inherit = "res.partner"

    relationship_stage = fields.Selection(
        STAGES,
        company_dependent=True,
        help="Where this customer stands with the company that you work in. Moved by"
        " contacts and orders every night.",
        groups="base.group_user",
    )
    relationship_change_ids = fields.One2many(
        "crm.relationship.change", "partner_id", groups="base.group_user"
    )

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "relationship_stage"]

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if any(vals.get("value_class") for vals in vals_list):
            partners._log_class_changes(dict.fromkeys(partners, False))
        return partners

    def write(self, vals):
        if "value_class" not in vals:
            return super().write(vals)
        before = {partner: partner.value_class for partner in self}
        result = super().write(vals)
        self._log_class_changes(before)
        return result

    def _log_class_changes(self, before: dict):
        """Write down the class of the customers that changed; people have that of
        their company."""
        changed = self.filtered(
            lambda partner: (
                partner == partner.commercial_partner_id
                and partner.value_class != before[partner]
            )
        )
        if not changed:
            return
        # History is the system's to write.
        self.env["crm.relationship.change"].sudo().create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": self.env.company.id,
                    "kind": "class",
                    "old": before[partner],
                    "new": partner.value_class,
                    "user_id": self.env.uid,
                    "reason": "job" if self.env.uid == SUPERUSER_ID else "hand",
                }
                for partner in changed
            ]
        )

    # The card

    @api.readonly
    def crm_card(self) -> dict:
        """Add ``dynamics``: stage and class of the last two years at each change."""
        card = super().crm_card()
        since = fields.Datetime.now() - relativedelta(months=CHART_MONTHS)
        card["dynamics"] = self.env["crm.relationship.change"]._points(
            self.commercial_partner_id, self.env.company, since
        )
        return card

    def _card_facts(self, family):
        facts = super()._card_facts(family)
        customer = self.commercial_partner_id
        if not customer.relationship_stage:
            return facts
        field = self._fields["relationship_stage"]
        stage = {
            "key": "relationship_stage",
            "label": self.env._("Relationship"),
            "value": dict(field._description_selection(self.env))[
                customer.relationship_stage
            ],
            "action": self._card_action(
                "crm.relationship.change",
                [("partner_id", "=", customer.id)],
                self.env._("Relationship"),
            ),
        }
        return [*facts, stage]

    # The nightly job

    @api.model
    def _stage_facts_sql(self) -> SQL:
        """Give a query with one row for each order: ``commercial_partner_id``,
        ``company_id``, ``date``. Addons that know orders add theirs with UNION ALL."""
        return SQL("SELECT NULL::int, NULL::int, NULL::timestamp WHERE FALSE")

    @api.model
    def _contact_facts_sql(self) -> SQL:
        """Give a query with the first contact of each customer by company: that of the
        document, else that of the employee. A mail from the customer may have neither;
        it counts for each of our companies."""
        # The stage is made of all contacts, and tells of none.
        contacts = self.env["crm.timeline"].sudo()._search([])
        row = SQL.identifier(contacts.table)
        return SQL(
            """SELECT p.commercial_partner_id, COALESCE(row.company_id, u.company_id),
                      min(row.date)
                 FROM (%s) AS row JOIN res_partner AS p ON p.id = row.partner_id
                 LEFT JOIN res_users AS u ON u.id = row.user_id
                WHERE p.partner_share GROUP BY 1, 2""",
            contacts.select(
                *(
                    SQL("%s.%s", row, SQL.identifier(column))
                    for column in ("partner_id", "company_id", "user_id", "date")
                )
            ),
        )

    @api.model
    def _cron_move_stages(self):
        """Bring the stages of all customers up to date, and write down what changed."""
        commit = self.env["ir.cron"]._commit_progress
        self._log_classes_written_elsewhere()
        last, batch = 0, self._stage_batch(0)
        commit(remaining=self._stage_count())
        while batch:
            self._move_stages(last, batch[-1])
            last = batch[-1]
            if not commit(len(batch)):
                break
            batch = self._stage_batch(last)

    @api.model
    def _stage_count(self) -> int:
        query = SQL("SELECT count(*) FROM res_partner WHERE commercial_partner_id = id")
        return self.env.execute_query(query)[0][0]

    @api.model
    def _stage_batch(self, last: int) -> list[int]:
        query = SQL(
            """SELECT id FROM res_partner WHERE commercial_partner_id = id AND id > %s
                ORDER BY id LIMIT %s""",
            last,
            BATCH,
        )
        return [row[0] for row in self.env.execute_query(query)]

    @api.model
    def _move_stages(self, after: int, last: int):
        """Move the customers with an id above ``after`` and up to ``last``."""
        self.env.flush_all()
        self.env.execute_query(self._stage_changes_sql(after, last))
        self.env.execute_query(self._stage_write_sql(after, last))
        self.env["crm.relationship.change"].invalidate_model()
        self.invalidate_model(["relationship_stage"])

    def _stage_events_sql(self, after: int, last: int) -> SQL:
        """Give the CTEs up to ``event``: every date at which the orders and contacts
        of these customers moved the stage; ``rank`` orders those of one moment."""
        return SQL(
            """%(orders)s, %(contacts)s, event AS (
                   SELECT partner_id, company_id, date, 1 AS rank,
                          CASE run WHEN 1 THEN 'first' ELSE 'returned' END AS stage
                     FROM placed WHERE place = 1
                UNION ALL
                   SELECT partner_id, company_id, date, 2, 'regular'
                     FROM placed WHERE place = regular
                UNION ALL
                   SELECT partner_id, company_id, date + sleeping, 3, 'sleeping'
                     FROM placed WHERE silence > sleeping
                UNION ALL
                   SELECT partner_id, company_id, date + lost, 4, 'lost'
                     FROM placed WHERE silence > lost
                UNION ALL
                   SELECT contact.partner_id, contact.company_id, contact.date, 0,
                          'prospect'
                     FROM contact
                    WHERE NOT EXISTS (
                          SELECT FROM fact
                           WHERE fact.partner_id = contact.partner_id
                             AND fact.company_id = contact.company_id
                             AND fact.date <= contact.date)
               )""",
            orders=self._stage_orders_sql(after, last),
            contacts=self._stage_contacts_sql(after, last),
        )

    def _stage_orders_sql(self, after: int, last: int) -> SQL:
        """Give the CTEs up to ``placed``: the orders with their place in a run of
        orders, and the silence after them. An order after a pause longer than
        sleeping begins a new run."""
        return SQL(
            """fact AS (
                   SELECT f.commercial_partner_id AS partner_id, f.company_id, f.date,
                          COALESCE(r.regular_orders, %(regular)s) AS regular,
                          COALESCE(r.sleeping_days, %(sleeping)s) * day AS sleeping,
                          COALESCE(r.lost_days, %(lost)s) * day AS lost
                     FROM (%(orders)s) AS f (commercial_partner_id, company_id, date)
                     LEFT JOIN crm_relationship_rule AS r USING (company_id)
                    CROSS JOIN (VALUES (interval '1 day')) AS one (day)
                    WHERE f.commercial_partner_id > %(after)s
                      AND f.commercial_partner_id <= %(last)s
                      AND f.company_id IS NOT NULL AND f.date <= %(now)s
               ), neighbour AS (
                   SELECT *, date - lag(date) OVER mine AS pause,
                          COALESCE(lead(date) OVER mine, %(now)s) - date AS silence
                     FROM fact
                   WINDOW mine AS (PARTITION BY partner_id, company_id ORDER BY date)
               ), numbered AS (
                   SELECT *, count(*) FILTER (WHERE pause IS NULL OR pause > sleeping)
                             OVER (PARTITION BY partner_id, company_id ORDER BY date)
                             AS run
                     FROM neighbour
               ), placed AS (
                   SELECT *, row_number() OVER (PARTITION BY partner_id, company_id, run
                                                    ORDER BY date) AS place
                     FROM numbered
               )""",
            regular=REGULAR_ORDERS,
            sleeping=SLEEPING_DAYS,
            lost=LOST_DAYS,
            orders=self._stage_facts_sql(),
            after=after,
            last=last,
            now=fields.Datetime.now(),
        )

    def _stage_contacts_sql(self, after: int, last: int) -> SQL:
        """Give the CTE ``contact``: when each company was first in touch."""
        return SQL(
            """contact AS (
                   SELECT c.commercial_partner_id AS partner_id,
                          company.id AS company_id, min(c.date) AS date
                     FROM (%(contacts)s) AS c (commercial_partner_id, company_id, date)
                     JOIN res_partner AS p ON p.id = c.commercial_partner_id
                     JOIN res_company AS company
                       ON company.id = COALESCE(c.company_id, p.company_id, company.id)
                    WHERE c.commercial_partner_id > %(after)s
                      AND c.commercial_partner_id <= %(last)s AND c.date <= %(now)s
                 GROUP BY 1, 2
               )""",
            contacts=self._contact_facts_sql(),
            after=after,
            last=last,
            now=fields.Datetime.now(),
        )

    def _stage_changes_sql(self, after: int, last: int) -> SQL:
        """Write down the events that are newer than the last change on record; and
        where the record ends elsewhere than the events do, that, as of now."""
        return SQL(
            """WITH %(events)s, recorded AS (
                   SELECT DISTINCT ON (partner_id, company_id)
                          partner_id, company_id, date, new
                     FROM crm_relationship_change
                    WHERE kind = 'stage'
                      AND partner_id > %(after)s AND partner_id <= %(last)s
                 ORDER BY partner_id, company_id, date DESC, id DESC
               ), news AS (
                   SELECT e.partner_id, e.company_id, e.date, e.rank, e.stage,
                          COALESCE(lag(e.stage) OVER mine, r.new) AS old
                     FROM event AS e
                     LEFT JOIN recorded AS r USING (partner_id, company_id)
                    WHERE r.date IS NULL OR (e.date > r.date AND e.stage != 'prospect')
                   WINDOW mine AS (PARTITION BY e.partner_id, e.company_id
                                       ORDER BY e.date, e.rank)
               ), final AS (
                   SELECT DISTINCT ON (partner_id, company_id)
                          partner_id, company_id, stage
                     FROM event ORDER BY partner_id, company_id, date DESC, rank DESC
               ), told AS (
                   SELECT DISTINCT ON (partner_id, company_id)
                          partner_id, company_id, stage
                     FROM news ORDER BY partner_id, company_id, date DESC, rank DESC
               ), late AS (
                   SELECT partner_id, company_id,
                          COALESCE(told.stage, r.new) AS old,
                          COALESCE(final.stage, 'prospect') AS stage
                     FROM recorded AS r
                     LEFT JOIN final USING (partner_id, company_id)
                     LEFT JOIN told USING (partner_id, company_id)
               )
               INSERT INTO crm_relationship_change
                      (partner_id, company_id, kind, old, new, date, reason,
                       create_uid, create_date, write_uid, write_date)
               SELECT partner_id, company_id, 'stage', old, stage, date, reason,
                      %(uid)s, %(now)s, %(uid)s, %(now)s
                 FROM (SELECT partner_id, company_id, old, stage, date,
                              'facts' AS reason, rank
                         FROM news WHERE old IS DISTINCT FROM stage
                    UNION ALL
                       SELECT partner_id, company_id, old, stage, %(now)s, 'late', 9
                         FROM late WHERE old IS DISTINCT FROM stage) AS change
             ORDER BY partner_id, company_id, date, rank
                   ON CONFLICT DO NOTHING
            RETURNING id""",
            events=self._stage_events_sql(after, last),
            after=after,
            last=last,
            uid=self.env.uid,
            now=fields.Datetime.now(),
        )

    def _stage_write_sql(self, after: int, last: int) -> SQL:
        """Write the last change on record on the customers and all their people, where
        another stage stands there. Those whom somebody is writing wait for the next
        run."""
        return SQL(
            """WITH recorded AS (
                   SELECT DISTINCT ON (partner_id, company_id)
                          partner_id, company_id, new
                     FROM crm_relationship_change
                    WHERE kind = 'stage'
                      AND partner_id > %(after)s AND partner_id <= %(last)s
                 ORDER BY partner_id, company_id, date DESC, id DESC
               ), stage AS (
                   SELECT partner_id, jsonb_object_agg(company_id::text, new) AS stages
                     FROM recorded GROUP BY partner_id
               ), mine AS (
                   SELECT p.id, stage.stages FROM res_partner AS p
                     JOIN stage ON stage.partner_id = p.commercial_partner_id
                    WHERE NOT COALESCE(p.relationship_stage, '{}') @> stage.stages
                      FOR NO KEY UPDATE OF p SKIP LOCKED
               )
               UPDATE res_partner AS p
                  SET relationship_stage =
                      COALESCE(p.relationship_stage, '{}') || mine.stages
                 FROM mine WHERE mine.id = p.id
            RETURNING p.id""",
            after=after,
            last=last,
        )

    @api.model
    def _log_classes_written_elsewhere(self):
        """Write down classes that a job of another addon wrote by SQL."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """WITH recorded AS (
                       SELECT DISTINCT ON (partner_id, company_id)
                              partner_id, company_id, new
                         FROM crm_relationship_change WHERE kind = 'class'
                     ORDER BY partner_id, company_id, date DESC, id DESC
                   ), present AS (
                       SELECT p.id AS partner_id, of.key::int AS company_id,
                              of.value AS class
                         FROM res_partner AS p
                        CROSS JOIN jsonb_each_text(p.value_class) AS of
                        WHERE p.commercial_partner_id = p.id
                   )
                   INSERT INTO crm_relationship_change
                          (partner_id, company_id, kind, old, new, date, reason,
                           create_uid, create_date, write_uid, write_date)
                   SELECT p.partner_id, company.id, 'class', r.new, p.class, %(now)s,
                          'job', %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM present AS p
                     LEFT JOIN recorded AS r USING (partner_id, company_id)
                     JOIN res_company AS company ON company.id = p.company_id
                    WHERE r.new IS DISTINCT FROM p.class
                       ON CONFLICT DO NOTHING
                RETURNING id""",
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self.env["crm.relationship.change"].invalidate_model()
