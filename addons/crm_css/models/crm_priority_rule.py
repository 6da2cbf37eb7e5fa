from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.crm_base.models.res_partner import VALUE_CLASSES

# What a rule may ask of a ticket: of those that are set, all have to be met.
CONDITIONS = ("value_class", "severity", "type_id", "team_id", "category_id")


class CrmPriorityRule(models.Model):
    """What a fact about a ticket or its customer adds to the priority of the ticket."""

    _name = "crm.priority.rule"
    _description = "Priority Rule"
    _order = "points desc, id"

    name = fields.Char(
        "Reason",
        required=True,
        translate=True,
        help="Stands in the sentence on the ticket that says why it has its priority.",
    )
    points = fields.Integer(
        required=True,
        default=10,
        aggregator=None,
        help="The points of all rules that hold are added up, with those of the "
        "service level. Very high from 60, high from 30, medium from 0, else low.",
    )
    value_class = fields.Selection(VALUE_CLASSES)
    severity = fields.Selection(
        lambda self: self.env["helpdesk.ticket"]._fields["severity"].selection
    )
    type_id = fields.Many2one("helpdesk.ticket.type", ondelete="cascade")
    team_id = fields.Many2one("helpdesk.ticket.team", ondelete="cascade")
    category_id = fields.Many2one(
        "res.partner.category", "Tag of the customer", ondelete="cascade"
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")

    @api.constrains("name", *CONDITIONS)
    def _check_conditions(self):
        for rule in self:
            if not any(rule[name] for name in CONDITIONS):
                raise ValidationError(
                    self.env._(
                        "The priority rule “%(name)s” has no condition, so it would "
                        "raise every ticket alike. Set at least one.",
                        name=rule.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._apply()
        return rules

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() - {"name"}:
            self._apply()
        return result

    def unlink(self):
        tickets = self.env["helpdesk.ticket"]
        result = super().unlink()
        tickets._rate_anew()
        return result

    def _apply(self):
        self.env["helpdesk.ticket"]._rate_anew()

    @api.model
    def _active_rules(self):
        """Read the rules with all that `_holds_for` asks, in one query."""
        return self.search_fetch(
            [("active", "=", True)], ["name", "points", "company_id", *CONDITIONS]
        )

    def _holds_for(self, ticket) -> bool:
        """Tell whether all conditions of the rule are met by ``ticket``."""
        self.ensure_one()
        if self.company_id and self.company_id != ticket.company_id:
            return False
        customer = ticket.commercial_partner_id
        met = {
            "value_class": lambda: self.value_class == ticket.value_class,
            "severity": lambda: self.severity == ticket.severity,
            "type_id": lambda: self.type_id == ticket.type_id,
            "team_id": lambda: self.team_id == ticket.team_id,
            "category_id": lambda: self.category_id in customer.category_id,
        }
        return all(met[name]() for name in CONDITIONS if self[name])
