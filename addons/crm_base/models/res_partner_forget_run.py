from collections import Counter, defaultdict

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import escape_psql

from ..tools.forget import Part, anchors, is_telling, mention_pattern

TEXTS = {"char", "text", "html", "properties"}


class ResPartner(models.Model):
    """The right to be forgotten: how what is declared is found, done and proved."""

    _inherit = "res.partner"

    # What declarations are made of

    def _forget_words(self) -> list[str]:
        """Give the name, mails and phones that mean this person and nobody else."""
        names = filter(is_telling, self[:1].mapped("name"))
        logins = self.user_ids.filtered(lambda user: "@" in user.login).mapped("login")
        words = [
            *self._unshared("name", names),
            *self._forget_mails(),
            *self._unshared("email", self.mapped("email")),
            *logins,
            *self._unshared("phone", self.mapped("phone")),
            *self._forget_numbers(),
        ]
        return list(dict.fromkeys(" ".join(word.split()) for word in words))

    def _forget_mails(self) -> list[str]:
        """Give the addresses, as they are compared, that nobody else has."""
        return self._unshared("email_normalized", self.mapped("email_normalized"))

    def _forget_numbers(self) -> list[str]:
        """Give the phone numbers, as they are compared, that nobody else has."""
        return self._unshared("phone_sanitized", self.mapped("phone_sanitized"))

    def _unshared(self, field: str, texts) -> list[str]:
        others = Domain("id", "not in", self.ids)
        return [
            text
            for text in dict.fromkeys(filter(None, texts))
            if not self.search_count(
                others & Domain(field, "=ilike", escape_psql(text)), limit=1
            )
        ]

    def _mentioning(self, words: list[str], names) -> Domain:
        """Give the domain of records with a text that holds one of the words."""
        if not words:
            return Domain.FALSE
        mentioned = self._mention_sql(words)

        def to_sql(model, alias, query):
            tests = [mentioned(SQL.identifier(alias, name)) for name in names]
            return SQL("(%s)", SQL(" OR ").join(tests))

        return Domain.custom(to_sql=to_sql)

    def _mention_sql(self, words):
        """Give a function that makes the SQL of whether a column names the person."""
        likes, pattern = anchors(words), mention_pattern(words)
        return lambda column: SQL(
            "(%(text)s ILIKE ANY(%(likes)s) AND %(text)s ~* %(pattern)s)",
            text=SQL("%s::text", column),
            likes=likes,
            pattern=pattern,
        )

    def _forget_texts(self, model: str) -> dict[str, None]:
        """Give all free texts of a model, to be emptied: addons that nobody here knows
        add theirs to the same records."""
        return {
            name: None
            for name, field in self.env[model]._fields.items()
            if field.type in TEXTS
            and field.store
            and not field.required
            and not (field.compute and field.readonly)
            and not field.inherited
        }

    def _forgotten_name(self, number: SQL | None = None) -> str | SQL:
        """Give the name that takes the place of the person's, or SQL of it by id."""
        if number is None:
            return self.env._("Forgotten person #%(number)s", number=self[:1].id)
        pattern = self.env._("Forgotten person #%(number)s", number="{}")
        return SQL("replace(%s, '{}', %s::text)", pattern, number)

    # Doing it

    def _forget_plan(self) -> list[tuple[Part, list[int]]]:
        """Give each part with the ids of its records, before any is touched."""
        person = self._forget_env()
        words = person._forget_words()
        return [
            (part, person._forget_ids(part, words)) for part in person._forget_parts()
        ]

    def _forget_ids(self, part: Part, words: list[str]) -> list[int]:
        domain = part.domain
        if domain.is_true() and not part.mentioned:
            raise ValueError(f"{part.model}: the part would take every record")
        if part.mentioned:
            domain &= self._mentioning(words, part.mentioned)
        query = self.env[part.model]._search(domain, order="id")
        return list(query.get_result_ids())

    def _forget_env(self):
        """Give the person with the person's own addresses, beyond all access rules."""
        person = self.sudo().with_context(  # the right to forget was checked
            active_test=False,
            skip_res_field_check=True,
            tracking_disable=True,
            mail_notrack=True,
        )
        return person | person.child_ids.filtered(lambda child: child.type != "contact")

    def _forget_lines(self, plan) -> list[dict]:
        """Sum up a plan by model and what is done, without personal data."""
        counts = Counter()
        for part, ids in plan:
            if ids:
                counts[part.model, part.done, part.reason] += len(ids)
        return [
            {"model": model, "done": done, "count": count, "reason": reason}
            for (model, done, reason), count in counts.items()
        ]

    def _forget(self, source: str):
        """Take away all that identifies this person, in one transaction.

        :return: the entry of `crm.forget.log` that proves it
        """
        self.lock_for_update()
        person = self._forget_env()
        words, now = person._forget_words(), fields.Datetime.now()
        plan = self._forget_plan()
        lines = self._forget_lines(plan)
        person.env.flush_all()
        for part, ids in plan:
            if part.delete:
                person.env[part.model].browse(ids).exists().unlink()
        person.env.flush_all()
        for part, ids in plan:
            person._forget_write(part, ids, words)
        person._forget_recompute(plan)
        person._forget_consent()
        wizards = person.env["crm.forget.wizard"]
        wizards.search([("partner_id", "in", person.ids)]).unlink()
        person.env.flush_all()
        self.env.registry.clear_cache()
        left = person._forget_left(words, plan)
        return (
            person.env["crm.forget.log"]
            .create(
                {
                    "date": now,
                    "user_id": self.env.uid,
                    "source": source,
                    "partner_id": self.id,
                    "partner_number": self.id,
                    "details": {"parts": lines, "left": left},
                    "left_count": len(left),
                }
            )
            .with_env(self.env)
        )

    def _forget_write(self, part: Part, ids: list[int], words: list[str]):
        """Clear and scrub in SQL: no hook of a model may write the old value anywhere,
        and no lock date or read-only state stands in the way."""
        values = part.clear | {
            name: self._scrubbed(part.model, name, words) for name in part.scrub
        }
        if not values or not ids:
            return
        columns = (SQL("%s = %s", SQL.identifier(k), v) for k, v in values.items())
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id = ANY(%s)",
                SQL.identifier(self.env[part.model]._table),
                SQL(", ").join(columns),
                ids,
            )
        )

    def _scrubbed(self, model: str, name: str, words: list[str]) -> SQL:
        kind = "jsonb" if self.env[model]._fields[name].translate else "text"
        return SQL(
            "regexp_replace(%s::text, %s, %s, 'gi')::%s",
            SQL.identifier(name),
            mention_pattern(words),
            self._forgotten_name(),
            SQL(kind),
        )

    def _forget_recompute(self, plan):
        """Let all that is computed from what was cleared follow."""
        self.env.invalidate_all(flush=False)
        for part, ids in plan:
            model = self.env[part.model]
            names = {*part.clear, *part.scrub} & set(model._fields)
            if not part.delete:
                model.browse(ids).modified(names)
        self.env.flush_all()

    def _forget_consent(self):
        self.env["crm.consent"].create(
            [
                {
                    "partner_id": partner.id,
                    "channel": "any",
                    "purpose_id": False,
                    "status": "withdrawn",
                    "source": "forget",
                    "company_id": False,
                }
                for partner in self
            ]
        )

    def _forget_left(self, words: list[str], plan) -> dict[str, int]:
        """Count by column where the person still stands, in the whole database, but for
        what the plan keeps on purpose."""
        if not words:
            return {}
        kept = defaultdict(list)
        for part, ids in plan:
            for name in part.kept_in:
                kept[self.env[part.model]._table, name] += ids
        mentioned = self._mention_sql(words)
        left = {}
        for table, names in self._text_columns().items():
            tests = [
                self._unless_kept(mentioned(SQL.identifier(name)), kept[table, name])
                for name in names
            ]
            found = self._count_each(table, tests)
            left |= {
                f"{table}.{name}": count
                for name, count in zip(names, found, strict=True)
                if count
            }
        return left

    def _unless_kept(self, test: SQL, ids: list[int]) -> SQL:
        return SQL("(%s AND id <> ALL(%s))", test, ids) if ids else test

    def _count_each(self, table: str, tests: list[SQL]) -> tuple[int, ...]:
        counts = [SQL("COUNT(*) FILTER (WHERE %s)", test) for test in tests]
        query = SQL(
            "SELECT %s FROM %s WHERE %s",
            SQL(", ").join(counts),
            SQL.identifier(table),
            SQL(" OR ").join(tests),
        )
        return self.env.execute_query(query)[0]

    def _text_columns(self) -> dict[str, list[str]]:
        rows = self.env.execute_query(
            SQL(
                """SELECT c.table_name, array_agg(c.column_name::text)
                FROM information_schema.columns c
                JOIN information_schema.tables t USING (table_schema, table_name)
                WHERE c.table_schema = current_schema AND t.table_type = 'BASE TABLE'
                  AND c.data_type IN
                      ('character varying', 'character', 'text', 'json', 'jsonb')
                GROUP BY 1 ORDER BY 1"""
            )
        )
        return dict(rows)
