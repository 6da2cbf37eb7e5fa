from odoo import api, fields, models
from odoo.exceptions import ValidationError


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        index="btree_not_null",
        check_company=True,
        help="The hours in which the deadlines of this team are counted. Empty: those"
        " of the company.",
    )

    @api.constrains("resource_calendar_id")
    def _check_resource_calendar(self):
        for team in self:
            calendar = team.resource_calendar_id
            if calendar and not calendar._sla_is_usable():
                raise ValidationError(calendar._sla_problem())

    def write(self, vals):
        result = super().write(vals)
        if "resource_calendar_id" in vals:
            self.env["crm.sla.clock"]._wake_up()
        return result
