from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount

from odoo.addons.crm_base.models.res_partner import VALUE_CLASSES

from ..tools.day import HOURS, SLOTS, DaySource, points

# So many deals without a next step are shown to each person: the rest come after them.
MOST_DEALS = 10


class CrmDayItem(models.Model):
    """Something that somebody has planned: a call, a visit, a promise that is due.

    Read over the documents at the moment of asking: nothing has to be kept in line.
    Nobody finds another's items in it, except who leads or stands in for that one.
    """

    _name = "crm.day.item"
    _description = "Item of a Day Plan"
    _auto = False
    _order = "score desc, date, id"
    _depends = {
        "calendar.attendee": ["event_id", "partner_id", "state"],
        "calendar.event": ["active", "allday", "duration", "opportunity_id", "res_id",
                           "res_model", "start", "stop"],
        "crm.lead": ["active", "date_last_stage_update", "expected_revenue",
                     "partner_id", "user_id"],
        "crm.promise": ["date_due", "partner_id", "state", "user_id"],
        "crm.visit": ["date_out", "event_id", "partner_id", "user_id"],
        "mail.activity": ["active", "activity_type_id", "date_deadline", "res_id",
                          "res_model", "user_id"],
        "mail.activity.type": ["category"],
        "res.partner": ["partner_share", "value_class"],
        "sale.order": ["amount_total", "currency_rate", "partner_id"],
    }  # fmt: skip

    kind = fields.Selection(
        [
            ("call", "Call"),
            ("todo", "Follow-up"),
            ("meeting", "Meeting"),
            ("visit", "Visit"),
            ("promise", "Promise"),
            ("deal", "Next step missing"),
        ],
        readonly=True,
    )
    item_id = fields.Integer(readonly=True, export_string_translation=False)
    res_model = fields.Char("Document Type", readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", readonly=True, aggregator=None
    )
    name = fields.Char("What", compute="_compute_name")
    document = fields.Char("About", compute="_compute_name")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    value_class = fields.Selection(VALUE_CLASSES, "Class", readonly=True)
    user_id = fields.Many2one(
        "res.users", "Person", readonly=True, group_expand="_expand_people"
    )
    date = fields.Date("Day", readonly=True)
    date_start = fields.Datetime("Start", readonly=True)
    date_stop = fields.Datetime("End", readonly=True)
    is_all_day = fields.Boolean("Without a Time", readonly=True)
    hours = fields.Float(
        readonly=True,
        help="How long it takes: as planned, or what such a thing usually takes.",
    )
    amount = fields.Monetary("Deal", readonly=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    place = fields.Integer(readonly=True, export_string_translation=False)
    score = fields.Integer(
        "Points",
        readonly=True,
        aggregator=None,
        help="Class of the customer, size of the deal, how late it is. The item with"
        " the most comes first.",
    )
    reason = fields.Char("Why Here", compute="_compute_reason")
    lateness = fields.Selection(
        [("late", "Late"), ("today", "Today"), ("later", "Later")],
        "When",
        readonly=True,
    )
    time = fields.Char(compute="_compute_time", help="Where it has a time of its own.")
    phone = fields.Char(compute="_compute_phone")
    map_url = fields.Char("Way", compute="_compute_phone")
    team_id = fields.Many2one(
        "crm.team", compute="_compute_team_id", search="_search_team_id"
    )
    is_own = fields.Boolean(
        "Mine",
        compute="_compute_is_own",
        search="_search_is_own",
        help="Yours, or of somebody for whom you stand in now.",
    )

    @property
    def _table_query(self) -> SQL:
        today = fields.Date.context_today(self)
        items = SQL(" UNION ALL ").join(map(self._select, self._day_sources()))
        value_class = SQL("(customer.value_class->>%s)", str(self.env.company.id))
        return SQL(
            """
            SELECT item.*, %(class)s AS value_class, %(points)s AS score,
                CASE WHEN item.date < %(today)s THEN 'late'
                    WHEN item.date = %(today)s THEN 'today' ELSE 'later' END AS lateness
            FROM (%(items)s) AS item
            LEFT JOIN res_partner AS customer ON customer.id = item.partner_id
            """,
            **{"class": value_class},
            points=points(
                SQL("item.kind"),
                value_class,
                SQL("item.amount"),
                SQL("item.date"),
                today,
            ),
            today=today,
            items=items,
        )

    @api.model
    def _select(self, source: DaySource) -> SQL:
        model = self.env[source.model]
        # Only where the source's own domain says whose things this reader sees.
        query = (model.sudo() if source.sudo else model)._search(source.domain)
        for alias, table, condition in source.joins:
            kind = "LEFT JOIN" if alias.startswith("maybe_") else "JOIN"
            query.add_join(kind, alias, table, condition)
        if source.where:
            query.add_where(source.where)
        table = SQL.identifier(model._table)
        noon = SQL("%s::timestamp + interval '12 hours'", source.date)
        hours = SQL(
            "CASE %s %s END",
            source.kind,
            SQL(" ").join(SQL("WHEN %s THEN %s", *pair) for pair in HOURS.items()),
        )
        return query.select(
            SQL("%s.id::bigint * %s + %s AS id", table, SLOTS, source.slot),
            SQL("%s::varchar AS kind", source.kind),
            SQL("%s.id AS item_id", table),
            SQL("%s AS res_model", source.res_model),
            SQL("%s AS res_id", source.res_id),
            SQL("%s AS partner_id", source.partner),
            SQL("%s AS user_id", source.user),
            SQL("%s AS date", source.date),
            SQL("COALESCE(%s, %s) AS date_start", source.start, noon),
            SQL("COALESCE(%s, %s) AS date_stop", source.stop, noon),
            SQL("%s IS NULL AS is_all_day", source.start),
            SQL("COALESCE(%s, %s)::float AS hours", source.hours, hours),
            SQL("COALESCE(%s, 0)::numeric AS amount", source.amount),
            SQL("%s AS place", source.place),
        )

    @api.depends_context("company")
    def _compute_currency_id(self):
        self.currency_id = self.env.company.currency_id

    @api.depends("kind", "item_id", "res_id")
    def _compute_name(self):
        """Tell what it is, as far as the reader may see the document."""
        for kind, items in self.grouped("kind").items():
            things = items._things(kind)
            readable = things._filtered_access("read")
            for item, thing in zip(items, things, strict=True):
                seen = thing in readable
                item.name = item._title(thing) if seen else self.env._("Busy")
                item.document = item._about(thing) if seen else False

    def _things(self, kind=None):
        """Give the planned things themselves, in the order of the items."""
        names = {"promise": "crm.promise", "deal": "crm.lead",
                 "meeting": "calendar.event", "visit": "calendar.event"}  # fmt: skip
        kind = kind or self.kind
        if names.get(kind) == "calendar.event":
            return self.env["calendar.event"].browse(self.mapped("res_id"))
        model = names.get(kind, "mail.activity")
        return self.env[model].browse([item.item_id for item in self])

    def _title(self, thing) -> str:
        if thing._name == "mail.activity":
            return thing.summary or thing.activity_type_id.name or ""
        return thing.display_name

    def _about(self, thing):
        """Name the document of an activity, unless that is the customer."""
        if thing._name != "mail.activity" or thing.res_model == "res.partner":
            return False
        return thing.res_name

    @api.depends("value_class", "amount", "date", "kind")
    def _compute_reason(self):
        today = fields.Date.context_today(self)
        for item in self:
            item.reason = " · ".join(filter(None, item._reasons(today)))

    def _reasons(self, today) -> list[str]:
        days = (today - self.date).days if self.date else 0
        return [
            self.value_class
            and self.env._("Class %(name)s", name=self.value_class.upper()),
            self.amount
            and self.env._(
                "deal of %(amount)s",
                amount=format_amount(self.env, self.amount, self.currency_id),
            ),
            self.kind == "promise" and self.env._("a promise"),
            self.kind == "deal" and self.env._("no next step"),
            days == 1 and self.env._("one day late"),
            days > 1 and self.env._("%(count)s days late", count=days),
        ]

    @api.depends_context("tz", "uid")
    @api.depends("date_start", "is_all_day")
    def _compute_time(self):
        for item in self:
            start = fields.Datetime.context_timestamp(
                item, item.date_start or fields.Datetime.now()
            )
            item.time = "" if item.is_all_day else f"{start:%H:%M}"

    @api.depends("partner_id", "res_model", "res_id")
    def _compute_phone(self):
        leads = self.filtered(lambda item: item.res_model == "crm.lead")
        found = self.env["crm.lead"].browse(leads.mapped("res_id")).exists()
        phones = {lead.id: lead.phone for lead in found._filtered_access("read")}
        readable = self.partner_id._filtered_access("read")
        partners = {partner.id: partner for partner in readable}
        for item in self:
            partner = partners.get(item.partner_id.id, readable.browse())
            phone = partner.phone or partner.commercial_partner_id.phone
            if not phone and item.res_model == "crm.lead":
                phone = phones.get(item.res_id)
            item.phone = phone
            item.map_url = partner._map_url() if partner else False

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_is_own(self):
        own = self._own_ids()
        for item in self:
            item.is_own = item.user_id.id in own

    @api.model
    def _search_is_own(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("user_id", "in", self._own_ids())

    @api.model
    def _own_ids(self) -> list[int]:
        covers = self.env["crm.stand.in"]._covers_now()
        return [self.env.uid, *(cover.absent for cover in covers)]

    @api.model
    def _expand_people(self, users, domain):
        """Show everybody whom the user leads, also who has nothing to do."""
        people = self.env["res.users"]._day_people().filtered("active")
        for condition in Domain(domain).iter_conditions():
            if condition.field_expr == "team_id" and condition.operator in ("=", "in"):
                value = condition.value
                ids = [value] if isinstance(value, int) else list(value)
                people &= self.env["crm.team"].browse(ids).member_ids
        return users | people.sorted("name")

    @api.depends("user_id")
    def _compute_team_id(self):
        for item in self:
            item.team_id = item.user_id.sale_team_id

    @api.model
    def _search_team_id(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        return Domain("user_id.crm_team_member_ids.crm_team_id", operator, value)

    @api.model
    def _shown_domain(self) -> Domain:
        """What views show: of deals without a next step the most valuable only."""
        return Domain("place", "<=", MOST_DEALS)
