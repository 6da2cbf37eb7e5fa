from datetime import datetime

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount

from ..tools.timeline import SLOTS, Employee, Source

PAGE = 20
MAX_PAGE = 200
LOOKED_AT = 500
# So many of the newest rows tell the card who was in touch lately.
LATEST = 300


class CrmTimeline(models.Model):
    """Every contact with every customer, newest first.

    The table holds keys only: who, when, which document. What a row says and who may
    see it is read from the document, at the moment of reading.
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
            ("activity", "Activity done"),
            ("material", "Material sent"),
        ],
        readonly=True,
    )
    direction = fields.Selection(
        [("in", "From the customer"), ("out", "To the customer")], readonly=True
    )
    partner_id = fields.Many2one("res.partner", "Person", readonly=True)
    commercial_partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Employee", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    subject = fields.Char(compute="_compute_subject")
    text = fields.Char(
        compute="_compute_subject",
        search="_search_text",
        help="Finds contacts in whose documents all these words stand.",
    )
    res_model = fields.Char("Document Type", readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", readonly=True
    )

    @api.depends("res_model", "res_id")
    def _compute_subject(self):
        rows = self.read(["res_model", "res_id"], load="")
        for row, subject in zip(self, self._subjects(rows), strict=True):
            row.subject = row.text = subject

    def _search_text(self, operator, value):
        if operator not in ("ilike", "like", "=ilike") or not isinstance(value, str):
            return NotImplemented
        return Domain.custom(
            to_sql=lambda _model, alias, _query: self._text_condition(alias, value)
        )

    @api.readonly
    def action_open(self) -> dict:
        """Open the document of the row."""
        self.ensure_one()
        model, res_id = self.res_model, self.res_id
        guard = self._sources_by_slot()[self.id % SLOTS].guard
        if guard:
            document = self.env[model].browse(res_id)
            model, res_id = document[guard[0]], document[guard[1]]
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": res_id,
            "views": [(False, "form")],
        }

    @api.model
    @api.readonly
    def read_page(
        self,
        partner_id: int,
        filters: dict | None = None,
        before: list | None = None,
        limit: int = PAGE,
    ) -> dict:
        """Give one page of a customer's time line, its whole commercial family.

        :param filters: any of ``kinds`` (list), ``partner_id`` (one person),
            ``user_id``, ``direction``, ``date_from`` and ``date_to`` (days), ``text``
        :param before: the ``key`` of the last row of the page before
        :return: ``rows`` and ``more``, the key to go on with, or False at the end
        """
        self.browse().check_access("read")
        customer = self.env["res.partner"].browse(partner_id).commercial_partner_id
        limit = max(1, min(int(limit), MAX_PAGE))
        rows = self._newest(customer, filters or {}, before, limit + 1)
        return self._page(rows, limit)

    def _page(
        self, rows: list[dict], limit: int, employees: dict | None = None
    ) -> dict:
        """Make a page of its rows and, if there is any, the one that comes after."""
        more = len(rows) > limit and self._key(rows[limit - 1])
        return {"rows": self._present(rows[:limit], employees), "more": more}

    def _first_page(self, customer, rows: list[dict], employees: dict) -> dict:
        """Make the first page of a customer's newest rows, which were read already.

        :param rows: what :meth:`_latest` gave
        :param employees: what :meth:`_employees` gave for them
        """
        # Several of a family may have been at one meeting: it stands once.
        shown = {}
        for row in rows:
            if row["readable"]:
                shown.setdefault((row["date"], row["res_model"], row["res_id"]), row)
        if len(shown) > PAGE or len(rows) < LATEST:
            return self._page(list(shown.values())[: PAGE + 1], PAGE, employees)
        return self.read_page(customer.id)

    def _newest(self, customer, filters: dict, before, limit: int) -> list[dict]:
        """Read the newest rows of a customer that this user may see, by key.

        The newest ``LOOKED_AT`` are looked at first: knowing how few are wanted, the
        database reads the index in its order, and does not sort a whole history.
        """
        self._flush_sources()
        conditions = [
            SQL("commercial_partner_id = %s", customer.id),
            *self._filter_conditions(filters),
        ]
        if before:
            conditions.append(self._before(before))
        rows = self._newest_among(conditions, limit, SQL("LIMIT %s", LOOKED_AT))
        if len(rows) < limit and self._are_many(conditions):
            rows = self._newest_among(conditions, limit, SQL(""))
        return rows

    def _newest_among(
        self, conditions: list[SQL], limit: int, among: SQL
    ) -> list[dict]:
        # Several of a family may have been at one meeting: it stands once.
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT * FROM (
                    SELECT DISTINCT ON (date, res_model, res_id) * FROM crm_timeline
                    WHERE %(conditions)s
                    ORDER BY date DESC, res_model DESC, res_id DESC, id %(among)s
                ) AS line
                WHERE %(readable)s
                ORDER BY date DESC, res_model DESC, res_id DESC LIMIT %(limit)s
                """,
                conditions=SQL(" AND ").join(conditions),
                among=among,
                readable=self._readable("line"),
                limit=limit,
            )
        )

    def _are_many(self, conditions: list[SQL]) -> bool:
        """Tell whether there are more rows than are looked at first."""
        query = SQL(
            "SELECT 1 FROM crm_timeline WHERE %s OFFSET %s LIMIT 1",
            SQL(" AND ").join(conditions),
            LOOKED_AT,
        )
        return bool(self.env.execute_query(query))

    def _latest(self, customer) -> list[dict]:
        """Read the newest rows of a customer, whoever may see them: ``readable`` tells
        whether this user may."""
        self._flush_sources()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT *, %s AS readable FROM (
                    SELECT * FROM crm_timeline WHERE commercial_partner_id = %s
                    ORDER BY date DESC, res_model DESC, res_id DESC, id LIMIT %s
                ) AS line
                ORDER BY date DESC, res_model DESC, res_id DESC, id
                """,
                self._readable("line"),
                customer.id,
                LATEST,
            )
        )

    def _employees(self, user_ids) -> dict[int, Employee]:
        """Give by id those who made the rows: names of colleagues are no secret."""
        # Names alone; the rest of a user is for administrators.
        users_sudo = self.env["res.users"].sudo().with_context(active_test=False)
        query = users_sudo._search([("id", "in", list(set(user_ids) - {None, False}))])
        names = ("id", "name", "active", "share")
        columns = (users_sudo._field_to_sql(query.table, name, query) for name in names)
        rows = self.env.execute_query(query.select(*columns))
        return {
            id_: Employee(name, active and not share)
            for id_, name, active, share in rows
        }

    def _filter_conditions(self, filters: dict) -> list[SQL]:
        columns = {
            "partner_id": lambda value: SQL("partner_id = %s", int(value)),
            "user_id": lambda value: SQL("user_id = %s", int(value)),
            "direction": lambda value: SQL("direction = %s", str(value)),
            "kinds": lambda value: SQL("kind = ANY(%s)", [str(one) for one in value]),
            "date_from": lambda value: SQL("date >= %s", fields.Date.to_date(value)),
            "date_to": lambda value: SQL("date < %s + 1", fields.Date.to_date(value)),
            "text": lambda value: self._text_condition("crm_timeline", str(value)),
        }
        return [columns[name](value) for name, value in filters.items() if value]

    def _before(self, before: list) -> SQL:
        date, model, res_id = before
        return SQL(
            "(date, res_model, res_id) < (%s::timestamp, %s, %s)",
            datetime.fromisoformat(date),
            str(model),
            int(res_id),
        )

    def _key(self, row: dict) -> list:
        return [row["date"].isoformat(), row["res_model"], row["res_id"]]

    def _present(self, rows: list[dict], employees: dict | None = None) -> list[dict]:
        """Add to the rows what a person reads: subject, names, labels."""
        if employees is None:
            employees = self._employees(row["user_id"] for row in rows)
        names = {user_id: employee.name for user_id, employee in employees.items()}
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        icons = self._kind_icons()
        # Names of the customer's people are no secret.
        people = (
            self.env["res.partner"].sudo().browse(row["partner_id"] for row in rows)
        )
        people.fetch(["name"])
        return [
            {
                "id": row["id"],
                "date": fields.Datetime.to_string(row["date"]),
                "kind": row["kind"],
                "kind_label": kinds.get(row["kind"], ""),
                "icon": icons.get(row["kind"], "fa-circle-o"),
                "direction": row["direction"],
                "partner": person.name or person.display_name,
                "user": names.get(row["user_id"], ""),
                "subject": subject,
            }
            for row, person, subject in zip(
                rows, people, self._subjects(rows), strict=True
            )
        ]

    def _subjects(self, rows: list[dict]) -> list[str]:
        """Read what the documents of the rows are about."""
        sources = self._sources_by_slot()
        wanted = {}
        for row in rows:
            source = sources[row["id"] % SLOTS]
            ids, names = wanted.setdefault(row["res_model"], (set(), set()))
            ids.add(row["res_id"])
            names.update(source.subject)
            if source.amount:
                names.update((source.amount, "currency_id"))
        documents = self._read_documents(wanted)
        return [
            self._subject_of(
                sources[row["id"] % SLOTS], documents[row["res_model"], row["res_id"]]
            )
            for row in rows
        ]

    def _read_documents(self, wanted: dict[str, tuple[set, set]]) -> dict[tuple, dict]:
        """Read fields of documents of many models: those that are columns in one query
        for all, the rest model by model.

        Whoever sees a row may read its document: SQL has asked that already, where the
        rules of messages cost no query each. So nothing is asked here.

        :param wanted: for each model, which records and which fields
        """
        documents, columns = {}, []
        for model, (ids, names) in wanted.items():
            records_sudo = self.env[model].sudo().browse(ids)  # asked in SQL, see above
            if all(self._is_column(records_sudo._fields[name]) for name in names):
                columns.append(self._document_columns(records_sudo, names))
                continue
            for record, values in zip(
                records_sudo, records_sudo.read(names, load=""), strict=True
            ):
                documents[model, record.id] = values
        if columns:
            found = self.env.execute_query(SQL(" UNION ALL ").join(columns))
            documents.update(((model, id_), values) for model, id_, values in found)
        return documents

    def _is_column(self, field) -> bool:
        return bool(field.store and field.column_type)

    def _document_columns(self, records_sudo, names: set[str]) -> SQL:
        query = records_sudo._as_query(ordered=False)
        values = [
            SQL("%s, %s", name, records_sudo._field_to_sql(query.table, name, query))
            for name in sorted(names)
        ]
        return query.select(
            SQL("%s", records_sudo._name),
            SQL.identifier(query.table, "id"),
            SQL("jsonb_build_object(%s)", SQL(", ").join(values)),
        )

    def _subject_of(self, source: Source, document: dict) -> str:
        subject = next(
            (document[name] for name in source.subject if document[name]), ""
        )
        if not source.amount:
            return subject
        currency = self.env["res.currency"].browse(document["currency_id"])
        amount = format_amount(self.env, document[source.amount] or 0, currency)
        return f"{subject} · {amount}"

    def _sources_by_slot(self) -> dict[int, Source]:
        return {source.slot: source for source in self._timeline_sources()}
