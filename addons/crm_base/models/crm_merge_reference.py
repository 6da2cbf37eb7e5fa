import json
import re

from odoo import api, models
from odoo.tools import SQL, ormcache

from ..tools.references import Reference, Unique, moved

# They hold what was found and done, and must not follow; or are kept by the database.
_OWN = (
    "crm.duplicate",
    "crm.duplicate.key",
    "crm.duplicate.run",
    "crm.merge",
    "crm.merge.journal",
    "crm.timeline",
)


class CrmMerge(models.Model):
    """Pointing whatever points at one record at another, with a journal of it.

    Each column is moved by one statement for all rows. Where a row would then be there
    twice and something forbids it, the one of the record that stays is kept, what
    points at the other follows in the same way, and the other goes into the journal.
    """

    _inherit = "crm.merge"

    def _repoint(self, survivor, others) -> None:
        mapping = dict.fromkeys(others.ids, survivor.id)
        self._repoint_table(survivor._table, mapping)
        self._repoint_company_dependent(survivor._name, mapping)
        self._repoint_defaults(survivor._name, mapping)
        self._repoint_properties(survivor._name, mapping)
        self._fill_company_dependent(survivor, others)
        self.journal_ids.invalidate_recordset()
        self.row_count = sum(self.journal_ids.mapped("row_count"))

    def _repoint_table(self, table: str, mapping: dict[int, int]) -> None:
        """Move all that points at some rows of a table to others of it."""
        for reference in self._references(table):
            targets = self._targets(reference, table, mapping)
            self._remove_twice(reference, table, targets)
            self._move(reference, table, targets)

    @api.model
    def _targets(self, reference: Reference, table: str, mapping: dict) -> dict:
        """Say where the rows of one column go; addons override it for columns that
        hold something else than the record itself, such as its company."""
        return mapping

    # What points at a table

    # The form of the tables changes with the addons only, as the registry does.

    @api.model
    @ormcache("table", cache="stable")
    def _references(self, table: str) -> tuple[Reference, ...]:
        names = [model for model in self._models() if model._table == table]
        found = [*self._foreign_keys(table)]
        if names:
            found += self._guarded_columns()
        passed = self._passed_over()
        return tuple(one for one in found if one.table not in passed)

    @api.model
    def _models(self) -> list:
        models_ = (self.env[name] for name in self.env.registry)
        return [model for model in models_ if model._auto and not model._abstract]

    @api.model
    def _passed_over(self) -> set[str]:
        """Tables of what lives for a moment only, and our own."""
        wizards = [model for model in self._models() if model.is_transient()]
        tables = {model._table for model in wizards}
        tables |= {self.env[name]._table for name in _OWN}
        for model in wizards:
            fields_ = model._fields.values()
            tables |= {f.relation for f in fields_ if f.type == "many2many" and f.store}
        return tables

    @api.model
    def _foreign_keys(self, table: str) -> list[Reference]:
        rows = self.env.execute_query(
            SQL(
                """SELECT child.relname, a.attname
                    FROM pg_constraint AS c
                    JOIN pg_class AS child ON child.oid = c.conrelid
                    JOIN pg_class AS parent ON parent.oid = c.confrelid
                    JOIN pg_attribute AS a
                        ON a.attrelid = child.oid AND a.attnum = c.conkey[1]
                    WHERE c.contype = 'f' AND parent.relname = %s
                        AND parent.relnamespace = current_schema::regnamespace
                        AND cardinality(c.conkey) = 1 AND child.relkind IN ('r', 'p')
                    ORDER BY 1, 2""",
                table,
            )
        )
        return [Reference(*row) for row in dict.fromkeys(rows)]

    @api.model
    def _guarded_columns(self) -> list[Reference]:
        """Columns that hold ids of several models."""
        found = []
        for model in self._models():
            for field in model._fields.values():
                if not (field.store and field.column_type):
                    continue
                if field.type == "reference":
                    found.append(Reference(model._table, field.name, text=True))
                guard = field.type == "many2one_reference" and field.model_field
                if guard and model._fields[guard].store:
                    found.append(Reference(model._table, field.name, guard))
        return found

    # Moving

    def _move(self, reference: Reference, table: str, mapping: dict) -> None:
        """Have the rows point at the others, and the journal say which did."""
        self.env.execute_query(
            SQL(
                """WITH moved AS (
                    UPDATE %(table)s AS t SET %(column)s = m.winner
                    FROM %(mapping)s WHERE t.%(column)s = m.loser AND %(which)s
                    RETURNING %(key)s AS key, m.loser, m.winner
                ) INSERT INTO crm_merge_journal (merge_id, kind, table_name,
                    column_name, target_name, old_value, new_value, rows)
                SELECT %(merge)s, 'moved', %(table_name)s, %(column_name)s,
                    %(target_name)s, to_jsonb(loser), to_jsonb(winner), jsonb_agg(key)
                FROM moved GROUP BY loser, winner ORDER BY loser
                RETURNING 1""",
                table=SQL.identifier(reference.table),
                column=SQL.identifier(reference.column),
                mapping=self._mapping(reference, table, mapping),
                which=self._which(reference, table, mapping),
                key=SQL("t.id")
                if self._has_ids(reference.table)
                else SQL("to_jsonb(t) - %s", reference.column),
                merge=self.id,
                table_name=reference.table,
                column_name=reference.column,
                target_name=table,
            )
        )

    def _mapping(self, reference: Reference, table: str, mapping: dict) -> SQL:
        model = self._model_of(table)
        return SQL(
            "unnest(%s::%s[], %s::%s[]) AS m(loser, winner)",
            moved(reference, model, list(mapping)),
            SQL("text" if reference.text else "int"),
            moved(reference, model, list(mapping.values())),
            SQL("text" if reference.text else "int"),
        )

    @api.model
    @ormcache("table", cache="stable")
    def _model_of(self, table: str) -> str:
        names = (model._name for model in self._models() if model._table == table)
        return next(names, "")

    def _which(self, reference: Reference, table: str, mapping: dict) -> SQL:
        """Ask for the rows that hold ids of this very model, and may follow."""
        asked = [SQL("true")]
        if reference.guard:
            guard = SQL.identifier("t", reference.guard)
            asked.append(SQL("%s = %s", guard, self._model_of(table)))
        if reference.table == table:
            # What a record says of itself stays with it.
            asked.append(SQL("t.id <> ALL(%s)", list(mapping)))
        if reference.table == "ir_attachment":
            # The file of a field is a value, not a document.
            asked.append(SQL("t.res_field IS NULL"))
        return SQL(" AND ").join(asked)

    @api.model
    @ormcache("table", cache="stable")
    def _has_ids(self, table: str) -> bool:
        return bool(
            self.env.execute_query(
                SQL(
                    """SELECT 1 FROM pg_attribute WHERE attrelid = %s::regclass
                        AND attname = 'id' AND NOT attisdropped""",
                    f'"{table}"',
                )
            )
        )

    @api.model
    @ormcache("reference", cache="stable")
    def _is_indexed(self, reference: Reference) -> bool:
        """Tell whether rows are found by the column without reading the whole table."""
        return bool(
            self.env.execute_query(
                SQL(
                    """SELECT 1 FROM pg_index AS i JOIN pg_attribute AS a
                        ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                    WHERE i.indrelid = %s::regclass AND a.attname = %s
                    LIMIT 1""",
                    f'"{reference.table}"',
                    reference.column,
                )
            )
        )

    # What would be there twice

    def _remove_twice(self, reference: Reference, table: str, mapping: dict) -> None:
        for unique in self._uniques(reference):
            if self._has_ids(reference.table):
                self._absorb(reference, self._twice(reference, table, mapping, unique))
            else:
                self._take_out(
                    reference,
                    SQL(
                        "t.ctid IN (SELECT key FROM (%s) AS twice)",
                        self._twice_query(reference, table, mapping, unique),
                    ),
                )

    @api.model
    @ormcache("reference", cache="stable")
    def _uniques(self, reference: Reference) -> tuple[Unique, ...]:
        """What the database wants to be unique of a column with others."""
        rows = self.env.execute_query(
            SQL(
                """SELECT pg_get_expr(i.indpred, i.indrelid), array_agg(
                        pg_get_indexdef(i.indexrelid, k, true) ORDER BY k)
                    FROM pg_index AS i, generate_series(1, i.indnkeyatts) AS k
                    WHERE i.indrelid = %s::regclass AND i.indisunique
                    GROUP BY i.indexrelid, i.indpred, i.indrelid""",
                f'"{reference.table}"',
            )
        )
        found = []
        for predicate, columns in rows:
            names = [column.strip('"') for column in columns]
            if reference.column in names:
                own = names.index(reference.column)
                others = columns[:own] + columns[own + 1 :]
                found.append(Unique(tuple(others), predicate or "true"))
        return tuple(found)

    def _twice_query(self, reference, table: str, mapping: dict, unique: Unique) -> SQL:
        """The rows that would collide, each with the one that is kept in its stead.

        Index expressions come from the database's own catalogue.
        """
        column = SQL.identifier("t", reference.column)
        key = SQL("t.id") if self._has_ids(reference.table) else SQL("t.ctid")
        others = [SQL(other.replace("%", "%%")) for other in unique.others]
        known = [SQL("%s IS NOT NULL", other) for other in others]
        values = list(mapping.values()) + list(mapping)
        return SQL(
            """SELECT key, keeper FROM (
                SELECT %(key)s AS key, first_value(%(key)s) OVER (
                    PARTITION BY %(group)s ORDER BY m.loser IS NOT NULL, %(key)s
                ) AS keeper
                FROM %(table)s AS t LEFT JOIN %(mapping)s ON m.loser = %(column)s
                WHERE %(column)s = ANY(%(values)s) AND %(which)s AND %(known)s
                    AND (%(predicate)s)
            ) AS rows WHERE key <> keeper""",
            key=key,
            group=SQL(", ").join([SQL("COALESCE(m.winner, %s)", column), *others]),
            table=SQL.identifier(reference.table),
            mapping=self._mapping(reference, table, mapping),
            column=column,
            values=moved(reference, self._model_of(table), values),
            which=self._which(reference, table, mapping),
            known=SQL(" AND ").join([SQL("true"), *known]),
            predicate=SQL(unique.predicate.replace("%", "%%")),
        )

    def _twice(self, reference, table: str, mapping: dict, unique: Unique) -> dict:
        return dict(
            self.env.execute_query(self._twice_query(reference, table, mapping, unique))
        )

    def _absorb(self, reference: Reference, twice: dict[int, int]) -> None:
        """Put rows into those that are kept in their stead: what points at them
        follows, then they go into the journal."""
        if twice:
            self._repoint_table(reference.table, twice)
            self._take_out(reference, SQL("t.id = ANY(%s)", list(twice)))

    def _take_out(self, reference: Reference, which: SQL) -> None:
        """Delete rows; the journal keeps them whole."""
        self.env.execute_query(
            SQL(
                """WITH removed AS (
                    DELETE FROM %(table)s AS t WHERE %(which)s
                    RETURNING to_jsonb(t) AS row
                ) INSERT INTO crm_merge_journal
                    (merge_id, kind, table_name, column_name, rows)
                SELECT %(merge)s, 'removed', %(table_name)s, %(column)s, jsonb_agg(row)
                FROM removed HAVING count(*) > 0 RETURNING 1""",
                table=SQL.identifier(reference.table),
                which=which,
                merge=self.id,
                table_name=reference.table,
                column=reference.column,
            )
        )

    # Ids inside of values

    def _change(self, table: str, column: str, value: SQL, which: SQL) -> None:
        """Set a column; the journal keeps old and new value of each row."""
        self.env.execute_query(
            SQL(
                """WITH old AS (
                    SELECT t.id, to_jsonb(t.%(column)s) AS value FROM %(table)s AS t
                    WHERE %(which)s FOR UPDATE
                ), changed AS (
                    UPDATE %(table)s AS t SET %(column)s = %(value)s FROM old
                    WHERE t.id = old.id
                    RETURNING t.id, old.value AS old, to_jsonb(t.%(column)s) AS new
                ) INSERT INTO crm_merge_journal
                    (merge_id, kind, table_name, column_name, rows)
                SELECT %(merge)s, 'changed', %(table_name)s, %(column_name)s,
                    jsonb_agg(jsonb_build_array(id, old, new))
                FROM changed HAVING count(*) > 0 RETURNING 1""",
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                value=value,
                which=which,
                merge=self.id,
                table_name=table,
                column_name=column,
            )
        )

    def _repoint_company_dependent(self, model: str, mapping: dict) -> None:
        """Values that differ by company are kept as JSON: company to id."""
        for field in self.env.registry.many2one_company_dependents[model]:
            column = SQL.identifier("t", field.name)
            self._change(
                self.env[field.model_name]._table,
                field.name,
                SQL(
                    """(SELECT jsonb_object_agg(
                            e.key,
                            COALESCE(%s::jsonb -> e.value, to_jsonb(e.value::int))
                        ) FROM jsonb_each_text(%s) AS e)""",
                    json.dumps(mapping),
                    column,
                ),
                SQL(
                    """EXISTS (SELECT 1 FROM jsonb_each_text(%s) AS e
                        WHERE e.value = ANY(%s))""",
                    column,
                    list(map(str, mapping)),
                ),
            )

    def _repoint_defaults(self, model: str, mapping: dict) -> None:
        """Defaults that users have set, of fields that hold such a record."""
        self._change(
            "ir_default",
            "json_value",
            SQL(
                "COALESCE(%s::jsonb ->> t.json_value, t.json_value)",
                json.dumps(mapping),
            ),
            SQL(
                """t.json_value = ANY(%s) AND t.field_id IN (
                    SELECT id FROM ir_model_fields
                    WHERE relation = %s AND ttype = 'many2one')""",
                list(map(str, mapping)),
                model,
            ),
        )

    def _repoint_properties(self, model: str, mapping: dict) -> None:
        """Fields that users have defined, which hold such records."""
        for holder in self._models():
            for field in holder._fields.values():
                if (
                    field.type == "properties"
                    and field.store
                    and field.definition_record
                ):
                    for name, kind in self._properties_of(holder, field, model):
                        self._repoint_property(
                            holder._table, field.name, name, kind, mapping
                        )

    @api.model
    def _properties_of(self, holder, field, model: str) -> list[tuple[str, str]]:
        container = self.env[holder._fields[field.definition_record].comodel_name]
        definition = container._fields[field.definition_record_field]
        if not definition.store:
            return []
        return self.env.execute_query(
            SQL(
                """SELECT DISTINCT p->>'name', p->>'type'
                    FROM %s AS c, jsonb_array_elements(c.%s) AS p
                    WHERE jsonb_typeof(c.%s) = 'array' AND p->>'comodel' = %s
                        AND p->>'type' IN ('many2one', 'many2many')""",
                SQL.identifier(container._table),
                SQL.identifier(definition.name),
                SQL.identifier(definition.name),
                model,
            )
        )

    def _repoint_property(self, table, column, name, kind, mapping: dict) -> None:
        value = SQL("(%s -> %s)", SQL.identifier("t", column), name)
        known = SQL("%s::jsonb", json.dumps(mapping))
        if kind == "many2one":
            new = SQL("%s -> (%s #>> '{}')", known, value)
            which = SQL("(%s #>> '{}') = ANY(%s)", value, list(map(str, mapping)))
        else:
            new = SQL(
                """(SELECT jsonb_agg(DISTINCT COALESCE(%s -> (e #>> '{}'), e))
                    FROM jsonb_array_elements(%s) AS e)""",
                known,
                value,
            )
            which = SQL(
                """jsonb_typeof(%s) = 'array' AND EXISTS (
                    SELECT 1 FROM jsonb_array_elements_text(%s) AS e
                    WHERE e = ANY(%s))""",
                value,
                value,
                list(map(str, mapping)),
            )
        path = "{" + re.sub(r"[^\w]", "", name) + "}"
        column_sql = SQL.identifier("t", column)
        self._change(
            table, column, SQL("jsonb_set(%s, %s, %s)", column_sql, path, new), which
        )

    def _fill_company_dependent(self, survivor, others) -> None:
        """What the survivor lacks in another company, it takes from the others."""
        for field in survivor._fields.values():
            if not (field.company_dependent and field.store):
                continue
            column = SQL.identifier("t", field.name)
            taken = SQL(
                """(SELECT jsonb_object_agg(e.key, e.value ORDER BY o.id DESC)
                    FROM %s AS o, jsonb_each(o.%s) AS e WHERE o.id = ANY(%s))""",
                SQL.identifier(survivor._table),
                SQL.identifier(field.name),
                others.ids,
            )
            self._change(
                survivor._table,
                field.name,
                SQL("%s || COALESCE(%s, '{}')", taken, column),
                SQL(
                    "t.id = %s AND NOT COALESCE(%s, '{}') @> COALESCE(%s, '{}')",
                    survivor.id,
                    column,
                    taken,
                ),
            )

    # Stored values that follow from what was moved

    def _refresh_stored(self, records) -> None:
        """Compute anew what the moved documents keep of their customer, such as the
        company that it belongs to, and the keys of the records themselves.

        Only values that nobody can edit: what a person may have set stays.
        """
        for line in self.journal_ids.filtered(lambda line: line.kind == "moved"):
            name = self._model_of(line.table_name)
            if name and not isinstance(line.rows[0], dict):
                # Whatever has moved follows, whoever may see it.
                model = self.env[name].sudo().with_context(active_test=False)
                rows = model.browse(line.rows).exists()
                for field in self._following(model, line.column_name):
                    self.env.add_to_compute(field, rows)
        self.env.flush_all()
        if self.env["crm.duplicate"]._has_source(records._name):
            self.env["crm.duplicate.key"]._refresh(records)

    @api.model
    def _following(self, model, column: str) -> list:
        """The stored fields that are computed from a column, and that nobody edits."""
        depends = self.env.registry.field_depends
        return [
            field
            for field in model._fields.values()
            if field.store
            and field.compute
            and field.readonly
            and any(path.split(".")[0] == column for path in depends[field])
        ]
