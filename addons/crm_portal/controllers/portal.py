from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

# The three answers, as rating.mixin counts them.
RATES = {"5": 5, "3": 3, "1": 1}
MAX_FEEDBACK = 2000


class RatingPortal(CustomerPortal):
    @http.route(
        "/my/ticket/<int:ticket_id>/rate", type="http", auth="user", methods=["POST"]
    )
    def rate_ticket(self, ticket_id, rate=None, feedback="", **kw):
        """Take the customer's rating of a ticket that is closed."""
        try:
            ticket_sudo = self._document_check_access("helpdesk.ticket", ticket_id)
        except (AccessError, MissingError) as error:
            raise NotFound() from error
        if rate in RATES and ticket_sudo.closed:
            partner = request.env.user.partner_id
            ticket_sudo.rating_apply(
                RATES[rate],
                token=ticket_sudo._rating_get_access_token(partner),
                feedback=feedback[:MAX_FEEDBACK],
            )
        return request.redirect(f"/my/ticket/{ticket_id}#rating")
