from odoo import api, fields, models


class HelpdeskTicketTeam(models.Model):
    """Where a team takes tickets from, and who hears of a new one."""

    _inherit = "helpdesk.ticket.team"

    send_receipt = fields.Boolean(
        help="Customers get a mail with the number of their new ticket, in their"
        " language: one an hour at most, and never an answer to a machine."
    )
    show_in_web_form = fields.Boolean(
        help="Anybody may send a ticket to this team by the public form."
    )

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        teams._subscribe_leader()
        return teams

    def write(self, vals):
        result = super().write(vals)
        if vals.get("user_id"):
            self._subscribe_leader()
        return result

    def _subscribe_leader(self):
        """Let the leader hear of each new ticket; members may follow the team too."""
        for team in self.filtered("user_id"):
            team.message_subscribe(partner_ids=team.user_id.partner_id.ids)
