from odoo import fields, models

from ..models.res_partner import VALUE_CLASSES


class CrmContactPlanLine(models.TransientModel):
    """One customer in the preview of a plan: when and by whom, or why not."""

    _name = "crm.contact.plan.line"
    _description = "Line of a Plan of Contacts"
    _order = "id"

    plan_id = fields.Many2one(
        "crm.contact.plan", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", "Customer", ondelete="cascade")
    policy_id = fields.Many2one("crm.contact.policy", ondelete="cascade")
    value_class = fields.Selection(VALUE_CLASSES, "Class")
    next_contact_due = fields.Date("Due")
    missing_steps = fields.Char("Missing This Year")
    user_id = fields.Many2one("res.users", "Employee", ondelete="cascade")
    activity_type_id = fields.Many2one("mail.activity.type", "As", ondelete="cascade")
    date = fields.Date("Day")
    problem = fields.Char("Not Planned Because")
