from datetime import datetime

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.timeline import SLOTS, Source

PAGE = 20
MAX_PAGE = 200


class CrmTimeline(models.Model):
    """Every contact with every customer, newest first, read over the documents.

    Nothing is stored: each source is read under the reader's own access rules, so a
    row whose document the reader may not see is not there.
    """

    _name = "crm.timeline"
    _description = "Customer Time Line"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "subject"

    date = fields.Datetime(readonly=True)
    kind = fields.Selection(
        [
            ("mail", "E-mail"),
            ("message", "Message"),
            ("call", "Call"),
            ("meeting", "Meeting"),
            ("visit", "Visit"),
            ("sms", "SMS"),
            ("letter", "Letter"),
            ("chat", "Chat"),
        ],
        readonly=True,
    )
    direction = fields.Selection(
        [("in", "From the customer"), ("out", "To the customer")], readonly=True
    )
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Employee", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    subject = fields.Char(compute="_compute_subject")
    res_model = fields.Char("Document Type", readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", readonly=True
    )

    @property
    def _table_query(self) -> SQL:
        branches = [
            SQL("(%s)", query.select(*self._columns(source, query)))
            for source, query in self._source_queries()
        ]
        return SQL(" UNION ALL ").join(branches)

    @api.depends("res_model", "res_id")
    def _compute_subject(self):
        sources = {source.slot: source for source in self._timeline_sources()}
        for slot, rows in self.grouped(lambda row: row.id % SLOTS).items():
            source = sources[slot]
            documents = self.env[rows[0].res_model].browse(rows.mapped("res_id"))
            for row, document in zip(rows, documents, strict=True):
                row.subject = self._subject_of(source, document)

    @api.model
    def _timeline_sources(self) -> list[Source]:
        """Declare the kinds of documents that are contacts; addons add theirs."""
        message = {"date": "date", "guard": ("model", "res_id")}
        return [
            Source(
                slot=0,
                model="crm.interaction",
                kind="kind",
                kind_field=True,
                direction="direction",
                direction_field=True,
                date="date",
                partner="partner_id",
                user="user_id",
                company="company_id",
                subject=("name",),
            ),
            Source(
                slot=1,
                model="calendar.attendee",
                kind="meeting",
                date="event_id.start",
                partner="partner_id",
                user="event_id.user_id",
                subject=("name",),
                document="event_id",
                domain=(
                    ("event_id.active", "=", True),
                    ("partner_id.partner_share", "=", True),
                    "|",
                    ("event_id.privacy", "!=", "private"),
                    ("event_id.user_id", "=", self.env.uid),
                ),
            ),
            Source(
                slot=2,
                model="mail.message",
                kind="mail",
                direction="in",
                partner="author_id",
                subject=("subject", "preview"),
                domain=(
                    ("message_type", "=", "email"),
                    ("author_id.partner_share", "=", True),
                ),
                **message,
            ),
            Source(
                slot=3,
                model="mail.message",
                kind="message",
                direction="in",
                partner="author_id",
                # Sending a message gives it the document's name as subject.
                subject=("preview", "subject"),
                domain=(
                    ("message_type", "=", "comment"),
                    ("author_id.partner_share", "=", True),
                ),
                **message,
            ),
            Source(
                slot=4,
                model="mail.notification",
                kind="mail",
                direction="out",
                date="mail_message_id.date",
                partner="res_partner_id",
                user="mail_message_id.create_uid",
                subject=("preview", "subject"),
                document="mail_message_id",
                guard=("mail_message_id.model", "mail_message_id.res_id"),
                domain=(
                    ("notification_type", "=", "email"),
                    ("res_partner_id.partner_share", "=", True),
                ),
            ),
        ]

    @api.model
    def _kind_icons(self) -> dict[str, str]:
        """Map each kind to its Font Awesome icon; addons add theirs."""
        return {
            "call": "fa-phone",
            "chat": "fa-commenting-o",
            "letter": "fa-file-text-o",
            "mail": "fa-envelope-o",
            "meeting": "fa-calendar",
            "message": "fa-comment-o",
            "sms": "fa-mobile",
            "visit": "fa-car",
        }

    @api.model
    def _guarded_models(self) -> list[str]:
        """Name the documents whose messages are contacts; addons add theirs."""
        return ["res.partner", "crm.interaction"]

    @api.readonly
    def action_open(self) -> dict:
        """Open the document of the row."""
        self.ensure_one()
        return self._document_action(self.res_model, self.res_id)

    @api.model
    @api.readonly
    def read_page(
        self,
        partner_id: int,
        kinds: list[str] | None = None,
        before: list | None = None,
        limit: int = PAGE,
    ) -> dict:
        """Give one page of a customer's time line, its whole commercial family.

        :param kinds: only these kinds; all where empty
        :param before: the ``key`` of the last row of the page before
        :return: ``rows`` and ``more``, the key to go on with, or False at the end
        """
        self.browse().check_access("read")
        persons = self.env["res.partner"].browse(partner_id)._crm_family()
        limit = max(1, min(int(limit), MAX_PAGE))
        rows = self._newest(persons, kinds, before, limit + 1)
        more = len(rows) > limit and self._key(rows[limit - 1])
        return {"rows": self._present(rows[:limit]), "more": more}

    # Reading over the sources

    def _source_queries(self, kinds=None):
        """Give each readable source with the query of its records."""
        for source in self._timeline_sources():
            may_hold = source.kind_field or not kinds or source.kind in kinds
            if may_hold and self.env[source.model].has_access("read"):
                query = self._source_query(source)
                query.add_where(
                    SQL("%s IS NOT NULL", self._path(source, source.partner, query))
                )
                query.add_where(
                    SQL("%s IS NOT NULL", self._path(source, source.date, query))
                )
                yield source, query

    def _source_query(self, source: Source):
        model = self.env[source.model]
        domain = Domain(list(source.domain))
        if not source.guard:
            return model._search(domain)
        query = model._search(domain, bypass_access=True)
        query.add_where(self._guard(source, query))
        return query

    def _guard(self, source: Source, query) -> SQL:
        """Ask for a document that the reader may read, by that model's own rules."""
        model_name, res_id = (self._path(source, path, query) for path in source.guard)
        allowed = [SQL("FALSE")]
        for name in self._guarded_models():
            model = self.env[name].with_context(active_test=False)
            if not model.has_access("read"):
                continue
            documents = model._search(Domain.TRUE)
            documents.add_where(
                SQL("%s = %s", SQL.identifier(model._table, "id"), res_id)
            )
            exists = SQL("EXISTS (%s)", documents.select(SQL("1")))
            allowed.append(SQL("(%s = %s AND %s)", model_name, name, exists))
        return SQL("(%s)", SQL(" OR ").join(allowed))

    def _columns(self, source: Source, query) -> list[SQL]:
        """The columns of a branch, in the order of every other branch."""
        own_id = SQL.identifier(self.env[source.model]._table, "id")
        document = self._path(source, source.document or "id", query)
        kind, direction = (
            self._path(source, value, query) if is_field else SQL("%s", value or None)
            for value, is_field in (
                (source.kind, source.kind_field),
                (source.direction, source.direction_field),
            )
        )
        null = SQL("NULL::int")
        return [
            SQL("%s::bigint * %s + %s AS id", own_id, SLOTS, source.slot),
            SQL("%s AS date", self._date(source, query)),
            SQL("%s::varchar AS kind", kind),
            SQL("%s::varchar AS direction", direction),
            SQL("%s AS partner_id", self._path(source, source.partner, query)),
            SQL(
                "%s AS user_id",
                self._path(source, source.user, query) if source.user else null,
            ),
            SQL(
                "%s AS company_id",
                self._path(source, source.company, query) if source.company else null,
            ),
            SQL("%s::varchar AS res_model", self._document_model(source)),
            SQL("%s AS res_id", document),
        ]

    def _path(self, source: Source, path: str, query) -> SQL:
        """SQL of a field path; the row is already guarded, so its joins are not."""
        *steps, last = path.split(".")
        model, alias = self.env[source.model].sudo(), self.env[source.model]._table
        for step in steps:
            model, alias = model._fields[step].join(model, alias, query)
        return model._field_to_sql(alias, last, query)

    def _date(self, source: Source, query) -> SQL:
        """SQL of the moment of a contact. A day without an hour is noon in UTC, which
        is the same day in nearly every time zone."""
        column = self._path(source, source.date, query)
        *steps, last = source.date.split(".")
        model = self.env[source.model]
        for step in steps:
            model = self.env[model._fields[step].comodel_name]
        if model._fields[last].type != "date":
            return column
        return SQL("(%s + interval '12 hours')", column)

    def _document_model(self, source: Source) -> str:
        model = self.env[source.model]
        return (
            model._fields[source.document].comodel_name
            if source.document
            else source.model
        )

    # Pages

    def _newest(self, persons, kinds, before, limit) -> list[dict]:
        """Read the newest rows of some persons: each branch gives at most ``limit``
        rows a person, from its index, before they are merged."""
        branches = [
            self._newest_of(source, query, persons, kinds, before, limit)
            for source, query in self._source_queries(kinds)
        ]
        if not branches or not persons:
            return []
        return self.env.execute_query_dict(
            SQL(
                """SELECT * FROM (
                    SELECT DISTINCT ON (date, res_model, res_id) * FROM (%s) AS all_rows
                    ORDER BY date DESC, res_model, res_id, id
                ) AS merged ORDER BY date DESC, res_model DESC, res_id DESC LIMIT %s""",
                SQL(" UNION ALL ").join(branches),
                limit,
            )
        )

    def _newest_of(self, source, query, persons, kinds, before, limit) -> SQL:
        date = self._date(source, query)
        columns = self._columns(source, query)
        query.add_where(
            SQL("%s = person.id", self._path(source, source.partner, query))
        )
        if kinds and source.kind_field:
            query.add_where(
                SQL("%s = ANY(%s)", self._path(source, source.kind, query), kinds)
            )
        if before:
            query.add_where(self._before(source, query, before))
        document = self._path(source, source.document or "id", query)
        query.order = SQL("%s DESC, %s DESC", date, document)
        query.limit = limit
        return SQL(
            "(SELECT branch.* FROM unnest(%s) AS person(id)"
            " CROSS JOIN LATERAL (%s) AS branch)",
            persons.ids,
            query.select(*columns),
        )

    def _before(self, source, query, before) -> SQL:
        date, model, res_id = before
        return SQL(
            "(%s::timestamp, %s, %s) < (%s::timestamp, %s, %s)",
            self._date(source, query),
            self._document_model(source),
            self._path(source, source.document or "id", query),
            datetime.fromisoformat(date),
            str(model),
            int(res_id),
        )

    def _key(self, row: dict) -> list:
        return [row["date"].isoformat(), row["res_model"], row["res_id"]]

    def _present(self, rows: list[dict]) -> list[dict]:
        """Add to the rows what a person reads: subject, names, labels."""
        sources = {source.slot: source for source in self._timeline_sources()}
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        icons = self._kind_icons()
        partners = self.env["res.partner"].browse(row["partner_id"] for row in rows)
        users = self.env["res.users"].browse({row["user_id"] for row in rows} - {None})
        documents = self._documents(rows)
        return [
            {
                "id": row["id"],
                "date": fields.Datetime.to_string(row["date"]),
                "kind": row["kind"],
                "kind_label": kinds.get(row["kind"], ""),
                "icon": icons.get(row["kind"], "fa-circle-o"),
                "direction": row["direction"],
                "partner": partner.name or partner.display_name,
                "user": users.browse(row["user_id"]).sudo().name
                or "",  # a colleague's name
                "subject": self._subject_of(sources[row["id"] % SLOTS], document),
            }
            for row, partner, document in zip(rows, partners, documents, strict=True)
        ]

    def _documents(self, rows: list[dict]) -> list:
        """The documents of the rows, read together by model."""
        ids = {}
        for row in rows:
            ids.setdefault(row["res_model"], []).append(row["res_id"])
        return [
            self.env[row["res_model"]]
            .browse(row["res_id"])
            .with_prefetch(ids[row["res_model"]])
            for row in rows
        ]

    def _subject_of(self, source: Source, document) -> str:
        return next((document[name] for name in source.subject if document[name]), "")

    def _document_action(self, model: str, res_id: int) -> dict:
        if model == "mail.message":
            message = self.env[model].browse(res_id)
            model, res_id = message.model, message.res_id
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": res_id,
            "views": [(False, "form")],
        }
