from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController
from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk
from odoo.addons.portal.controllers.portal import CustomerPortal


class TicketController(HelpdeskTicketController):
    """Closes two holes of helpdesk_mgmt: any ticket could be closed, and a ticket be
    made, by a link that a customer was led to follow."""

    @http.route(methods=["POST"])
    def support_ticket_close(self, ticket_id=None, stage_id=None, **kw):
        try:
            # Not inherited: Odoo would tie all portal routes to this one class.
            check_access = CustomerPortal()._document_check_access
            ticket_sudo = check_access("helpdesk.ticket", int(ticket_id))
            stage_sudo = ticket_sudo.stage_id.browse(int(stage_id))
        except (AccessError, MissingError, TypeError, ValueError) as error:
            raise NotFound() from error
        if stage_sudo in ticket_sudo._portal_closing_stages():
            ticket_sudo.stage_id = stage_sudo
        return request.redirect(f"/my/ticket/{ticket_sudo.id}")

    @http.route(methods=["POST"])
    def submit_ticket(self, **kw):
        return super().submit_ticket(**kw)


class TicketPortal(CustomerPortalHelpdesk):
    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        """Offer the stages that the route accepts, and no others."""
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        return values | {"closed_stages": ticket._portal_closing_stages()}
