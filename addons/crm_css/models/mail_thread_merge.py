from odoo import api, models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        """A reply to a merged ticket goes to the one that it lives on in."""
        model, thread_id, *rest = route
        if model == "helpdesk.ticket" and thread_id:
            # The gateway may run as anybody.
            ticket_sudo = self.env[model].sudo().browse(thread_id).exists()
            if target := ticket_sudo.merged_into_id:
                route = (model, target.id, *rest)
        return super()._routing_check_route(
            message, message_dict, route, raise_exception=raise_exception
        )
