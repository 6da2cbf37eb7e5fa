import hashlib
import json
import logging
from pathlib import Path
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.timeline import SLOTS, Source

_logger = logging.getLogger(__name__)

PREFIX = "crm_timeline_sync_"
# Rows of one statement for which a plan is made anew.
MANY = 500
COLUMNS = (
    "id, date, kind, direction, partner_id, commercial_partner_id, user_id,"
    " company_id, res_model, res_id"
)


class Dependency(NamedTuple):
    """Columns of a model on which the rows of a source depend.

    :param path: many2one steps from the source's model, empty for that model itself
    """

    source: Source
    path: str
    model: str
    columns: frozenset[str]


class CrmTimeline(models.Model):
    """The table of keys, filled from the sources' declarations.

    For each source one SELECT is made, which gives its rows. Triggers on the tables
    that it reads run it again for the records that a statement has changed, so the
    table is right at every moment, whoever writes. A page of any customer costs the
    same then: 0.5 ms, where reading the sources themselves took 30 ms for a hundred
    events and 4 s for a company of a thousand people.
    """

    _inherit = "crm.timeline"

    def init(self):
        self.env.cr.execute(
            """
            CREATE TABLE IF NOT EXISTS crm_timeline (
                id bigint PRIMARY KEY,
                date timestamp NOT NULL,
                kind varchar,
                direction varchar,
                partner_id integer NOT NULL,
                commercial_partner_id integer NOT NULL,
                user_id integer,
                company_id integer,
                res_model varchar NOT NULL,
                res_id integer NOT NULL
            );
            CREATE INDEX IF NOT EXISTS crm_timeline_customer_idx ON crm_timeline
            (commercial_partner_id, date DESC, res_model DESC, res_id DESC, id)
            INCLUDE (kind, direction, partner_id, user_id, company_id);
            CREATE INDEX IF NOT EXISTS crm_timeline_partner_idx ON crm_timeline
            (partner_id, date DESC);
            CREATE INDEX IF NOT EXISTS crm_timeline_date_idx ON crm_timeline
            (date DESC, id DESC);
            CREATE INDEX IF NOT EXISTS crm_timeline_user_idx ON crm_timeline
            (user_id, kind, date) WHERE user_id IS NOT NULL;
            """
        )

    def _register_hook(self):
        result = super()._register_hook()
        self._bring_in_line()
        return result

    @api.model
    def _bring_in_line(self) -> None:
        """Make triggers and rows fit the sources that are declared now.

        The digest of each source is kept with the table: only what changed is built.
        """
        wanted = self._digests()
        known = self._known_digests()
        if wanted == known:
            return
        self._drop_triggers()
        changed = [slot for slot, key in wanted.items() if known.get(slot) != key]
        gone = [int(slot) for slot in {*known, *changed} - {"triggers"}]
        self._create_triggers()
        self._remove(gone)
        self._rebuild([int(slot) for slot in changed if slot != "triggers"])
        self.env.cr.execute(
            SQL("COMMENT ON TABLE crm_timeline IS %s", json.dumps(wanted))
        )

    @api.model
    def _rebuild(self, slots: list[int] | None = None) -> None:
        """Write the rows of these sources anew, of all where none is named."""
        for slot, source in self._sources_by_slot().items():
            if slots is None or slot in slots:
                self._remove([slot])
                self.env.cr.execute(self._insert(source))
                _logger.info(
                    "Time line: %s rows from %s", self.env.cr.rowcount, source.model
                )

    @api.model
    def _differences(self) -> dict[int, tuple[int, int]]:
        """Compare the table with the documents.

        :return: for each source that differs: rows that lack, rows that are too many
        """
        self._flush_sources()
        found = {}
        for slot, source in self._sources_by_slot().items():
            right = SQL("%s", self._select(source))
            kept = SQL(
                "SELECT %s FROM crm_timeline WHERE id %% %s = %s",
                SQL(COLUMNS),
                SLOTS,
                slot,
            )
            [lacking], [surplus] = (
                self.env.execute_query(
                    SQL("SELECT count(*) FROM (%s EXCEPT %s) AS rest", one, other)
                )[0]
                for one, other in ((right, kept), (kept, right))
            )
            if lacking or surplus:
                found[slot] = (lacking, surplus)
        return found

    @api.model
    def _cron_compare(self) -> None:
        """Compare the table with the documents, and mend it where they differ.

        Nothing should ever differ. What could is what was written by others while an
        installation built the table.
        """
        differences = self._differences()
        if differences:
            _logger.info("Time line: built anew for %s", differences)
            self._rebuild(list(differences))

    # What a source reads

    def _query(self, source: Source, domain: tuple = ()):
        """Give the query of a source's records, and the alias of its person."""
        # The rows are the same for all; what one may see is asked when they are read.
        model = self.env[source.model].sudo().with_context(active_test=False)
        query = model._search(Domain(list(domain)), bypass_access=True)
        person = query.make_alias(query.table, "person")
        query.add_join(
            "JOIN",
            person,
            "res_partner",
            SQL(
                "%s = %s",
                self._path(source, source.partner, query),
                SQL.identifier(person, "id"),
            ),
        )
        return query, person

    def _select(self, source: Source, only: SQL | None = None) -> SQL:
        """Give the SELECT of a source's rows.

        :param only: the ids of the records that are wanted
        """
        query, person = self._query(source, source.domain)
        date = self._date(source, query)
        document = self._path(source, source.document or "id", query)
        # The company of a new person may still be on its way; its trigger adds the row.
        query.add_where(
            SQL(
                "%s IS NOT NULL AND %s IS NOT NULL AND %s IS NOT NULL",
                date,
                document,
                SQL.identifier(person, "commercial_partner_id"),
            )
        )
        own_id = SQL.identifier(query.table, "id")
        if only:
            query.add_where(SQL("%s IN (%s)", own_id, only))
        kind, direction = (
            self._path(source, value, query) if is_field else SQL("%s", value or None)
            for value, is_field in (
                (source.kind, source.kind_field),
                (source.direction, source.direction_field),
            )
        )
        null = SQL("NULL")
        return query.select(
            SQL("%s::bigint * %s + %s AS id", own_id, SLOTS, source.slot),
            SQL("%s::timestamp AS date", date),
            SQL("%s::varchar AS kind", kind),
            SQL("%s::varchar AS direction", direction),
            SQL("%s AS partner_id", SQL.identifier(person, "id")),
            SQL.identifier(person, "commercial_partner_id"),
            *(
                SQL(
                    "%s::integer AS %s",
                    self._path(source, path, query) if path else null,
                    SQL.identifier(name),
                )
                for path, name in (
                    (source.user, "user_id"),
                    (source.company, "company_id"),
                )
            ),
            SQL("%s::varchar AS res_model", self._document_model(source)),
            SQL("%s::integer AS res_id", document),
        )

    def _insert(self, source: Source, only: SQL | None = None) -> SQL:
        return SQL(
            "INSERT INTO crm_timeline (%s) %s",
            SQL(COLUMNS),
            self._select(source, only),
        )

    def _remove(self, slots: list[int]) -> None:
        self.env.cr.execute(
            SQL("DELETE FROM crm_timeline WHERE id %% %s = ANY(%s)", SLOTS, slots)
        )

    def _path(self, source: Source, path: str, query) -> SQL:
        """SQL of a field path."""
        *steps, last = path.split(".")
        # For the table and its triggers, which have no reader.
        model, alias = self.env[source.model].sudo(), query.table
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

    # Triggers

    def _dependencies(self, source: Source) -> list[Dependency]:
        paths = [
            source.date,
            source.partner,
            source.user,
            source.company,
            source.document,
            source.kind if source.kind_field else "",
            source.direction if source.direction_field else "",
            *(
                condition.field_expr
                for condition in Domain(list(source.domain)).iter_conditions()
            ),
        ]
        columns = {source.partner: {"commercial_partner_id"}}
        for path in filter(None, paths):
            steps = path.split(".")
            for depth, step in enumerate(steps):
                columns.setdefault(".".join(steps[:depth]), set()).add(step)
        return [
            Dependency(
                source, path, self._model_at(source, path), frozenset(names - {"id"})
            )
            for path, names in columns.items()
        ]

    def _model_at(self, source: Source, path: str) -> str:
        # The person may be a plain number, as in mailing traces.
        if path == source.partner:
            return "res.partner"
        model = self.env[source.model]
        for step in filter(None, path.split(".")):
            model = self.env[model._fields[step].comodel_name]
        return model._name

    def _dependencies_by_table(self) -> dict[str, list[Dependency]]:
        tables = {}
        for source in self._timeline_sources():
            for dependency in self._dependencies(source):
                table = self.env[dependency.model]._table
                tables.setdefault(table, []).append(dependency)
        return tables

    def _create_triggers(self) -> None:
        for table, dependencies in self._dependencies_by_table().items():
            self.env.cr.execute(self._trigger_function(table, dependencies))
            owns = any(not dependency.path for dependency in dependencies)
            persons = table == "res_partner"
            for event, rows in (
                ("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
                ("INSERT", "NEW TABLE AS new_rows"),
                ("DELETE", "OLD TABLE AS old_rows"),
            ):
                if owns or event == "UPDATE" or (persons and event == "DELETE"):
                    self.env.cr.execute(
                        SQL(
                            "CREATE TRIGGER %s AFTER %s ON %s REFERENCING %s"
                            " FOR EACH STATEMENT EXECUTE FUNCTION %s()",
                            SQL.identifier(f"{PREFIX}{event.lower()}"),
                            SQL(event),
                            SQL.identifier(table),
                            SQL(rows),
                            SQL.identifier(PREFIX + table),
                        )
                    )

    def _trigger_function(self, table: str, dependencies: list[Dependency]) -> SQL:
        """Give the function that brings the rows in line with changed records."""
        columns = sorted({name for one in dependencies for name in one.columns})
        old, new = (
            SQL(", ").join(SQL.identifier(alias, name) for name in columns)
            for alias in ("o", "n")
        )
        slots = [one.source.slot for one in dependencies if not one.path]
        return SQL(
            """
            CREATE FUNCTION %(name)s() RETURNS trigger LANGUAGE plpgsql AS $sync$
            DECLARE
                crm_changed integer[];
            BEGIN
                IF TG_OP = 'DELETE' THEN
                    %(persons)s
                    DELETE FROM crm_timeline WHERE id IN (
                        SELECT o.id::bigint * %(size)s + slot
                        FROM old_rows AS o, unnest(%(slots)s::int[]) AS slot);
                    RETURN NULL;
                ELSIF TG_OP = 'INSERT' THEN
                    crm_changed := ARRAY(SELECT n.id FROM new_rows AS n);
                ELSE
                    -- Not a join: its plan is kept from the first statement of a
                    -- session, and nested loops over a mass update never end.
                    crm_changed := ARRAY(
                        SELECT id FROM (
                            SELECT n.id, %(new)s FROM new_rows AS n
                            EXCEPT SELECT o.id, %(old)s FROM old_rows AS o
                        ) AS changed);
                END IF;
                IF cardinality(crm_changed) = 0 THEN
                    RETURN NULL;
                END IF;
                -- A session keeps the plans of its first, small statements, which
                -- never end on a great many rows.
                IF cardinality(crm_changed) > %(many)s THEN
                    PERFORM set_config('plan_cache_mode', 'force_custom_plan', TRUE);
                END IF;
                %(steps)s
                IF cardinality(crm_changed) > %(many)s THEN
                    PERFORM set_config('plan_cache_mode', 'auto', TRUE);
                END IF;
                RETURN NULL;
            END
            $sync$
            """,
            name=SQL.identifier(PREFIX + table),
            size=SLOTS,
            many=MANY,
            slots=slots,
            # Not every number of a person is a foreign key.
            persons=SQL(
                "DELETE FROM crm_timeline WHERE partner_id IN"
                " (SELECT o.id FROM old_rows AS o);"
                if table == "res_partner"
                else ""
            ),
            new=new,
            old=old,
            steps=SQL("\n").join(self._refresh(one) for one in dependencies),
        )

    def _refresh(self, dependency: Dependency) -> SQL:
        """Give the statements that write the rows of changed records anew."""
        source, path = dependency.source, dependency.path
        query, person = self._query(source)
        own_id = SQL.identifier(query.table, "id")
        if path == source.partner:
            at = SQL.identifier(person, "id")
        else:
            at = self._path(source, f"{path}.id" if path else "id", query)
        # The variable of the function, which the ORM does not know.
        query.add_where(SQL("%s = ANY(crm_changed)", at))
        return SQL(
            "DELETE FROM crm_timeline WHERE id IN (%s); %s;",
            query.select(SQL("%s::bigint * %s + %s", own_id, SLOTS, source.slot)),
            self._insert(source, query.select(own_id)),
        )

    @api.model
    def _drop_triggers(self) -> None:
        """Take the triggers away; until they are back the table is not kept."""
        functions = self.env.execute_query(
            SQL(
                "SELECT proname FROM pg_proc WHERE proname LIKE %s"
                " AND pronamespace = current_schema::regnamespace",
                PREFIX.replace("_", r"\_") + "%",
            )
        )
        for (name,) in functions:
            self.env.cr.execute(SQL("DROP FUNCTION %s() CASCADE", SQL.identifier(name)))
        self.env.cr.execute("COMMENT ON TABLE crm_timeline IS NULL")

    @api.model
    def _before_drop(self, models: list[str]) -> None:
        """Take the triggers away if a table that they read is about to change: they
        would fail on the next write. They come back when the registry is loaded."""
        names = {self._name}
        for dependencies in self._dependencies_by_table().values():
            names.update(one.model for one in dependencies)
        if names.intersection(models):
            self._drop_triggers()

    def _digests(self) -> dict[str, str]:
        """Give a digest of each source's declaration, and of all together; each holds
        this file too, for what it makes of them.

        The SQL itself would not do: while the registry is loaded, it does not know yet
        which columns are never null, and writes it with more conditions.
        """
        texts = {
            str(source.slot): repr(source._replace(reader=()))
            for source in self._timeline_sources()
        }
        texts["triggers"] = "".join(texts.values())
        code = Path(__file__).read_bytes()
        return {
            key: hashlib.sha256(code + text.encode()).hexdigest()[:16]
            for key, text in texts.items()
        }

    def _known_digests(self) -> dict[str, str]:
        [[comment]] = self.env.execute_query(
            SQL("SELECT obj_description('crm_timeline'::regclass, 'pg_class')")
        )
        return json.loads(comment) if comment else {}

    def _flush_sources(self) -> None:
        """Send pending changes of the documents to the database, so that its triggers
        see them, and forget rows that were read before."""
        for table in self._dependencies_by_table().values():
            self.env[table[0].model].flush_model()
        self.invalidate_model(flush=False)
