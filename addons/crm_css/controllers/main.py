from datetime import datetime

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request
from odoo.tools import plaintext2html

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController
from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk
from odoo.addons.portal.controllers.portal import CustomerPortal

from ..tools.ticket_form import chosen_id, read_form
from .uploads import read_files

# A whole request of the form; more is refused before it is read.
MOST_BYTES = 30 * 1024 * 1024


class TicketController(HelpdeskTicketController):
    """The form of helpdesk_mgmt, held to what it offers.

    There any ticket could be closed, and one be made, by a link that a customer was led
    to follow; and any category or team of any company could be given by its id.
    """

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

    def _get_create_new_ticket_values(self, **kw):
        values = super()._get_create_new_ticket_values(**kw)
        return values | {
            "products": self._get_products(),
            "error": "",
            "given": read_form({}),
        }

    def _get_products(self):
        """Give what the customer has bought of what tickets may be about."""
        # sudo: customers may not read products that are not sold any more
        lines_sudo = request.env["sale.order.line"].sudo()
        company = request.env.user.partner_id.commercial_partner_id
        groups = lines_sudo._read_group(
            [
                ("order_id.partner_id.commercial_partner_id", "=", company.id),
                ("order_id.company_id", "=", request.env.company.id),
                ("state", "=", "sale"),
                ("product_id.ticket_active", "=", True),
                ("product_id.sale_ok", "=", True),
            ],
            ["product_id"],
            limit=100,
        )
        return (
            request.env["product.product"]
            .sudo()  # also what is not sold any more, see above
            .union(*(product for (product,) in groups))
        )

    @http.route(methods=["POST"], max_content_length=MOST_BYTES)
    def submit_ticket(self, **kw):
        files, problem = read_files(request.httprequest)
        form = read_form(kw)
        if form.missing:
            problem = request.env._("Please fill in the subject and the description.")
        if problem:
            return self._show_again(form, problem)
        tickets_sudo = request.env["helpdesk.ticket"].sudo()  # customers create by form
        ticket_sudo = tickets_sudo.create(self._prepare_submit_ticket_vals(**kw))
        ticket_sudo.message_subscribe(request.env.user.partner_id.ids)
        ticket_sudo._keep_files(files)
        ticket_sudo._send_receipt()
        return request.redirect(f"/my/ticket/{ticket_sudo.id}")

    def _show_again(self, form, problem):
        response = self.create_new_ticket()
        response.qcontext |= {"error": problem, "given": form}
        return response

    def _prepare_submit_ticket_vals(self, **kw):
        """Give what was filled in, and of what was chosen only what had been offered.

        helpdesk_type adds its own to the values that helpdesk_mgmt makes of the form;
        so it is handed a form without what was not offered.
        """
        form, company = read_form(kw), request.env.company
        offered = {
            "category": self._get_categories(),
            "team": self._get_teams(),
            "type": self._offered_types(),
        }
        safe = {
            "subject": form.subject,
            "description": form.description,
        }
        for name, records in offered.items():
            chosen = chosen_id(kw, name)
            safe[name] = str(chosen) if records and chosen in records.ids else ""
        vals = super()._prepare_submit_ticket_vals(**safe)
        # Customers may not read which team and channel are the usual ones.
        tickets_sudo = request.env["helpdesk.ticket"].sudo()
        intake = tickets_sudo._intake_vals("portal", company)
        team_id = vals.get("team_id") or intake["team_id"]
        # Customers read no teams; the first stage alone is taken.
        team_sudo = request.env["helpdesk.ticket.team"].sudo().browse(team_id)
        products = self._get_products()
        product_id = chosen_id(kw, "product")
        return (
            vals
            | intake
            | {
                "description": plaintext2html(form.description),
                "lang": request.env.lang,
                "product_id": product_id if product_id in products.ids else False,
                "stage_id": team_sudo._get_applicable_stages()[:1].id,
                "team_id": team_id,
            }
        )

    def _offered_types(self):
        return request.env.company.helpdesk_mgmt_portal_type and (
            request.env["helpdesk.ticket.type"].search([("show_in_portal", "=", True)])
        )


class TicketPortal(CustomerPortalHelpdesk):
    @http.route()
    def portal_my_tickets(
        self,
        page=1,
        date_begin=None,
        date_end=None,
        sortby=None,
        filterby=None,
        search=None,
        search_in=None,
        groupby=None,
        **kw,
    ):
        """Drop what the page does not offer, for which helpdesk_mgmt crashes."""
        dates = (date_begin, date_end)
        begin, end = dates if all(map(_is_date, dates)) else (None, None)
        return super().portal_my_tickets(
            page=page,
            date_begin=begin,
            date_end=end,
            sortby=sortby if sortby in self._ticket_get_searchbar_sortings() else None,
            filterby=filterby,
            search=(search or "")[:100] or None,
            search_in=search_in,
            groupby=groupby
            if groupby in self._ticket_get_searchbar_groupby()
            else None,
            **kw,
        )

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        """Offer the stages that the route accepts, and the files that customers see."""
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        return values | {
            "closed_stages": ticket._portal_closing_stages(),
            "portal_files": ticket.attachment_ids._shown_to_customers(),
        }


def _is_date(text) -> bool:
    try:
        return bool(text and datetime.fromisoformat(text))
    except (TypeError, ValueError):
        return False
