from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import duplicates
from ..tools.duplicates import Match, Prepared, Source

# How many records with one key are compared with a new entry.
MOST = 30
_RELATIONS = {"company", "family", "parent"}


class CrmDuplicateKey(models.Model):
    """One key of one record: records with a key in common may be doubles.

    A narrow table with an index: a new entry finds its doubles in it at once, and the
    search of all records reads its blocks from it.
    """

    _name = "crm.duplicate.key"
    _description = "Key to Find Doubles By"
    _log_access = False

    key = fields.Char(required=True)
    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)

    _key_idx = models.Index("(key, res_model, res_id)")
    _record_uniq = models.UniqueIndex("(res_model, res_id, key)")

    @api.model
    def _refresh(self, records) -> None:
        """Bring the keys of some records up to date, from what they hold now."""
        source = self.env["crm.duplicate"]._duplicate_source(records._name)
        # Whether a record takes part is asked when it is read, not here: it depends on
        # more than the record.
        prepared = [
            self._prepare(source, record)
            for record in records.sudo()
            if record[record._active_name or "id"]
        ]
        self._store(source.model, records.ids, prepared)

    @api.model
    def _prepare(self, source: Source, record) -> Prepared:
        """Prepare a record by what can be told before it is in the database."""
        values = {
            name: record[field]
            for name, field in source.fields().items()
            if name not in _RELATIONS
        }
        if source.parent:
            values["parent"] = record[source.parent]._origin.id
        if source.company:
            values["company"] = record[source.company].id
        id_ = record._origin.id or 0
        return duplicates.prepare(duplicates.record_of(id_, values))

    @api.model
    def _store(self, model: str, ids: list[int], prepared: list[Prepared]) -> None:
        """Have just the keys of these records stored for these ids."""
        rows = [(one.id, key) for one in prepared for key in one.keys]
        wanted = SQL(
            "unnest(%s::int[], %s::text[]) AS wanted(res_id, key)",
            [row[0] for row in rows],
            [row[1] for row in rows],
        )
        self.env.execute_query(
            SQL(
                """DELETE FROM crm_duplicate_key AS k
                    WHERE res_model = %s AND res_id = ANY(%s) AND NOT EXISTS (
                        SELECT 1 FROM %s
                        WHERE wanted.res_id = k.res_id AND wanted.key = k.key
                    ) RETURNING 1""",
                model,
                ids,
                wanted,
            )
        )
        self.env.execute_query(
            SQL(
                """INSERT INTO crm_duplicate_key (res_model, res_id, key)
                    SELECT %s, res_id, key FROM %s
                    ON CONFLICT DO NOTHING RETURNING 1""",
                model,
                wanted,
            )
        )

    @api.model
    def _forget(self, model: str, ids: list[int]) -> None:
        self._store(model, ids, [])

    @api.model
    def _blocks(self, model: str, ids: list[int]) -> dict[str, list[int]]:
        """Give all records that share a key with one of these, by key."""
        rows = self.env.execute_query(
            SQL(
                """SELECT key, array_agg(res_id) FROM crm_duplicate_key
                    WHERE res_model = %s AND key IN (
                        SELECT key FROM crm_duplicate_key
                        WHERE res_model = %s AND res_id = ANY(%s)
                    ) GROUP BY key HAVING count(*) > 1""",
                model,
                model,
                ids,
            )
        )
        return dict(rows)

    @api.model
    def _matches(self, source: Source, entry: Prepared, env) -> list[Match]:
        """Find what a new entry doubles.

        :param env: of the user whose rights hold
        """
        if not entry.keys:
            return []
        rows = self.env.execute_query(
            SQL(
                """SELECT wanted.key, few.res_id
                    FROM unnest(%s::text[]) AS wanted(key) CROSS JOIN LATERAL (
                        SELECT res_id FROM crm_duplicate_key AS k
                        WHERE k.key = wanted.key AND res_model = %s
                        ORDER BY res_id DESC LIMIT %s
                    ) AS few""",
                list(entry.keys),
                source.model,
                MOST,
            )
        )
        sharing = {}
        for key, _id in rows:
            sharing[key] = sharing.get(key, 1) + 1
        ids = {id_ for _key, id_ in rows} - {entry.id}
        known = self.env["crm.duplicate"]._read_records(source, ids, env)
        found = (duplicates.compare(entry, other, sharing) for other in known)
        return sorted(filter(None, found), key=lambda match: -match.score)
