from odoo import api, models
from odoo.tools import SQL

from ..tools.territory import Address

# Customers looked at between two commits.
BATCH = 10_000
WATERMARK = "crm_base.territory_assigned_up_to"


class CrmTerritory(models.Model):
    """The sweep that moves customers after the rules have changed."""

    _inherit = "crm.territory"

    def action_apply(self) -> dict:
        """Move all customers to where the rules put them, now, and say how many."""
        self.browse().check_access("write")
        after = moved = 0
        while after is not None:
            after, _seen, count = self._assign_batch(after)
            moved += count
        self._set_watermark(None)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Customers moved: %(count)s", count=moved),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _cron_assign(self):
        """Move customers after a change of the rules, from where the last run ended."""
        commit = self.env["ir.cron"]._commit_progress
        after = self._watermark()
        if after is None:
            return
        commit(remaining=self._assign_remaining(after))
        while after is not None:
            after, seen, _moved = self._assign_batch(after)
            self._set_watermark(after)
            if not commit(seen):
                break

    @api.model
    def _assign_batch(self, after: int, limit: int = BATCH) -> tuple:
        """Look at the customers that follow an id, and move those who are elsewhere.

        One query reads them and one moves them; only their people are loaded.

        :return: the last id, or None at the end; how many were seen; how many moved
        """
        rows = self._assign_rows(after, limit)
        find, found, moving = self._matcher().find, {}, []
        for partner_id, territory_id, *address in rows:
            address = Address(*address)
            if address not in found:
                found[address] = find(address)
            if found[address] != territory_id:
                moving.append((partner_id, found[address]))
        if moving:
            self._move(moving)
        # Writes what else changed, and forgets the records before the next batch.
        self.env.invalidate_all()
        last = rows[-1][0] if len(rows) == limit else None
        return last, len(rows), len(moving)

    def _move(self, moving: list[tuple[int, int | None]]):
        """Put customers into territories, and all that is computed from it after them:
        their people, and what other addons add."""
        partner_ids, territory_ids = map(list, zip(*moving, strict=True))
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner
                   SET territory_id = moved.territory_id
                  FROM unnest(%s::int[], %s::int[]) AS moved(id, territory_id)
                 WHERE res_partner.id = moved.id
                """,
                partner_ids,
                territory_ids,
            )
        )
        partners = self.env["res.partner"].browse(partner_ids)
        partners.invalidate_recordset(["territory_id"], flush=False)
        partners.modified(["territory_id"])

    def _assign_rows(self, after: int, limit: int) -> list[tuple]:
        """Read id, territory and address of the customers who follow the rules."""
        self.env["res.partner"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT id, territory_id, company_id, country_id, state_id, zip,
                       industry_id
                  FROM res_partner
                 WHERE id > %s AND %s
              ORDER BY id
                 LIMIT %s
                """,
                after,
                self._assign_where(),
                limit,
            )
        )

    def _assign_remaining(self, after: int) -> int:
        query = SQL(
            "SELECT count(*) FROM res_partner WHERE id > %s AND %s",
            after,
            self._assign_where(),
        )
        return self.env.execute_query(query)[0][0]

    def _assign_where(self) -> SQL:
        """Customers, not their people, and not those whose territory a person set."""
        return SQL("(is_company OR parent_id IS NULL) AND territory_manual IS NOT TRUE")

    @api.model
    def _watermark(self) -> int | None:
        """The id up to which customers were moved; None where nothing is to do."""
        # Settings are for administrators to read.
        value = self.env["ir.config_parameter"].sudo().get_param(WATERMARK)
        return int(value) if value else None

    @api.model
    def _set_watermark(self, value: int | None):
        # Kept as a parameter, which only administrators may write themselves.
        text = False if value is None else str(value)
        # The job's own mark.
        self.env["ir.config_parameter"].sudo().set_param(WATERMARK, text)
