from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.duplicate_block import candidates
from ..tools.duplicate_record import Prepared, Source, prepare, record_of
from ..tools.duplicates import Match, compare


class CrmDuplicate(models.Model):
    """The search: which records are compared, and what is kept of it."""

    _inherit = "crm.duplicate"

    @api.model
    def _duplicate_candidates(self) -> list[Source]:
        """Declare the models whose doubles are searched; addons add theirs.

        A model that is declared inherits ``crm.duplicate.mixin`` too, which keeps its
        keys.
        """
        return [
            Source(
                model="res.partner",
                domain=(
                    ("active", "=", True),
                    # Employees are no customers.
                    ("partner_share", "=", True),
                    # A place of delivery is no person.
                    "|",
                    ("type", "=", "contact"),
                    ("parent_id", "=", False),
                ),
                watched=(
                    "name", "email", "phone", "vat", "street", "zip", "city",
                    "country_id", "is_company", "parent_id", "type", "active",
                ),
                name="name",
                email="email_normalized",
                phone="phone_sanitized",
                vat="vat",
                street="street",
                zip="zip",
                city="city",
                is_company="is_company",
                company="company_id",
                family="commercial_partner_id",
                parent="parent_id",
                user="user_id",
            )
        ]  # fmt: skip

    @api.model
    def _duplicate_source(self, model: str) -> Source:
        sources = self._duplicate_candidates()
        return next(source for source in sources if source.model == model)

    @api.model
    def _has_source(self, model: str) -> bool:
        """Tell whether doubles are looked for among records of a model."""
        return any(source.model == model for source in self._duplicate_candidates())

    @api.model
    def _cron_find(self):
        """Go on with the searches that are open; begin one for each model where none
        is."""
        runs = self.env["crm.duplicate.run"]
        for run in runs.search([("state", "=", "open")]) or runs._begin():
            if not run._work():
                break

    @api.model
    def action_search_now(self):
        """Search at once, what was changed since the last time, and show how far it is.

        The work is done by the scheduler, so nobody waits in front of the screen.
        """
        if not self.env.user.has_group("crm_base.crm_base_group_manager"):
            raise AccessError(self.env._("Only managers start a search."))
        # The table is the cron's own: nobody writes it by hand.
        runs_sudo = self.env["crm.duplicate.run"].sudo()
        runs_sudo.search([("state", "=", "open")], limit=1) or runs_sudo._begin()
        self.env.ref("crm_base.ir_cron_duplicate_find").sudo()._trigger()  # only woken
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_base.crm_duplicate_run_action"
        )

    @api.model
    def _read_records(self, source: Source, ids, env) -> list[Prepared]:
        """Read records in the form in which they are compared.

        :param env: reads under this user's rights
        """
        if not ids:
            return []
        model = env[source.model].with_context(active_test=False)
        query = model._search(
            Domain(list(source.domain)) & Domain("id", "in", list(ids))
        )
        names = source.fields()
        columns = [
            SQL.identifier(model._table, "id"),
            *(
                model._field_to_sql(model._table, name, query)
                for name in names.values()
            ),
        ]
        return [
            prepare(record_of(row[0], dict(zip(names, row[1:], strict=True))))
            for row in self.env.execute_query(query.select(*columns))
        ]

    @api.model
    def _find(
        self,
        source: Source,
        ids: list[int],
        known: dict[int, Prepared],
        below_only: bool = False,
    ) -> int:
        """Search the doubles of some records, and keep them.

        :param known: records prepared before, which spares reading them again
        :param below_only: compare with none that has a greater id: their turn comes
        :return: how many pairs were compared
        """
        keys = self.env["crm.duplicate.key"]
        # Compared with all records; who may see a pair is asked when it is shown.
        prepared = self._read_records(source, ids, self.sudo().env)
        keys._store(source.model, ids, prepared)
        for id_ in ids:
            known.pop(id_, None)
        known.update((one.id, one) for one in prepared)
        blocks = keys._blocks(source.model, ids)
        if below_only:
            top = max(ids)
            blocks = {key: [i for i in b if i <= top] for key, b in blocks.items()}
        others = {i for block in blocks.values() for i in block} - known.keys()
        # As above.
        rest = self._read_records(source, others, self.sudo().env)
        known.update((one.id, one) for one in rest)
        pairs = candidates(blocks, known, set(ids))
        sharing = {key: len(block) for key, block in blocks.items()}
        found = (
            compare(known[first], known[second], sharing) for first, second in pairs
        )
        self._keep(source, ids, [match for match in found if match], known)
        return len(pairs)

    @api.model
    def _keep(
        self, source: Source, ids: list[int], matches: list[Match], known: dict
    ) -> None:
        """Store what was found; drop proposals of these records that hold no more.

        What somebody has decided stays as it is.
        """
        # Pairs are the engine's to write.
        stored_sudo = self.sudo().search(
            Domain("res_model", "=", source.model)
            & (Domain("res_id", "in", ids) | Domain("other_id", "in", ids))
        )
        stored = {(pair.res_id, pair.other_id): pair for pair in stored_sudo}
        found = {(match.first, match.second): match for match in matches}
        for pair in self._refused(source, list(found)):
            del found[pair]
        stale = stored_sudo.filtered(
            lambda pair: (
                pair.state == "new" and (pair.res_id, pair.other_id) not in found
            )
        )
        stale.unlink()
        new = []
        for pair, match in found.items():
            if pair in stored:
                stored[pair]._follow(match)
            else:
                company = known[pair[0]].company or known[pair[1]].company
                new.append(self._prepare_pair(source, match, company))
        # Pairs are the engine's to write.
        self.sudo().create(new)

    def _follow(self, match: Match) -> None:
        """Bring a proposal up to date."""
        if self.state == "new" and abs(self.score - match.score) > 0.001:
            self.write({"score": match.score, "evidence": match.evidence})

    @api.model
    def _prepare_pair(self, source: Source, match: Match, company: int) -> dict:
        return {
            "res_model": source.model,
            "res_id": match.first,
            "other_id": match.second,
            "score": match.score,
            "evidence": [list(part) for part in match.evidence],
            "company_id": company or False,
        }

    @api.model
    def _refused(self, source: Source, pairs: list[tuple[int, int]]) -> set:
        """Give those pairs of which it was said that they are two, be it of a record
        that has been merged into one of them since."""
        model = self.env[source.model]
        if not pairs or "merged_into_id" not in model._fields:
            return set()
        rows = self.env.execute_query(
            SQL(
                """SELECT least(a.now, b.now), greatest(a.now, b.now)
                    FROM crm_duplicate AS d
                    JOIN LATERAL (SELECT COALESCE(merged_into_id, id) AS now
                        FROM %(table)s WHERE id = d.res_id) AS a ON true
                    JOIN LATERAL (SELECT COALESCE(merged_into_id, id) AS now
                        FROM %(table)s WHERE id = d.other_id) AS b ON true
                    WHERE d.res_model = %(model)s AND d.state = 'not_duplicate'
                        AND (least(a.now, b.now), greatest(a.now, b.now))
                            IN %(pairs)s""",
                table=SQL.identifier(model._table),
                model=source.model,
                pairs=tuple(pairs),
            )
        )
        return set(rows)
