from odoo import fields, models


class CrmServiceSkill(models.Model):
    """Something that an agent must know to solve tickets of some products or types."""

    _name = "crm.service.skill"
    _description = "Service Skill"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    product_categ_ids = fields.Many2many(
        "product.category",
        "crm_service_skill_product_category_rel",
        string="Products",
        help="Tickets about products of these categories need it.",
    )
    category_ids = fields.Many2many(
        "helpdesk.ticket.category",
        "crm_service_skill_category_rel",
        string="Ticket Categories",
        help="Tickets of these categories need it.",
    )
    type_ids = fields.Many2many(
        "helpdesk.ticket.type",
        "crm_service_skill_type_rel",
        string="Ticket Types",
        help="Tickets of these types need it.",
    )
    agent_ids = fields.Many2many(
        "crm.service.agent",
        "crm_service_agent_skill_rel",
        "skill_id",
        "agent_id",
        string="Agents",
        help="Who has it.",
    )

    _name_uniq = models.UniqueIndex(
        "(name, COALESCE(company_id, 0))", "There is a skill of this name already."
    )

    def _needed_for(self, products: set, categories: set, type_id: int) -> frozenset:
        """Give the ids of the skills that a ticket needs: any of what a skill names
        calls for it.

        :param products: the category of its product, and those above
        :param categories: its own category, and those above
        """
        return frozenset(
            skill.id
            for skill in self
            if not products.isdisjoint(skill.product_categ_ids.ids)
            or not categories.isdisjoint(skill.category_ids.ids)
            or type_id in skill.type_ids.ids
        )
