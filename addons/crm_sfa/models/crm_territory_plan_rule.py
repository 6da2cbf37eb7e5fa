from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.crm_base.tools.territory import Rule, zip_key

CONDITIONS = ("country_id", "state_ids", "zip_from", "zip_to", "industry_ids")


class CrmTerritoryPlanRule(models.Model):
    """A rule in a plan: one that exists, changed or not, or a new one."""

    _name = "crm.territory.plan.rule"
    _description = "Rule in a Plan of Territories"
    _order = "plan_id desc, line_id, country_id, zip_from, id"

    plan_id = fields.Many2one(
        "crm.territory.plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    line_id = fields.Many2one(
        "crm.territory.plan.line",
        "Territory",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('plan_id', '=', plan_id)]",
        help="Choose another one to move what the rule holds for.",
    )
    rule_id = fields.Many2one(
        "crm.territory.rule", readonly=True, ondelete="cascade", help="Empty: new."
    )
    country_id = fields.Many2one("res.country", ondelete="cascade")
    state_ids = fields.Many2many(
        "res.country.state",
        "crm_territory_plan_rule_state_rel",
        string="States",
        domain="[('country_id', '=', country_id)]",
    )
    zip_from = fields.Char("Postal Code from")
    zip_to = fields.Char("to", help="Empty: the same as the first.")
    industry_ids = fields.Many2many(
        "res.partner.industry", "crm_territory_plan_rule_industry_rel", string="Trades"
    )

    @api.constrains("line_id", "plan_id")
    def _check_plan(self):
        for rule in self:
            if rule.line_id.plan_id != rule.plan_id:
                raise ValidationError(
                    self.env._(
                        "%(name)s is a territory of another plan.",
                        name=rule.line_id.name,
                    )
                )

    @api.constrains(*CONDITIONS)
    def _check_conditions(self):
        for rule in self:
            # The same questions as of a rule in force.
            draft = self.env["crm.territory.rule"].new(rule._conditions_vals())
            if problem := draft._problem():
                raise ValidationError(
                    self.env._(
                        "Territory %(name)s: %(problem)s",
                        name=rule.line_id.name,
                        problem=problem,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules.plan_id._check_draft()
        rules.plan_id._changed()
        return rules

    def write(self, vals):
        if not self.env.su and {"rule_id", "plan_id"} & set(vals):
            raise UserError(
                self.env._("Which rule a line is about is not changed by hand.")
            )
        self.plan_id._check_draft()
        self.plan_id._changed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_changes_plan(self):
        self.plan_id._changed()

    def _conditions_vals(self) -> dict:
        self.ensure_one()
        return _vals(self)

    def _rule(self) -> Rule:
        """The rule as the pure functions know it, of the territory in the plan."""
        self.ensure_one()
        line = self.line_id
        low = zip_key(self.zip_from or "")
        return Rule(
            # Rules of equal rank keep their order; new ones come last, as they will.
            id=self.rule_id.id or 10**9 + self.id,
            territory=line.id,
            path=line._path(),
            sequence=line.sequence,
            company=line.territory_id.company_id.id or None,
            country=self.country_id.id or None,
            states=frozenset(self.state_ids.ids),
            low=low,
            high=zip_key(self.zip_to or "") or low,
            trades=frozenset(self.industry_ids.ids),
        )


class CrmTerritoryRule(models.Model):
    _inherit = "crm.territory.rule"

    def _conditions_vals(self) -> dict:
        self.ensure_one()
        return _vals(self)


def _vals(rule) -> dict:
    """Give the conditions of a rule, in force or planned, to be written."""
    return {
        name: [(6, 0, rule[name].ids)]
        if name.endswith("_ids")
        else (rule[name].id if name.endswith("_id") else rule[name])
        for name in CONDITIONS
    }
