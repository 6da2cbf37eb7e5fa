import json

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.tools import SQL, mute_logger

KINDS = [
    ("moved", "Now points at the record that stayed"),
    ("removed", "Was there twice; one of the two is kept here"),
    ("changed", "Value changed"),
]


class CrmMergeJournal(models.Model):
    """What one merge did to one column of one table, so that it can be undone.

    Each line is written by the statement that does the thing, so nothing is done that
    is not here. ``rows`` holds the keys of the rows that were moved (ids, or the rows
    themselves where a table has no ids), the whole rows that were removed, or id, old
    and new value of those that were changed.
    """

    _name = "crm.merge.journal"
    _description = "Journal of a Merge"
    _log_access = False
    _order = "id"

    merge_id = fields.Many2one(
        "crm.merge", required=True, index=True, ondelete="cascade"
    )
    table_name = fields.Char(required=True)
    target_name = fields.Char(help="The table whose ids the old and new value are.")
    column_name = fields.Char(required=True)
    kind = fields.Selection(KINDS, required=True)
    old_value = fields.Json()
    new_value = fields.Json()
    rows = fields.Json("Keys or Values", required=True)
    row_count = fields.Integer("Rows", compute="_compute_row_count")

    @api.depends("rows")
    def _compute_row_count(self):
        for line in self:
            line.row_count = len(line.rows or [])

    def _undo(self, gone: set[tuple[str, int]]) -> list[tuple[str, int]]:
        """Take these lines back, the last one first.

        :param gone: tables and ids of merged records that were deleted since
        :return: tables with the number of rows that could not be taken back, because
            they were changed or deleted since
        """
        left = []
        for line in self.sorted("id", reverse=True):
            done = getattr(line, f"_undo_{line.kind}")(gone) if line._is_there() else 0
            if done < len(line.rows):
                left.append((line.table_name, len(line.rows) - done))
        return left

    def _is_there(self) -> bool:
        """Tell whether the addon of the table is still installed."""
        return bool(
            self.env.execute_query(
                SQL(
                    """SELECT 1 FROM information_schema.columns
                        WHERE table_schema = current_schema
                            AND table_name = %s AND column_name = %s""",
                    self.table_name,
                    self.column_name,
                )
            )
        )

    def _undo_moved(self, gone) -> int:
        if (self.target_name, self.old_value) in gone:
            return 0
        done = self._move_back(self.rows, gone)
        if done < 0:
            # One row is refused: what can be moved is moved.
            done = sum(max(self._move_back([row], gone), 0) for row in self.rows)
        return done

    def _move_back(self, rows: list, gone) -> int:
        column = SQL.identifier(self.column_name)
        current = SQL("t.%s = %s", column, self.new_value)
        if (self.target_name, self.new_value) in gone:
            # The survivor was deleted: the database emptied what pointed at it.
            current = SQL("(%s OR t.%s IS NULL)", current, column)
        by_row = isinstance(rows[0], dict)
        return self._try(
            SQL(
                "UPDATE %s AS t SET %s = %s WHERE %s AND %s",
                SQL.identifier(self.table_name),
                column,
                self.old_value,
                current,
                SQL(
                    "to_jsonb(t) - %s = ANY(%s::jsonb[])",
                    self.column_name,
                    [_json(row) for row in rows],
                )
                if by_row
                else SQL("t.id = ANY(%s)", rows),
            )
        )

    def _undo_removed(self, gone) -> int:
        return sum(
            max(
                0,
                self._try(
                    SQL(
                        """INSERT INTO %(table)s
                        SELECT * FROM jsonb_populate_record(null::%(table)s, %(row)s)
                        ON CONFLICT DO NOTHING""",
                        table=SQL.identifier(self.table_name),
                        row=_json(row),
                    )
                ),
            )
            for row in self.rows
        )

    def _undo_changed(self, gone) -> int:
        table, column = (
            SQL.identifier(self.table_name),
            SQL.identifier(self.column_name),
        )
        return self._try(
            SQL(
                """UPDATE %(table)s AS t
                    SET %(column)s = (jsonb_populate_record(
                        null::%(table)s, jsonb_build_object(%(name)s, r.value->1)
                    )).%(column)s
                    FROM jsonb_array_elements(%(rows)s::jsonb) AS r
                    WHERE t.id = (r.value->>0)::int
                        AND COALESCE(to_jsonb(t.%(column)s), 'null') = r.value->2""",
                table=table,
                column=column,
                name=self.column_name,
                rows=_json(self.rows),
            )
        )

    def _try(self, statement: SQL) -> int:
        """Execute a statement; give how many rows it touched, -1 where the database
        refuses."""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                self.env.cr.execute(statement)
                return self.env.cr.rowcount
        except IntegrityError:
            return -1


def _json(value) -> str:
    return json.dumps(value)
