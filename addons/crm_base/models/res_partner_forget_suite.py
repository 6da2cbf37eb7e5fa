from odoo import models
from odoo.fields import Domain

from ..tools.forget import Part


class ResPartner(models.Model):
    """The right to be forgotten: what becomes of the customer base's own records."""

    _inherit = "res.partner"

    def _forget_env(self):
        """Take along who was merged into the person: that is the same one."""
        person = super()._forget_env()
        return person | person.search([("merged_into_id", "in", person.ids)])

    def _forget_own_documents(self):
        return super()._forget_own_documents() | {
            model: self.env[model].search([("partner_id", "in", self.ids)]).ids
            for model in ("crm.promise", "crm.need")
        }

    def _forget_obstacles(self):
        obstacles = super()._forget_obstacles()
        kept = self.env["crm.document"].search_count(self._forget_kept_papers())
        if kept:
            obstacles.append(
                self.env._(
                    "%(count)s documents must be kept by law until their day has come.",
                    count=kept,
                )
            )
        return obstacles

    def _forget_kept_papers(self) -> Domain:
        return Domain("partner_id", "in", self.ids) & Domain(
            "retention_until", ">=", "today"
        )

    def _forget_parts(self):
        mine = Domain("partner_id", "in", self.ids)
        kept = self._forget_kept_papers()
        matter = {
            "name": self.env._("Forgotten"),
            "description": None,
        }
        return [
            *super()._forget_parts(),
            *self._forget_duplicate_parts(),
            Part("crm.contact.point", mine, delete=True),
            Part("crm.contact.status", mine, delete=True),
            Part(
                "crm.promise",
                mine,
                clear=matter | {"proof": None, "reason": None},
                reason=self.env._("That something was agreed, without its words."),
            ),
            Part("crm.need", mine, clear=matter),
            Part(
                "crm.document",
                kept,
                clear={"note": None},
                kept_in=("name", "number"),
                reason=self.env._("Documents that must be kept until their day."),
            ),
            Part("crm.document", mine & ~kept, delete=True),
            Part(
                "crm.material.send",
                mine,
                reason=self.env._("Which material was sent when; no text of a person."),
            ),
        ]

    def _forget_duplicate_parts(self):
        """Merges can no longer be undone: their journal holds what stood there."""
        people = Domain("res_model", "=", self._name)
        mine = people & Domain("res_id", "in", self.ids)
        pairs = people & (
            Domain("res_id", "in", self.ids) | Domain("other_id", "in", self.ids)
        )
        merges = self.env["crm.merge"].search(mine)
        return [
            Part("crm.duplicate", pairs, delete=True),
            Part("crm.duplicate.key", mine, delete=True),
            Part(
                "crm.merge.journal", Domain("merge_id", "in", merges.ids), delete=True
            ),
            Part("crm.merge", mine, delete=True),
        ]
