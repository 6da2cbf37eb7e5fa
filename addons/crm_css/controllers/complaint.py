from odoo import http
from odoo.http import request

from odoo.addons.crm_base.controllers.material import DISCREET

STATES = ("confirmed", "refused")
MAX_NOTE = 2000


class Complaint(http.Controller):
    """The page on which a customer accepts or refuses the remedy of a complaint.
    Looking at it answers nothing; its buttons do."""

    @http.route(
        "/crm/complaint/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        sitemap=False,
    )
    def complaint(self, token, answer=None, note="", **kwargs):
        # sudo: who has the token may answer this complaint, and nothing else
        complaint_sudo = request.env["crm.complaint"].sudo()._by_token(token)
        if not complaint_sudo:
            return self._page("crm_css.complaint_unknown", {}, 404)
        asked = request.httprequest.method == "POST" and answer in STATES
        if asked and complaint_sudo._awaits_answer() and not self._is_ours():
            person = complaint_sudo.partner_id
            words = note.strip()[:MAX_NOTE]
            complaint_sudo._answer(answer, person, words, how="link")
        if lang := complaint_sudo.partner_id.lang:
            request.update_context(lang=lang)
        values = {
            "complaint": complaint_sudo,
            "open": complaint_sudo._awaits_answer(),
            "ours": self._is_ours(),
        }
        return self._page("crm_css.complaint_page", values)

    def _is_ours(self) -> bool:
        """Colleagues who try the link do not answer for the customer."""
        return request.env.user._is_internal()

    def _page(self, template: str, values: dict, status: int = 200):
        response = request.render(template, values, status=status)
        response.headers.update(DISCREET)
        return response
