from odoo import fields, models


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    timesheet_project_id = fields.Many2one(
        "project.project",
        ondelete="set null",
        domain="[('allow_timesheets', '=', True)]",
        check_company=True,
        help="Time on the tickets of this team goes here. Empty: no time is noted.",
    )
