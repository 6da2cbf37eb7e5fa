from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from odoo.addons.crm_css.tools.ticket_form import chosen_id
from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk


class CompanyPortal(CustomerPortalHelpdesk):
    """Where the customer's own administrator says what colleagues see."""

    @http.route("/my/company", type="http", auth="user", methods=["GET"], website=True)
    def portal_my_company(self, **kw):
        person = self._administrator()
        values = self._prepare_portal_layout_values() | {
            "page_name": "crm_company",
            "company": person.sudo().commercial_partner_id,  # their own company
            # sudo: of the colleagues, name and switch are shown, to an administrator
            "colleagues": person.sudo()._portal_colleagues(),
            "person": person,
        }
        return request.render("crm_portal.portal_my_company", values)

    @http.route(
        "/my/company/tickets",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_my_company_tickets(self, allowed="", **kw):
        person = self._administrator()
        colleague_id = chosen_id(kw, "colleague")
        if not person._set_company_tickets(colleague_id, allowed == "1"):
            raise NotFound()
        return request.redirect("/my/company")

    def _administrator(self):
        person = request.env.user.partner_id
        if not person.portal_administrator:
            raise NotFound()
        return person

    def _prepare_portal_layout_values(self):
        values = super()._prepare_portal_layout_values()
        person = request.env.user.partner_id
        return values | {"is_portal_administrator": person.portal_administrator}
