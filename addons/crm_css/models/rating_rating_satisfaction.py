from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.rating.models.rating_data import RATING_AVG_OK

TICKET = "helpdesk.ticket"


class RatingRating(models.Model):
    """A customer's vote on a ticket: one for each time that it was closed.

    It is cast with its token, by POST only, as long as it is valid. Nobody of us
    writes it.
    """

    _name = "rating.rating"
    _inherit = ["rating.rating", "crm.follows.ticket"]

    # Who has it, votes in the customer's name.
    access_token = fields.Char(groups="base.group_system")
    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        compute="_compute_ticket_id",
        store=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    closing = fields.Integer(
        compute="_compute_ticket_id",
        store=True,
        aggregator=None,
        help="How often the ticket had been reopened before the vote.",
    )
    asked_date = fields.Datetime("Asked On", readonly=True, copy=False)
    valid_until = fields.Datetime(readonly=True, copy=False)
    is_bad = fields.Boolean(
        "Bad Vote",
        compute="_compute_is_bad",
        store=True,
        help="The customer is dissatisfied.",
    )

    _asked_once = models.UniqueIndex(
        "(ticket_id, partner_id, closing) WHERE asked_date IS NOT NULL",
        "This person was asked for a vote on this ticket already.",
    )
    _asked_person_idx = models.Index(
        "(partner_id, asked_date) WHERE asked_date IS NOT NULL"
    )
    # The board reads the newest.
    _cast_idx = models.Index(
        "(rated_on) WHERE consumed IS TRUE AND ticket_id IS NOT NULL"
    )

    @api.depends("res_model", "res_id")
    def _compute_ticket_id(self):
        tickets = self.env[TICKET]
        ids = [rating.res_id for rating in self if rating.res_model == TICKET]
        known = tickets.browse(ids).exists()
        for rating in self:
            found = rating.res_model == TICKET and rating.res_id in known._ids
            rating.ticket_id = tickets.browse(rating.res_id) if found else False
            rating.closing = rating.ticket_id.reopen_count

    @api.depends("rating", "consumed")
    def _compute_is_bad(self):
        bad = self.filtered_domain(self._bad_domain())
        bad.is_bad = True
        (self - bad).is_bad = False

    @api.model
    def _bad_domain(self) -> Domain:
        return (
            Domain("consumed", "=", True)
            & Domain("rating", ">", 0)
            & Domain("rating", "<", RATING_AVG_OK)
        )

    def write(self, vals):
        if not vals.get("consumed"):
            return super().write(vals)
        first = self.filtered(lambda vote: vote.ticket_id and not vote.consumed)
        result = super().write(vals)
        for vote in first:
            hours = vote.ticket_id.company_id.satisfaction_change_hours
            change = fields.Datetime.now() + timedelta(hours=hours)
            vote.valid_until = min(vote.valid_until or change, change)
        return result

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if operation not in ("create", "write"):
            return result
        forbidden = result[0] if result else self.browse()
        # Votes on tickets are what is looked for; who may read them is not asked.
        votes = (self - forbidden).filtered(lambda vote: vote.sudo().ticket_id)
        if not votes:
            return result
        return forbidden | votes, result[1] if result else self._make_vote_error

    def _make_vote_error(self) -> AccessError:
        return AccessError(
            self.env._(
                "A vote on a ticket is the customer's alone. Follow it up instead: each"
                " bad one, and each with a comment, stands under Tickets > Feedback."
            )
        )

    def _may_be_cast(self) -> bool:
        """Tell whether the vote can be given, or changed, now."""
        self.ensure_one()
        return (
            self.ticket_id.closed
            and self.closing == self.ticket_id.reopen_count
            and bool(self.valid_until)
            and fields.Datetime.now() < self.valid_until
        )
