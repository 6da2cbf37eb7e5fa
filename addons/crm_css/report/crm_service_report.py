from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_base.models.res_partner import VALUE_CLASSES

# Fields of the ticket that the report takes over as they are.
TAKEN = (
    "create_date",
    "closed_date",
    "team_id",
    "user_id",
    "partner_id",
    "commercial_partner_id",
    "product_id",
    "type_id",
    "channel_id",
    "category_id",
    "territory_id",
    "service_level_id",
    "stage_id",
    "company_id",
    "severity",
    "priority",
    "reopen_count",
    "asked_date",
)


class CrmServiceReport(models.Model):
    """The tickets in figures: one row for each that the reader may see.

    Times are those of the clock, nights and holidays included: what the customer
    waited. Deadlines that service levels set have their own column.
    """

    _name = "crm.service.report"
    _description = "Tickets Analysis"
    _auto = False
    _order = "create_date desc, id desc"
    _rec_name = "name"
    _depends = {
        "helpdesk.ticket": [
            "name",
            "number",
            "active",
            "first_answer_date",
            "rating_last_value",
            *TAKEN,
        ],
        "helpdesk.ticket.stage": ["closed"],
        "crm.sla.clock": ["state", "ticket_id"],
        "crm.territory": ["parent_path"],
        "res.partner": ["value_class"],
    }

    name = fields.Char("Ticket", readonly=True)
    number = fields.Char(readonly=True)
    create_date = fields.Datetime("Created On", readonly=True)
    closed_date = fields.Datetime("Resolved On", readonly=True)
    team_id = fields.Many2one("helpdesk.ticket.team", readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    commercial_partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    value_class = fields.Selection(VALUE_CLASSES, "Customer's Class", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    type_id = fields.Many2one("helpdesk.ticket.type", readonly=True)
    channel_id = fields.Many2one("helpdesk.ticket.channel", readonly=True)
    category_id = fields.Many2one("helpdesk.ticket.category", readonly=True)
    territory_id = fields.Many2one("crm.territory", readonly=True)
    territory_top_id = fields.Many2one(
        "crm.territory",
        "Territory with its Parts",
        readonly=True,
        help="The territory at the top: its tickets and those of all its parts.",
    )
    service_level_id = fields.Many2one("crm.service.level", readonly=True)
    stage_id = fields.Many2one("helpdesk.ticket.stage", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    severity = fields.Selection(
        selection=lambda self: self._selection_of_ticket("severity"), readonly=True
    )
    priority = fields.Selection(
        selection=lambda self: self._selection_of_ticket("priority"), readonly=True
    )
    asked_date = fields.Datetime("Waits Since", readonly=True)
    tickets = fields.Integer(readonly=True)
    backlog = fields.Integer("Open", readonly=True)
    waiting = fields.Integer("Waits for Our Answer", readonly=True)
    age_days = fields.Float(
        "Age (Days)", readonly=True, aggregator="avg", help="Of open tickets."
    )
    first_answer_hours = fields.Float(
        "First Answer (Hours)", readonly=True, aggregator="avg"
    )
    resolution_hours = fields.Float(
        "Resolution (Hours)", readonly=True, aggregator="avg"
    )
    reopen_count = fields.Integer("Reopened", readonly=True)
    breached = fields.Integer("Deadlines Missed", readonly=True)
    satisfaction = fields.Float(
        "Satisfaction (1 to 5)", readonly=True, aggregator="avg"
    )
    votes = fields.Integer(readonly=True)

    @property
    def _table_query(self) -> SQL:
        tickets = self.env["helpdesk.ticket"]
        query = tickets._search(Domain.TRUE)
        columns = self._select_fields(tickets, query)
        return query.select(
            *(
                SQL("%s AS %s", sql, SQL.identifier(name))
                for name, sql in columns.items()
            )
        )

    @api.model
    def _selection_of_ticket(self, name):
        return (
            self.env["helpdesk.ticket"]._fields[name]._description_selection(self.env)
        )

    @api.model
    def _select_fields(self, tickets, query) -> dict[str, SQL]:
        """Give the column of each field; addons add theirs.

        :param query: of the tickets that the reader may see; joins may be added to it
        """
        ticket = query.table
        customer = query.left_join(
            ticket, "commercial_partner_id", "res_partner", "id", "customer"
        )
        territory = query.left_join(
            ticket, "territory_id", "crm_territory", "id", "territory"
        )
        stage = query.left_join(
            ticket, "stage_id", "helpdesk_ticket_stage", "id", "stage"
        )
        is_open = SQL("(%s IS NOT TRUE)", SQL.identifier(stage, "closed"))
        created = SQL.identifier(ticket, "create_date")
        vote = SQL("NULLIF(%s, 0)", SQL.identifier(ticket, "rating_last_value"))
        asked = SQL.identifier(ticket, "asked_date")
        return {
            "id": SQL.identifier(ticket, "id"),
            **{
                name: SQL.identifier(ticket, name)
                for name in ("name", "number", *TAKEN)
            },
            "value_class": self.env["res.partner"]._field_to_sql(
                customer, "value_class", query
            ),
            "territory_top_id": SQL(
                "NULLIF(split_part(%s, '/', 1), '')::int",
                SQL.identifier(territory, "parent_path"),
            ),
            "tickets": SQL("1"),
            "backlog": SQL("%s::int", is_open),
            "waiting": SQL("(%s AND %s IS NOT NULL)::int", is_open, asked),
            "age_days": SQL(
                "CASE WHEN %s THEN %s END",
                is_open,
                self._hours(created, SQL("%s::timestamp", fields.Datetime.now()), 24),
            ),
            "first_answer_hours": self._hours(
                created, SQL.identifier(ticket, "first_answer_date")
            ),
            "resolution_hours": SQL(
                "CASE WHEN NOT %s THEN %s END",
                is_open,
                self._hours(created, SQL.identifier(ticket, "closed_date")),
            ),
            "breached": SQL(
                """(SELECT count(*) FROM crm_sla_clock AS clock
                WHERE clock.ticket_id = %s AND clock.state = 'breached')::int""",
                SQL.identifier(ticket, "id"),
            ),
            "satisfaction": vote,
            "votes": SQL("(%s IS NOT NULL)::int", vote),
        }

    @api.model
    def _hours(self, start: SQL, end: SQL, hours: int = 1) -> SQL:
        """The time between two columns, in units of so many hours."""
        seconds = SQL("EXTRACT(EPOCH FROM %s - %s)", end, start)
        return SQL("(%s / %s)::float8", seconds, 3600 * hours)

    @api.readonly
    def action_open_ticket(self) -> dict:
        """Open the ticket of a row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.id,
            "views": [(False, "form")],
        }
