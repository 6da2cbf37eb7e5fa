from odoo import models
from odoo.exceptions import UserError

from .crm_territory_plan_rule import CONDITIONS


class CrmTerritoryPlan(models.Model):
    """A plan becomes true: owners and rules are written at once, customers follow in
    the background by the sweep of the territories."""

    _inherit = "crm.territory.plan"

    def action_apply(self) -> None:
        """Write the territories, owners and rules of the plan."""
        self.ensure_one()
        self.check_access("write")
        self.lock_for_update()
        self._check_draft()
        self._check_computed()
        # Territories are set up by CRM managers; who may plan them may change them so.
        plan_sudo = self.sudo()
        plan_sudo._apply_lines()
        plan_sudo._apply_rules()
        self.state = "applied"
        self.message_post(
            body=self.env._(
                "Applied. %(count)s customers get another territory or owner.",
                count=self.moved_count,
            )
        )

    def _check_computed(self):
        if not self.computed_at or self.is_stale:
            raise UserError(
                self.env._(
                    "%(plan)s was changed after it was computed. Compute it, look at"
                    " what it means, and apply it then.",
                    plan=self.name,
                )
            )
        if self.rules_digest != self._digest():
            raise UserError(
                self.env._(
                    "The territories or their rules were changed since this plan was"
                    " begun. Begin anew from the territories of today."
                )
            )

    def _apply_lines(self):
        for line in self.line_ids:
            territory = line.territory_id
            vals = {
                "name": line.name,
                "sequence": line.sequence,
                "user_id": line.user_id.id,
            }
            if not territory:
                line.territory_id = territory.create(
                    vals
                    | {
                        "parent_id": line.parent_id.id,
                        "company_id": line.parent_id.company_id.id,
                    }
                )
            elif changed := {
                name: value
                for name, value in vals.items()
                if territory._fields[name].convert_to_write(territory[name], territory)
                != value
            }:
                territory.write(changed)

    def _apply_rules(self):
        kept = self.rule_ids.rule_id
        (self.line_ids.territory_id.rule_ids - kept).unlink()
        for draft in self.rule_ids:
            territory, rule = draft.line_id.territory_id, draft.rule_id
            vals = draft._conditions_vals()
            if not rule:
                draft.rule_id = rule.create(vals | {"territory_id": territory.id})
            elif (
                any(rule[name] != draft[name] for name in CONDITIONS)
                or rule.territory_id != territory
            ):
                rule.write(vals | {"territory_id": territory.id})
