from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.territory import Rule, overlap, zip_key


class CrmTerritoryRule(models.Model):
    """One way for a customer into a territory: all conditions of the line hold."""

    _name = "crm.territory.rule"
    _description = "Rule of a Territory"
    _order = "territory_id, country_id, zip_from, id"
    _check_company_auto = True

    territory_id = fields.Many2one(
        "crm.territory", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="territory_id.company_id", store=True)
    country_id = fields.Many2one("res.country", index=True, ondelete="cascade")
    state_ids = fields.Many2many(
        "res.country.state", string="States", domain="[('country_id', '=', country_id)]"
    )
    zip_from = fields.Char(
        "Postal Code from",
        help="A whole code or its beginning: 10115, or 10 for all codes that begin"
        " with 10. Codes with letters are ordered by letters, then number: SW2 stands"
        " before SW10.",
    )
    zip_to = fields.Char(
        "to", help="The last code, or its beginning. Empty: the same as the first."
    )
    industry_ids = fields.Many2many(
        "res.partner.industry", string="Trades", help="Empty: any trade."
    )
    overlap = fields.Char(
        "Claimed by",
        compute="_compute_overlap",
        help="Other territories whose rules are equally close to the same addresses."
        " Only their order decides between them.",
    )

    @api.depends("territory_id", "country_id", "state_ids", "zip_from", "zip_to",
                 "industry_ids")  # fmt: skip
    def _compute_overlap(self):
        others = self.search([("territory_id.active", "=", True)]) - self._origin
        alike = defaultdict(list)
        for record in others | self:
            rule = record._rule()
            alike[rule.country, rule.precision].append((rule, record.territory_id))
        for record in self:
            rule = record._rule()
            found = {
                territory.complete_name
                for other, territory in alike[rule.country, rule.precision]
                if territory.active and overlap(rule, other)
            }
            record.overlap = ", ".join(sorted(found)) or False

    @api.constrains("country_id", "state_ids", "zip_from", "zip_to", "industry_ids")
    def _check_conditions(self):
        for rule in self:
            if problem := rule._problem():
                name = rule.territory_id.complete_name
                raise ValidationError(
                    self.env._(
                        "Territory %(name)s: %(problem)s", name=name, problem=problem
                    )
                )

    def _problem(self) -> str | None:
        """Say what is wrong with the conditions."""
        self.ensure_one()
        low, high = zip_key(self.zip_from or ""), zip_key(self.zip_to or "")
        if not (self.country_id or self.state_ids or low or high or self.industry_ids):
            return self.env._(
                "a rule without any condition would hold for every customer. Give a"
                " country or a trade."
            )
        if not self.country_id and (low or high or self.state_ids):
            return self.env._(
                "postal codes and states mean something within a country only. Give"
                " the country too."
            )
        strangers = self.state_ids.filtered(lambda s: s.country_id != self.country_id)
        if strangers:
            return self.env._(
                "%(states)s is no part of %(country)s.",
                states=", ".join(strangers.mapped("name")),
                country=self.country_id.name,
            )
        return self._problem_of_range(low, high)

    def _problem_of_range(self, low: str, high: str) -> str | None:
        if high and not low:
            return self.env._(
                "a range of postal codes needs its first code. Give it before “to”."
            )
        if high and low[: len(high)] > high:
            return self.env._(
                "the range from %(low)s to %(high)s is empty. Put the smaller postal"
                " code first.",
                low=self.zip_from,
                high=self.zip_to,
            )
        return None

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env["crm.territory"]._rules_changed()
        return rules

    def write(self, vals):
        result = super().write(vals)
        self.env["crm.territory"]._rules_changed()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["crm.territory"]._rules_changed()
        return result

    def _rule(self) -> Rule:
        """The rule as the pure functions know it."""
        self.ensure_one()
        territory = self.territory_id
        low = zip_key(self.zip_from or "")
        return Rule(
            id=self._origin.id or 0,
            territory=territory._origin.id or 0,
            path=territory._origin._path(),
            sequence=territory.sequence,
            company=territory.company_id.id or None,
            country=self.country_id.id or None,
            states=frozenset(self.state_ids._origin.ids),
            low=low,
            high=zip_key(self.zip_to or "") or low,
            trades=frozenset(self.industry_ids._origin.ids),
        )
