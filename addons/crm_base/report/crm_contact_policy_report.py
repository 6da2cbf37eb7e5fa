from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.res_partner import VALUE_CLASSES


class CrmContactPolicyReport(models.Model):
    """How each employee keeps the contact policy: one row for each customer.

    It reads the states of contact under the reader's own rights, and dates them today.
    """

    _name = "crm.contact.policy.report"
    _description = "Contact Policy Report"
    _auto = False
    _order = "next_contact_due, id"
    _rec_name = "partner_id"
    _depends = {
        "crm.contact.status": [
            "partner_id",
            "company_id",
            "policy_id",
            "user_id",
            "value_class",
            "next_contact_due",
            "is_too_often",
            "missing_step_count",
            "missing_steps",
        ]
    }

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    policy_id = fields.Many2one("crm.contact.policy", readonly=True)
    user_id = fields.Many2one("res.users", "Employee", readonly=True)
    value_class = fields.Selection(VALUE_CLASSES, "Class", readonly=True)
    next_contact_due = fields.Date("Due", readonly=True)
    customers = fields.Integer(readonly=True)
    kept = fields.Integer("Within Policy", readonly=True)
    overdue = fields.Integer(readonly=True)
    too_often = fields.Integer(readonly=True)
    lacking = fields.Integer("Yearly Contact Missing", readonly=True)
    kept_rate = fields.Float("Kept %", readonly=True, aggregator="avg", digits=(5, 1))

    @property
    def _table_query(self) -> SQL:
        query = self.env["crm.contact.status"]._search(Domain.TRUE)
        overdue = SQL("next_contact_due < %s", fields.Date.context_today(self))
        lacking = SQL("missing_step_count > 0")
        kept = SQL("(NOT (%s OR is_too_often OR %s))::int", overdue, lacking)
        table = SQL.identifier("crm_contact_status")
        return query.select(
            SQL("%s.id", table),
            SQL("%s.partner_id", table),
            SQL("%s.company_id", table),
            SQL("%s.policy_id", table),
            SQL("%s.user_id", table),
            SQL("%s.value_class", table),
            SQL("next_contact_due"),
            SQL("1 AS customers"),
            SQL("%s AS kept", kept),
            SQL("(%s)::int AS overdue", overdue),
            SQL("is_too_often::int AS too_often"),
            SQL("(%s)::int AS lacking", lacking),
            SQL("%s * 100.0 AS kept_rate", kept),
        )

    @api.readonly
    def action_open_customer(self) -> dict:
        """Open the customer's form."""
        self.ensure_one()
        return self.env["crm.contact.status"].browse(self.id).action_open_customer()
