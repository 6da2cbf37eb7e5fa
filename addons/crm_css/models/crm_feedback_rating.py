from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .crm_feedback import ACTIVITY

BATCH = 500


class CrmFeedback(models.Model):
    """Votes that say something become feedback, each once."""

    _inherit = "crm.feedback"

    @api.model
    def _cron_collect(self):
        """Take in the votes that nobody took in: of the time before, or imported."""
        commit = self.env["ir.cron"]._commit_progress
        votes = self.env["rating.rating"]
        commit(remaining=votes.search_count(self._uncollected_domain()))
        while batch := votes.search(self._uncollected_domain(), limit=BATCH):
            self._collect(batch, urgent=False)
            if not commit(len(batch)):
                break

    @api.model
    def _telling_domain(self) -> Domain:
        """The votes that become feedback: the bad ones, and those with a comment."""
        return (
            Domain("ticket_id", "!=", False)
            & Domain("consumed", "=", True)
            & (Domain("is_bad", "=", True) | Domain("feedback", "not in", [False, ""]))
        )

    @api.model
    def _uncollected_domain(self) -> Domain:
        return self._telling_domain() & Domain("feedback_ids", "=", False)

    @api.model
    def _collect(self, votes, urgent=True):
        """Make feedback of votes.

        :param urgent: bad ones are a task for the leader at once; what lies back is
            only listed
        """
        made = self.create([self._prepare_vote_vals(vote) for vote in votes])
        if urgent:
            made.filtered("is_bad")._open_recovery()
        return made

    @api.model
    def _prepare_vote_vals(self, vote) -> dict:
        ticket = vote.ticket_id
        return {
            "source": "rating",
            "rating_id": vote.id,
            "ticket_id": ticket.id,
            "partner_id": vote.partner_id.id or ticket.partner_id.id,
            "text": vote.feedback,
            "score": vote.rating,
            "date": (vote.rated_on or vote.write_date).date(),
            "user_id": self._responsible(ticket).id,
        }

    @api.model
    def _responsible(self, ticket):
        """Give the leader of the ticket's team, or who stands in."""
        leader = ticket.team_id._leader(ticket.company_id)
        return self.env["crm.stand.in"]._acting_for(leader, ticket.partner_id)

    def _open_recovery(self):
        """Plan the task to win the customer back."""
        for feedback in self:
            days = timedelta(days=feedback.company_id.recovery_days)
            feedback.date_due = fields.Date.context_today(feedback) + days
            reader = feedback.with_context(lang=feedback.user_id.lang)
            feedback.activity_schedule(
                ACTIVITY,
                date_deadline=feedback.date_due,
                summary=reader.env._(
                    "Win %(customer)s back", customer=feedback.partner_id.display_name
                ),
                note=feedback.text,
                user_id=feedback.user_id.id,
                automated=True,
            )

    def _follow_vote(self):
        """Bring feedback in line with a vote that the customer has changed."""
        for feedback in self:
            vote, was_bad = feedback.rating_id, feedback.is_bad
            told = {"text": vote.feedback or False, "score": vote.rating}
            if told == {"text": feedback.text, "score": feedback.score}:
                continue
            feedback.write(told)
            was_done = feedback.state == "done"
            if feedback.is_bad and (was_done or not was_bad):
                if was_done:
                    feedback.action_reopen()
                feedback._open_recovery()
            elif was_bad and not feedback.is_bad and not was_done:
                feedback._forgive()

    def _forgive(self):
        """The customer took the bad vote back: there is nobody to win back."""
        self.ensure_one()
        self.activity_unlink([ACTIVITY])
        words = self.env._("The customer has changed the vote.")
        self.write({"action_taken": words, "outcome": "satisfied"})
        self._settle()
