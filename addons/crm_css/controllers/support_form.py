from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request
from odoo.tools import email_normalize, plaintext2html

from ..tools.ticket_form import chosen_id, read_form
from .uploads import read_files

# Tries in an hour: a household or a firm shares an address, a person a mailbox.
PER_IP, PER_MAILBOX, PER_SESSION = 20, 5, 10
# Strangers send less than customers.
MOST_FILES, MOST_BYTES = 3, 10 * 1024 * 1024


class SupportForm(http.Controller):
    """A form by which anybody opens a ticket.

    Its answers are the same for an address that is known and for one that is not.
    """

    @http.route(
        "/support",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def support(self, **kw):
        return self._show(read_form({}))

    @http.route(
        "/support",
        type="http",
        auth="public",
        methods=["POST"],
        max_content_length=MOST_BYTES + 1024**2,
        website=True,
        sitemap=False,
    )
    def support_submit(self, **kw):
        self._check_open()
        form = read_form(kw)
        if form.honey:  # no person sees that field
            return request.redirect("/support/sent")
        files, problem = read_files(request.httprequest, MOST_FILES, MOST_BYTES)
        problem = self._problem(form) or problem
        if problem:
            return self._show(form, problem)
        if not self._is_within_limits(form):
            problem = request.env._(
                "There were too many requests. Please try again in an hour."
            )
            return self._show(form, problem, status=429)
        # sudo: strangers create tickets by this form only
        tickets_sudo = request.env["helpdesk.ticket"].sudo()
        ticket_sudo = tickets_sudo.create(self._prepare_ticket_vals(form, kw))
        ticket_sudo._keep_files(files)
        ticket_sudo._send_receipt()
        request.session["crm_ticket_number"] = ticket_sudo.number
        return request.redirect("/support/sent")

    @http.route(
        "/support/sent",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def support_sent(self, **kw):
        self._check_open()
        number = request.session.pop("crm_ticket_number", "")
        return request.render("crm_css.support_sent", {"number": number})

    def _check_open(self):
        # A switch that strangers may not read.
        if not request.env.company.sudo().ticket_form:
            raise NotFound()

    def _show(self, form, problem="", status=200):
        self._check_open()
        values = {
            "error": problem,
            "given": form,
            "teams": self._get_teams(),
            "types": self._get_types(),
        }
        return request.render("crm_css.support_form", values, status=status)

    def _problem(self, form) -> str:
        if form.missing:
            return request.env._("Please fill in the subject and the description.")
        if not form.email and not form.phone:
            return request.env._(
                "Please leave a mail address or a phone number, so that we can answer."
            )
        if form.email and not email_normalize(form.email):
            return request.env._("Please check the mail address.")
        return ""

    def _is_within_limits(self, form) -> bool:
        limits = {
            f"ip {request.httprequest.remote_addr}": PER_IP,
            f"session {request.session.sid}": PER_SESSION,
        }
        if mailbox := email_normalize(form.email):
            limits[f"mailbox {mailbox}"] = PER_MAILBOX
        return request.env["crm.form.attempt"]._allow("support", limits)

    # sudo: strangers may read neither teams nor types

    def _get_teams(self):
        company_ids = [False, request.env.company.id]
        return (
            request.env["helpdesk.ticket.team"]
            .sudo()  # strangers choose among the published ones
            .search(
                [("show_in_web_form", "=", True), ("company_id", "in", company_ids)]
            )
        )

    def _get_types(self):
        types_sudo = request.env["helpdesk.ticket.type"].sudo()  # the published ones
        # The portal's switch, which strangers may not read.
        if not request.env.company.sudo().helpdesk_mgmt_portal_type:
            return types_sudo
        return types_sudo.search([("show_in_portal", "=", True)])

    def _prepare_ticket_vals(self, form, kw) -> dict:
        company = request.env.company.sudo()  # strangers may not read its settings
        partners = request.env["res.partner"]
        if form.email:
            partner = partners._find_sender(form.email, form.name, company)
        else:
            partner = partners._find_caller(form.phone, company)
        if any(not user.share for user in partner.user_ids):
            partner = partners  # no stranger speaks for an employee
        text = f"{form.description}\n\n{form.item}" if form.item else form.description
        # Strangers read no channels and teams; only ids of theirs are taken.
        vals = request.env["helpdesk.ticket"].sudo()._intake_vals("web", company) | {
            "name": form.subject,
            "description": plaintext2html(text),
            "lang": request.env.lang,
            "partner_id": partner.id,
            "partner_name": form.name,
            "partner_email": form.email,
            "partner_phone": form.phone,
            "sender_doubt": "form",
        }
        for name, offered in (("team", self._get_teams()), ("type", self._get_types())):
            if (chosen := chosen_id(kw, name)) in offered.ids:
                vals[f"{name}_id"] = chosen
        return vals
