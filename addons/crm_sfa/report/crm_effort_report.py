from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_base.models.res_partner import VALUE_CLASSES

KINDS = [
    ("deal", "Deal begun"),
    ("won", "Deal won"),
    ("lost", "Deal lost"),
    ("offer", "Offer"),
    ("call", "Call"),
    ("visit", "Visit or meeting"),
    ("contact", "Another contact"),
]
# The numbers that stand for one won deal, by the field that shows them.
PER_WON = {
    "contacts_per_won": "contacts",
    "calls_per_won": "calls",
    "visits_per_won": "visits",
    "offers_per_won": "offers",
}
HELP = "Of the rows of a group, won deals of the same group. Empty where none was won."


class CrmEffortReport(models.Model):
    """What was done, and what came of it: contacts, offers and deals, one row each, of
    the documents that the reader may see."""

    _name = "crm.effort.report"
    _description = "Activity and Results"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "kind"
    _depends = {
        "crm.lead": [
            "active", "company_id", "create_date", "date_closed", "expected_revenue",
            "partner_id", "team_id", "type", "user_id", "won_status",
        ],
        "crm.team.member": ["active", "crm_team_id", "user_id"],
        "res.partner": ["commercial_partner_id", "territory_id", "value_class"],
        "sale.order": ["company_id", "partner_id", "state", "team_id", "user_id"],
    }  # fmt: skip

    date = fields.Datetime(readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    user_id = fields.Many2one("res.users", "Person", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    territory_id = fields.Many2one("crm.territory", readonly=True)
    value_class = fields.Selection(VALUE_CLASSES, readonly=True)
    res_model = fields.Char("Document Type", readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", readonly=True
    )
    contacts = fields.Integer(readonly=True, help="Calls and visits are among them.")
    calls = fields.Integer(readonly=True)
    visits = fields.Integer("Visits and Meetings", readonly=True)
    offers = fields.Integer(readonly=True)
    deals = fields.Integer("Deals Begun", readonly=True)
    won = fields.Integer("Deals Won", readonly=True)
    lost = fields.Integer("Deals Lost", readonly=True)
    won_revenue = fields.Float("Amount Won", readonly=True)
    contacts_per_won = fields.Float(
        "Contacts per Won Deal", readonly=True, aggregator="avg", help=HELP
    )
    calls_per_won = fields.Float(
        "Calls per Won Deal", readonly=True, aggregator="avg", help=HELP
    )
    visits_per_won = fields.Float(
        "Visits per Won Deal", readonly=True, aggregator="avg", help=HELP
    )
    offers_per_won = fields.Float(
        "Offers per Won Deal", readonly=True, aggregator="avg", help=HELP
    )

    @property
    def _table_query(self) -> SQL:
        parts = (self._deals_sql(), self._offers_sql(), self._contacts_sql())
        return SQL(
            """
            SELECT done.id, done.date, done.kind, done.user_id, done.team_id,
                done.company_id, customer.id AS partner_id, customer.territory_id,
                %(value_class)s AS value_class, done.res_model, done.res_id,
                (done.kind IN ('call', 'visit', 'contact'))::int AS contacts,
                (done.kind = 'call')::int AS calls,
                (done.kind = 'visit')::int AS visits,
                (done.kind = 'offer')::int AS offers,
                (done.kind = 'deal')::int AS deals,
                (done.kind = 'won')::int AS won,
                (done.kind = 'lost')::int AS lost,
                CASE done.kind WHEN 'won' THEN done.amount ELSE 0 END AS won_revenue,
                NULL::float AS contacts_per_won, NULL::float AS calls_per_won,
                NULL::float AS visits_per_won, NULL::float AS offers_per_won
            FROM (%(parts)s) AS done
            LEFT JOIN res_partner AS person ON person.id = done.person_id
            LEFT JOIN res_partner AS customer
                ON customer.id = person.commercial_partner_id
            """,
            value_class=self.env["crm.sales.report"]._value_class_sql("customer"),
            parts=SQL(" UNION ALL ").join(parts),
        )

    @api.model
    def _deals_sql(self) -> SQL:
        """A deal is a row when it is begun, and one more when it is closed."""
        return SQL(
            """
            SELECT lead.id::bigint * 8 + event.number AS id, event.date, event.kind,
                lead.user_id, lead.team_id, lead.company_id,
                lead.partner_id AS person_id, 'crm.lead' AS res_model,
                lead.id AS res_id, lead.expected_revenue AS amount
            FROM crm_lead AS lead
            CROSS JOIN LATERAL (VALUES
                (0, 'deal', lead.create_date),
                (1, lead.won_status, lead.date_closed)
            ) AS event (number, kind, date)
            WHERE event.kind <> 'pending' AND lead.id IN %s
            """,
            self.env["crm.sales.report"]._leads().subselect(),
        )

    @api.model
    def _offers_sql(self) -> SQL:
        """Quotations, also those that became orders, on the day they were made."""
        orders = self.env["sale.order"]._search([("state", "!=", "cancel")])
        return SQL(
            """
            SELECT sale.id::bigint * 8 + 2, sale.create_date, 'offer', sale.user_id,
                sale.team_id, sale.company_id, sale.partner_id, 'sale.order', sale.id,
                NULL::numeric
            FROM sale_order AS sale WHERE sale.id IN %s
            """,
            orders.subselect(),
        )

    @api.model
    def _contacts_sql(self) -> SQL:
        """Contacts of the time line that are some for the contact policy. A meeting
        with several people of one customer is one row."""
        timeline = self.env["crm.timeline"]
        query = timeline._search(
            Domain("user_id", "!=", False)
            & Domain("date", "<=", fields.Datetime.now())
            & Domain("kind", "in", self.env["crm.contact.kind"]._codes())
        )
        query.order = None
        # What is asked about reaches the rows, which is why there is no subselect.
        return SQL(
            """
            SELECT contact.id * 8 + 3, contact.date, CASE contact.kind
                    WHEN 'call' THEN 'call' WHEN 'visit' THEN 'visit'
                    WHEN 'meeting' THEN 'visit' ELSE 'contact' END,
                contact.user_id, (
                    SELECT crm_team_id FROM crm_team_member
                    WHERE user_id = contact.user_id AND active ORDER BY id LIMIT 1
                ), contact.company_id, contact.partner_id, contact.res_model,
                contact.res_id, NULL::numeric
            FROM (%s) AS contact
            WHERE NOT EXISTS (
                SELECT 1 FROM crm_timeline AS same
                WHERE same.commercial_partner_id = contact.commercial_partner_id
                AND same.date = contact.date AND same.res_model = contact.res_model
                AND same.res_id = contact.res_id AND same.user_id = contact.user_id
                AND same.id < contact.id
            )
            """,
            query.select(SQL("crm_timeline.*")),
        )

    def _read_group_select(self, aggregate_spec, query):
        name, _, function = aggregate_spec.partition(":")
        if function != "avg" or name not in PER_WON:
            return super()._read_group_select(aggregate_spec, query)
        done, won = (
            self._field_to_sql(self._table, field, query)
            for field in (PER_WON[name], "won")
        )
        return SQL("sum(%s)::float / NULLIF(sum(%s), 0)", done, won)

    @api.readonly
    def action_open_document(self) -> dict:
        """Open what a row stands for."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
