from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.commission import period_of


class CrmCommissionCompute(models.TransientModel):
    """The statements of a month or quarter, made by hand."""

    _name = "crm.commission.compute"
    _description = "Compute Commission Statements"

    period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter")],
        required=True,
        default=lambda self: self._default_period(),
        help="Plans that are paid in this period.",
    )
    date = fields.Date(
        "Of",
        required=True,
        default=lambda self: self._default_date(),
        help="Any day of the month or quarter.",
    )
    user_ids = fields.Many2many(
        "res.users", string="People", domain="[('share', '=', False)]",
        help="Empty: all who have a plan.",
    )  # fmt: skip

    @api.model
    def _default_period(self):
        running = self.env["crm.commission.plan"].search([("state", "=", "running")])
        return running[:1].period or "month"

    @api.model
    def _default_date(self):
        return fields.Date.context_today(self).replace(day=1) - timedelta(days=1)

    def action_compute(self) -> dict:
        """Make the drafts of the period anew, and show all its statements."""
        self.ensure_one()
        date_from, date_to = period_of(self.date, self.period)
        found = self.env["crm.commission.statement"]
        roots = (
            self.env["crm.commission.plan"]
            .search(
                [
                    ("state", "=", "running"),
                    ("period", "=", self.period),
                    ("company_id", "=", self.env.company.id),
                ]
            )
            .root_id
        )
        for root in roots:
            found |= root._compute_period(date_from, date_to, self.user_ids or None)
        if not found:
            raise UserError(
                self.env._(
                    "Nobody earned anything in this period, or nobody had a plan in"
                    " force when it began. Look at Configuration > Commission Plans."
                )
            )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_sfa_commission.crm_commission_statement_action"
        )
        return action | {"domain": [("id", "in", found.ids)], "context": {}}
