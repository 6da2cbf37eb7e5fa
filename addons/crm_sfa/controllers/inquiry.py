from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request
from odoo.tools import plaintext2html

from odoo.addons.crm_base.tools.contact_data import clean_email
from odoo.addons.crm_base.tools.rate_limit import RateLimit

from ..tools.inquiry_form import read_form
from ..tools.lead_sheet import BadCell, phone_of

# A household or a firm shares an address.
INQUIRIES = RateLimit(times=20, seconds=3600)
MOST_BYTES = 1024 * 1024


class Inquiry(http.Controller):
    """A page on which anybody leaves an inquiry, which becomes a lead.

    It is there as soon as a campaign of the channel *Web form* is. Its answers are the
    same for an address that is known and for one that is not.
    """

    @http.route(
        "/inquiry",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def inquiry(self, campaign="", **kw):
        return self._show(read_form({}), self._campaign(campaign))

    @http.route(
        "/inquiry",
        type="http",
        auth="public",
        methods=["POST"],
        max_content_length=MOST_BYTES,
        website=True,
        sitemap=False,
    )
    def inquiry_submit(self, campaign="", **kw):
        campaign_sudo = self._campaign(campaign)
        form = read_form(kw)
        if form.honey:  # no person sees that field
            return request.redirect("/inquiry/sent")
        if problem := self._problem(form):
            return self._show(form, campaign_sudo, problem)
        if not INQUIRIES.allows(request.httprequest.remote_addr):
            problem = request.env._(
                "There were too many requests. Please try again in an hour."
            )
            return self._show(form, campaign_sudo, problem, status=429)
        # sudo: strangers make leads by this form only
        leads_sudo = request.env["crm.lead"].sudo()
        leads_sudo.create(self._prepare_lead_vals(form, campaign_sudo))
        self._wake_assignment()
        return request.redirect("/inquiry/sent")

    @http.route(
        "/inquiry/sent",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
    )
    def inquiry_sent(self, **kw):
        self._campaign("")
        return request.render("crm_sfa.inquiry_sent")

    def _campaign(self, name: str):
        """Give the web form's campaign of a name, or the first one. A name that is
        none says nothing, so that names cannot be tried."""
        # sudo: strangers read no campaigns
        campaigns_sudo = request.env["utm.campaign"].sudo()
        named_sudo = campaigns_sudo.search(
            [("crm_channel", "=", "web"), ("name", "=", name)], limit=1
        )
        campaign_sudo = named_sudo or campaigns_sudo._of_channel("web")
        if not campaign_sudo:
            raise NotFound()
        return campaign_sudo

    def _show(self, form, campaign_sudo, problem="", status=200):
        values = {"error": problem, "given": form, "campaign": campaign_sudo.name}
        return request.render("crm_sfa.inquiry_form", values, status=status)

    def _problem(self, form) -> str:
        if not form.name or not form.text:
            return request.env._("Please fill in your name and what you ask for.")
        if not form.email and not form.phone:
            return request.env._(
                "Please leave a mail address or a phone number, so that we can answer."
            )
        if form.email and not clean_email(form.email):
            return request.env._("Please check the mail address.")
        return ""

    def _prepare_lead_vals(self, form, campaign_sudo) -> dict:
        # Strangers may not read companies.
        company_sudo = campaign_sudo.company_id or request.env.company.sudo()
        # Strangers may not read languages; the id alone is taken.
        lang_sudo = request.env["res.lang"].sudo()._lang_get(request.env.lang)
        medium_sudo = request.env.ref(
            "utm.utm_medium_website", raise_if_not_found=False
        )
        return {
            "name": request.env._(
                "Inquiry of %(name)s", name=form.company or form.name
            ),
            "contact_name": form.name,
            "partner_name": form.company,
            "email_from": form.email,
            "phone": self._phone(form.phone, company_sudo),
            "description": plaintext2html(form.text),
            "campaign_id": campaign_sudo.id,
            "medium_id": medium_sudo.id if medium_sudo else False,
            "team_id": campaign_sudo.crm_team_id.id,
            "user_id": False,
            "lang_id": lang_sudo.id,
            "company_id": company_sudo.id,
        }

    def _phone(self, text: str, company_sudo) -> str:
        try:
            return text and phone_of(text, company_sudo.country_id.code or "").shown
        except BadCell:
            return text  # a seller makes more of it than a machine

    def _wake_assignment(self):
        """Let Odoo's job hand the lead out soon, where it is switched on."""
        cron = request.env.ref("crm.ir_cron_crm_lead_assign", raise_if_not_found=False)
        # sudo: strangers touch no jobs
        if cron and cron.sudo().active:
            cron.sudo()._trigger()  # as above
