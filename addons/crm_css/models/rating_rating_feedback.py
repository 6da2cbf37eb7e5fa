from odoo import api, fields, models
from odoo.fields import Domain


class RatingRating(models.Model):
    """What a vote sets going: feedback to follow up, and a task where it is bad."""

    _inherit = "rating.rating"

    feedback_ids = fields.One2many(
        "crm.feedback", "rating_id", "Followed Up By", bypass_search_access=True
    )
    recovery = fields.Selection(
        [("open", "Not recovered"), ("done", "Recovered")],
        compute="_compute_recovery",
        search="_search_recovery",
        help="Whether a bad vote was followed up.",
    )

    @api.depends("is_bad", "feedback_ids.state")
    def _compute_recovery(self):
        for vote in self:
            # Whether it was followed up, not how.
            states = vote.sudo().feedback_ids.mapped("state")
            done = "done" if states == ["done"] else "open"
            vote.recovery = vote.is_bad and done

    def _search_recovery(self, operator, value):
        if operator != "in":
            return NotImplemented
        bad = Domain("is_bad", "=", True) & Domain("ticket_id", "!=", False)
        # Feedback that the reader may not see counts as well.
        followed = Domain("feedback_ids", "any!", [("state", "=", "done")])
        cases = {"done": bad & followed, "open": bad & ~followed, False: ~bad}
        return Domain.OR(cases[case] for case in value if case in cases)

    @api.model_create_multi
    def create(self, vals_list):
        votes = super().create(vals_list)
        votes._feed_back()
        return votes

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"rating", "feedback", "consumed"}:
            self._feed_back()
        return result

    def _feed_back(self):
        # The customer who votes has no rights on what we make of it.
        votes_sudo = self.sudo().filtered("ticket_id")
        votes_sudo.feedback_ids._follow_vote()
        feedback_sudo = self.env["crm.feedback"].sudo()  # a customer's vote makes it
        fresh_sudo = votes_sudo.filtered(lambda vote: not vote.feedback_ids)
        telling = fresh_sudo.filtered_domain(feedback_sudo._telling_domain())
        feedback_sudo._collect(telling)
