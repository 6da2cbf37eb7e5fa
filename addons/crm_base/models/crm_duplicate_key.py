from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.duplicate_record import Prepared, Source, prepare, record_of
from ..tools.duplicates import Match, compare

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
        return prepare(record_of(id_, values))

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
        return self._matches_of(source, [entry], env)[entry.id]

    @api.model
    def _matches_of(
        self, source: Source, entries: list[Prepared], env
    ) -> dict[int, list[Match]]:
        """Find what some new entries double, by their ids, the surest first; two
        queries for all of them.

        :param entries: with ids that no record has, such as numbers below zero
        :param env: of the user whose rights hold
        """
        by_key = self._sharing({key for entry in entries for key in entry.keys}, source)
        ids = {id_ for found in by_key.values() for id_ in found}
        ids -= {entry.id for entry in entries}
        duplicate = self.env["crm.duplicate"]
        known = {
            record.id: record for record in duplicate._read_records(source, ids, env)
        }
        matches = {}
        for entry in entries:
            sharing = {key: len(by_key[key]) + 1 for key in entry.keys if by_key[key]}
            others = {id_ for key in entry.keys for id_ in by_key[key]} & known.keys()
            found = (compare(entry, known[id_], sharing) for id_ in sorted(others))
            matches[entry.id] = sorted(
                filter(None, found), key=lambda match: -match.score
            )
        return matches

    @api.model
    def _sharing(self, keys: set[str], source: Source) -> defaultdict[str, list[int]]:
        """Give the newest records with each key."""
        found = defaultdict(list)
        if not keys:
            return found
        rows = self.env.execute_query(
            SQL(
                """SELECT wanted.key, few.res_id
                    FROM unnest(%s::text[]) AS wanted(key) CROSS JOIN LATERAL (
                        SELECT res_id FROM crm_duplicate_key AS k
                        WHERE k.key = wanted.key AND res_model = %s
                        ORDER BY res_id DESC LIMIT %s
                    ) AS few""",
                list(keys),
                source.model,
                MOST,
            )
        )
        for key, id_ in rows:
            found[key].append(id_)
        return found
