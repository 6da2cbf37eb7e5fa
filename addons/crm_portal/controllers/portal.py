from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk

# The three answers, as rating.mixin counts them.
RATES = {"5": 5, "3": 3, "1": 1}
MAX_FEEDBACK = 2000


class RatingPortal(CustomerPortalHelpdesk):
    @http.route(
        "/my/ticket/<int:ticket_id>/rate", type="http", auth="user", methods=["POST"]
    )
    def rate_ticket(self, ticket_id, rate=None, feedback="", **kw):
        """Take the customer's rating of a ticket that is closed."""
        try:
            ticket_sudo = self._document_check_access("helpdesk.ticket", ticket_id)
        except (AccessError, MissingError) as error:
            raise NotFound() from error
        partner = request.env.user.partner_id
        if rate in RATES and ticket_sudo.closed and not self._own_rating(ticket_sudo):
            ticket_sudo.rating_apply(
                RATES[rate],
                token=ticket_sudo._rating_get_access_token(partner),
                feedback=feedback[:MAX_FEEDBACK],
            )
        return request.redirect(f"/my/ticket/{ticket_id}#rating")

    def _own_rating(self, ticket_sudo):
        """Give the rating that the visitor has left since the ticket was closed."""
        return ticket_sudo._vote(request.env.user.partner_id).filtered("consumed")

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        if ticket.closed and not request.env.user._is_public():
            values |= {"may_rate": True, "own_rating": self._own_rating(ticket)}
        return values
