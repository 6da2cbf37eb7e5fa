from odoo import fields, models

from ..tools.assignment import Criteria

METHODS = [
    ("manual", "By hand"),
    ("balanced", "Balanced load"),
    ("fit", "Skill, then load"),
]


class HelpdeskTicketTeam(models.Model):
    """What a team takes, and how it hands its tickets to its members."""

    _inherit = "helpdesk.ticket.team"

    takes_tickets = fields.Boolean(
        "Gets Tickets by Itself",
        help="A ticket without a team goes to the team that fits it in most ways. A"
        " team without any condition takes what fits no other.",
    )
    territory_ids = fields.Many2many(
        "crm.territory",
        "helpdesk_team_territory_rel",
        string="Territories",
        help="Their parts count too. Empty: any.",
    )
    product_categ_ids = fields.Many2many(
        "product.category",
        "helpdesk_team_product_category_rel",
        string="Products",
        help="Categories of products; those below count too. Empty: any.",
    )
    lang_ids = fields.Many2many(
        "res.lang",
        "helpdesk_team_lang_rel",
        string="Languages",
        help="The customer's language is one of these. Empty: any.",
    )
    skill_ids = fields.Many2many(
        "crm.service.skill",
        "helpdesk_team_skill_rel",
        string="Trades and Skills",
        help="The ticket needs one of these. Empty: any.",
    )
    assign_method = fields.Selection(
        METHODS,
        "Assignment",
        required=True,
        default="manual",
        help="Balanced load: to the member with the least open work for the capacity."
        " Skill, then load: first who knows the matter, speaks the language and covers"
        " the territory; of these the one with the least work. Members who are away get"
        " nothing.",
    )
    capacity = fields.Integer(
        "Capacity of a Member",
        default=40,
        aggregator=None,
        help="The most open work at a time, unless the agent has a number of the own. A"
        " question counts 1, a minor matter 2, a major one 3, a standstill 5; what"
        " waits for somebody else counts 1. When all are full, tickets wait in the"
        " team.",
    )

    _capacity_positive = models.Constraint(
        "CHECK (capacity > 0)", "The capacity of a member is at least one."
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"user_ids", "assign_method", "capacity", "takes_tickets"}:
            self.env["helpdesk.ticket"]._trigger_assignment()
        return result

    def action_open_agents(self) -> dict:
        """Open what the members know and can carry."""
        self.check_access("write")
        # A member without a line of the own gets it here, so that it can be filled in.
        self.env["crm.service.agent"].sudo()._of(self.user_ids)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Agents"),
            "res_model": "crm.service.agent",
            "views": [(False, "list"), (False, "form")],
            "domain": [("user_id", "in", self.user_ids.ids)],
        }

    def _criteria(self) -> Criteria:
        self.ensure_one()
        return Criteria(
            team=self.id,
            sequence=self.sequence,
            company=self.company_id.id or 0,
            territories=frozenset(self.territory_ids.ids),
            products=frozenset(self.product_categ_ids.ids),
            categories=frozenset(self.category_ids.ids),
            types=frozenset(self.type_ids.ids),
            langs=frozenset(self.lang_ids.mapped("code")),
            skills=frozenset(self.skill_ids.ids),
        )
