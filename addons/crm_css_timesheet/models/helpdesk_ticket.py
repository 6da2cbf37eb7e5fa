from odoo import api, fields, models

TIMESHEET_GROUP = "hr_timesheet.group_hr_timesheet_user"


class HelpdeskTicket(models.Model):
    """Time on a ticket, in the ERP's own timesheets."""

    _inherit = "helpdesk.ticket"

    timesheet_ids = fields.One2many(
        "account.analytic.line", "ticket_id", "Timesheets", groups=TIMESHEET_GROUP
    )
    timesheet_project_id = fields.Many2one(
        "project.project",
        compute="_compute_timesheet_project_id",
        compute_sudo=True,
        groups=TIMESHEET_GROUP,
    )
    timesheet_hours = fields.Float(
        "Hours", compute="_compute_timesheet_hours", groups=TIMESHEET_GROUP
    )

    @api.depends("contract_id", "team_id")
    def _compute_timesheet_project_id(self):
        """The contract's project goes before the team's."""
        for ticket in self:
            ticket.timesheet_project_id = (
                ticket.contract_id.timesheet_project_id
                or ticket.team_id.timesheet_project_id
            )

    @api.depends("timesheet_ids.unit_amount")
    def _compute_timesheet_hours(self):
        for ticket in self:
            ticket.timesheet_hours = sum(ticket.timesheet_ids.mapped("unit_amount"))

    @api.model
    def _cost_depends(self):
        return [*super()._cost_depends(), "timesheet_ids.amount"]

    def _ticket_costs(self):
        cost = -sum(self.timesheet_ids.mapped("amount"))
        return super()._ticket_costs() | ({self.env._("Time"): cost} if cost else {})
