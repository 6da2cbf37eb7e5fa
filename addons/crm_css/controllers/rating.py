from odoo import http
from odoo.http import request

from odoo.addons.crm_base.controllers.material import DISCREET
from odoo.addons.rating.controllers.main import Rating

# The three faces.
RATES = {"5": 5, "3": 3, "1": 1}
MAX_FEEDBACK = 2000


class TicketRating(Rating):
    """The page behind the faces in the mail. Looking at it votes nothing, so scanners
    of mails, previews and prefetching browsers do no harm; its button votes."""

    @http.route()
    def action_open_rating(self, token, rate, **kwargs):
        vote_sudo = self._ticket_vote(token)
        if not vote_sudo:
            return super().action_open_rating(token, rate, **kwargs)
        return self._vote_page(vote_sudo, rate)

    @http.route()
    def action_submit_rating(self, token, rate=0, **kwargs):
        vote_sudo = self._ticket_vote(token)
        if not vote_sudo:
            return super().action_submit_rating(token, rate=rate, **kwargs)
        rate = RATES.get(rate, 0)
        if request.httprequest.method != "POST" or not rate:
            return self._vote_page(vote_sudo, rate)
        if not self._vote_obstacle(vote_sudo):
            words = (kwargs.get("feedback") or "").strip()[:MAX_FEEDBACK]
            vote_sudo.ticket_id.rating_apply(rate, rating=vote_sudo, feedback=words)
            return self._vote_page(vote_sudo, rate, done=True)
        return self._vote_page(vote_sudo, rate)

    def _ticket_vote(self, token):
        """Find the vote that a link is for; nothing where it is not on a ticket."""
        # sudo: who has the token may cast this vote, and nothing else
        votes_sudo = request.env["rating.rating"].sudo()
        return votes_sudo.search(
            [("access_token", "=", token), ("ticket_id", "!=", False)], limit=1
        )

    def _vote_obstacle(self, vote_sudo) -> str | None:
        """Tell why this visitor cannot vote with this link now."""
        user = request.env.user
        customer = vote_sudo.partner_id.commercial_partner_id
        if not user._is_public() and user.commercial_partner_id != customer:
            return "stranger"
        return None if vote_sudo._may_be_cast() else "over"

    def _vote_page(self, vote_sudo, rate, done=False):
        if lang := vote_sudo.partner_id.lang:
            request.update_context(lang=lang)
        chosen = rate if rate in RATES.values() else int(vote_sudo.rating)
        response = request.render(
            "crm_css.satisfaction_page",
            {
                "vote": vote_sudo,
                "ticket": vote_sudo.ticket_id,
                "token": vote_sudo.access_token,
                "chosen": chosen,
                "done": done,
                "obstacle": self._vote_obstacle(vote_sudo),
            },
        )
        response.headers.update(DISCREET)
        return response
