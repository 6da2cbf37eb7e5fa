from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.work import CLASS_POINTS, WorkSource, urgency

SLOTS = 8
# So many candidates are tried before the queue is called empty: each is passed over
# only while a colleague is taking it at this very moment.
TRIED = 50


class CrmWorkItem(models.Model):
    """A piece of work that waits for the reader: a ticket, a promise, a call.

    Read over the documents at the moment of asking: nothing has to be kept in line.
    """

    _name = "crm.work.item"
    _description = "Work Item"
    _auto = False
    _order = "score desc, id"

    kind = fields.Selection(
        [
            ("ticket", "Ticket"),
            ("promise", "Promise"),
            ("call", "Call-back"),
            ("activity", "Follow-up"),
        ],
        readonly=True,
    )
    res_model = fields.Char("Model", readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", readonly=True
    )
    name = fields.Char("What", compute="_compute_name")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    value_class = fields.Selection(related="partner_id.value_class", string="Class")
    user_id = fields.Many2one("res.users", "Assigned to", readonly=True)
    date_due = fields.Datetime("Due", readonly=True)
    date_since = fields.Datetime("Lies there since", readonly=True)
    value = fields.Integer(
        readonly=True, aggregator=None, help="Points for what it is worth."
    )
    urgency = fields.Integer(
        readonly=True, aggregator=None, help="Points for how pressing it is."
    )
    score = fields.Integer(
        "Place",
        readonly=True,
        aggregator=None,
        help="Value and urgency: the item with the most comes next.",
    )
    taken_by_id = fields.Many2one("res.users", "In work with", readonly=True)

    @property
    def _table_query(self) -> SQL:
        items = SQL(" UNION ALL ").join(map(self._select, self._work_sources()))
        return SQL(
            """
            SELECT item.*, round(item.value + item.raw_urgency)::int AS score,
                round(item.raw_urgency)::int AS urgency, claim.user_id AS taken_by_id
            FROM (%s) AS item
            LEFT JOIN crm_work_claim AS claim
                ON claim.res_model = item.res_model AND claim.res_id = item.res_id
                AND claim.state = 'taken' AND claim.date_until > %s
            """,
            items,
            fields.Datetime.now(),
        )

    @api.model
    def _select(self, source: WorkSource) -> SQL:
        model = self.env[source.model]
        # Only where the source's own domain says what this reader may take.
        query = (model.sudo() if source.sudo else model)._search(source.domain)
        table = SQL.identifier(model._table)
        return query.select(
            SQL("%s.id::bigint * %s + %s AS id", table, SLOTS, source.slot),
            SQL("%s AS kind", source.kind),
            SQL("%s AS res_model", source.model),
            SQL("%s.id AS res_id", table),
            SQL("%s AS partner_id", source.partner),
            SQL("%s AS user_id", source.user),
            SQL("%s AS date_due", source.due),
            SQL("%s AS date_since", source.since),
            SQL("%s AS value", source.value),
            SQL("%s AS raw_urgency", urgency(source.due, source.since)),
        )

    # The sources

    @api.model
    def _work_sources(self) -> list[WorkSource]:
        """Give the kinds of work of the reader. Addons add theirs."""
        return [self._tickets(), self._promises(), self._activities()]

    @api.model
    def _mine_or_covered(self) -> Domain:
        return Domain("user_id", "=", self.env.uid) | Domain("is_covered", "=", True)

    @api.model
    def _tickets(self) -> WorkSource:
        """Open tickets on which we have to act: one's own, those that one covers, and
        those that lie with one's teams."""
        teams = [False, *self.env.user.helpdesk_team_ids.ids]
        free = Domain("user_id", "=", False) & Domain("team_id", "in", teams)
        ours = Domain("stage_id.closed", "=", False) & Domain(
            "stage_id.party", "=", "us"
        )
        return WorkSource(
            slot=0,
            kind=SQL("'ticket'"),
            model="helpdesk.ticket",
            domain=ours & (self._mine_or_covered() | free),
            # An override by hand moves the ticket among those of its new priority.
            value=SQL("""LEAST(GREATEST(helpdesk_ticket.priority_points,
                helpdesk_ticket.priority::int * 30 - 30),
                CASE WHEN helpdesk_ticket.priority < '3'
                THEN helpdesk_ticket.priority::int * 30 - 1 END)"""),
            due=SQL(
                "helpdesk_ticket.sla_due_date",
                to_flush=self.env["helpdesk.ticket"]._fields["sla_due_date"],
            ),
            since=SQL(
                "COALESCE(helpdesk_ticket.asked_date, helpdesk_ticket.create_date)"
            ),
            partner=SQL("helpdesk_ticket.partner_id"),
            user=SQL("helpdesk_ticket.user_id"),
        )

    @api.model
    def _promises(self) -> WorkSource:
        soon = Domain("date_due", "<=", "today +1d")
        ours = Domain("promised_by", "=", "us") & Domain("state", "=", "open")
        return WorkSource(
            slot=1,
            kind=SQL("'promise'"),
            model="crm.promise",
            domain=ours & soon & self._mine_or_covered(),
            value=self._class_points(SQL("crm_promise.partner_id")),
            due=self._end_of_day(SQL("crm_promise.date_due")),
            since=SQL("crm_promise.create_date"),
            partner=SQL("crm_promise.partner_id"),
            user=SQL("crm_promise.user_id"),
        )

    @api.model
    def _activities(self) -> WorkSource:
        """What one has planned oneself, or was given: calls stand apart."""
        today = fields.Date.context_today(self)
        due = Domain("date_deadline", "<=", today) & Domain("active", "=", True)
        partner = SQL(
            "CASE WHEN mail_activity.res_model = 'res.partner' "
            "THEN mail_activity.res_id END"
        )
        return WorkSource(
            slot=2,
            kind=SQL(
                """CASE (SELECT category FROM mail_activity_type AS type
                    WHERE type.id = mail_activity.activity_type_id)
                WHEN 'phonecall' THEN 'call' ELSE 'activity' END"""
            ),
            model="mail.activity",
            domain=due
            & Domain("user_id", "=", self.env.uid)
            & Domain("res_model", "!=", False),
            value=self._class_points(partner),
            due=self._end_of_day(SQL("mail_activity.date_deadline")),
            since=SQL("mail_activity.create_date"),
            partner=partner,
            user=SQL("mail_activity.user_id"),
            sudo=True,  # one's own, which Odoo would look up one document after another
        )

    @api.model
    def _end_of_day(self, date: SQL) -> SQL:
        tz = self.env.user.tz or "UTC"
        last = SQL("(%s + 1)::timestamp - interval '1 second'", date)
        return SQL("((%s) AT TIME ZONE %s) AT TIME ZONE 'UTC'", last, tz)

    @api.model
    def _class_points(self, partner: SQL) -> SQL:
        return SQL(
            """COALESCE((SELECT CASE p.value_class->>%s
                WHEN 'a' THEN %s WHEN 'b' THEN %s END
                FROM res_partner AS p WHERE p.id = %s), 0)""",
            str(self.env.company.id),
            CLASS_POINTS["a"],
            CLASS_POINTS["b"],
            partner,
        )

    # Reading

    @api.depends("res_model", "res_id")
    def _compute_name(self):
        for model, items in self.grouped("res_model").items():
            documents = self.env[model].browse(items.mapped("res_id")).exists()
            names = {
                document.id: document.display_name
                for document in documents._filtered_access("read")
            }
            for item in items:
                item.name = names.get(item.res_id, "")

    @api.readonly
    def action_open(self) -> dict:
        """Open the document behind the item."""
        self.ensure_one()
        return self._open(self._document())

    def _document(self):
        return self.env[self.res_model].browse(self.res_id).exists()

    @api.model
    def _open(self, document) -> dict:
        if document and document._name == "mail.activity":
            document = self.env[document.res_model].browse(document.res_id).exists()
        if not document:
            raise UserError(self.env._("This document was deleted by now."))
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }

    # Taking

    @api.model
    def take_next(self) -> dict:
        """Settle what the user has in hand, and hand out the most pressing item.

        :return: an action: the document's form, or a word that nothing waits.
        """
        self._require_agent()
        self.env["crm.work.claim"]._settle_mine()
        for item in self.search(self._free_domain(), limit=TRIED):
            if item._claim():
                return self._open(item._document())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Nothing waits for you. Well done!"),
            },
        }

    def action_take(self) -> dict:
        """Take this item before its turn."""
        self.ensure_one()
        self._require_agent()
        # Taken by now, it may not even be in the reader's queue any more.
        item = self.search(Domain("id", "=", self.id) & self._free_domain())
        self.env["crm.work.claim"]._settle_mine()
        if not item or not item._claim():
            raise UserError(
                self.env._(
                    "A colleague has this item in work by now. Take another one."
                )
            )
        return item._open(item._document())

    @api.model
    def _require_agent(self):
        self.env["crm.work.claim"].check_access("read")

    @api.model
    def _free_domain(self) -> Domain:
        """What nobody has in hand, and the user has not put off."""
        slots = {source.model: source.slot for source in self._work_sources()}
        put_off = [
            claim.res_id * SLOTS + slots[claim.res_model]
            for claim in self.env["crm.work.claim"]._put_off()
            if claim.res_model in slots
        ]
        return Domain("taken_by_id", "=", False) & Domain("id", "not in", put_off)

    def _claim(self) -> bool:
        """Take the item in hand, unless a colleague does so at this moment."""
        document = self._document()
        if not document or not self.env["crm.work.claim"]._claim(document):
            return False
        if self.kind == "ticket" and not document.user_id:
            document.user_id = self.env.user
        return True

    @api.model
    def current(self) -> dict:
        """Tell what the user has in hand, for the top bar.

        :return: ``name``, ``res_model`` and ``res_id``; empty if nothing is in hand.
        """
        self._require_agent()
        claim = self.env["crm.work.claim"]._mine()[:1]
        document = claim and claim._document()
        if not document:
            return {}
        return {
            "name": document.display_name,
            "res_model": document._name,
            "res_id": document.id,
        }

    @api.model
    def put_off(self, hours: int = 1) -> dict:
        """Lay what is in hand aside for ``hours`` (1 to 72), and take the next one."""
        self._require_agent()
        self.env["crm.work.claim"]._settle_mine("later", min(max(int(hours), 1), 72))
        return self.take_next()

    @api.model
    def give_back(self) -> dict:
        """Give what is in hand back to the team, and take the next one."""
        self._require_agent()
        claim = self.env["crm.work.claim"]._mine()[:1]
        document = claim and claim._document()
        if document and claim.was_free and document.user_id == self.env.user:
            document.user_id = False
        self.env["crm.work.claim"]._settle_mine("given_back")
        return self.take_next()
