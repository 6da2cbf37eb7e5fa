import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.machines import is_machine

_logger = logging.getLogger(__name__)

TEMPLATE = "crm_css.mail_template_satisfaction"
BATCH = 500


class HelpdeskTicket(models.Model):
    """Asking the customer, once a ticket is closed, how it went."""

    _inherit = "helpdesk.ticket"

    satisfaction_due = fields.Datetime(
        "Asked for Satisfaction On",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="When the mail goes out that asks for a vote.",
    )
    satisfaction_skip = fields.Selection(
        [
            ("stage", "The stage is not asked for"),
            ("unwanted", "No rating wanted for this ticket"),
            ("no_mail", "No mail address"),
            ("machine", "A machine wrote"),
            ("colleague", "A colleague wrote"),
            ("refused", "Does not want to be contacted"),
            ("answered", "Has voted already"),
            ("complaint", "A complaint is open"),
            ("recent", "Was asked a short while ago"),
            ("late", "Closed too long ago"),
        ],
        "Not Asked Because",
        readonly=True,
        copy=False,
        help="Why the customer was not asked for a vote.",
    )
    reopened_date = fields.Datetime(
        "Last Reopened", readonly=True, copy=False, index="btree_not_null"
    )

    def write(self, vals):
        # What is closed by a merge goes on in another ticket: nothing to vote on.
        if not vals.get("stage_id") or self.env.context.get("crm_ticket_merge"):
            return super().write(vals)
        was_closed = self.filtered("closed")
        result = super().write(vals)
        is_closed = self.filtered("closed")
        (is_closed - was_closed)._plan_satisfaction()
        (was_closed - is_closed)._revoke_satisfaction()
        return result

    def _plan_satisfaction(self):
        """Have the customer asked; tickets that come in closed, by an import for
        example, are left alone."""
        now = fields.Datetime.now()
        for ticket in self.filtered("team_id.satisfaction_ask"):
            delay = timedelta(hours=ticket.team_id.satisfaction_delay)
            ticket.update({"satisfaction_due": now + delay, "satisfaction_skip": False})

    def _revoke_satisfaction(self):
        """Take back what is planned, and the links that were sent: it is not over."""
        now = fields.Datetime.now()
        self.write(
            {
                "satisfaction_due": False,
                "satisfaction_skip": False,
                "reopened_date": now,
            }
        )
        # Whoever reopens, a customer too, may not touch votes by hand.
        votes_sudo = self.env["rating.rating"].sudo()
        open_votes = Domain("ticket_id", "in", self.ids) & (
            Domain("valid_until", ">", now) | Domain("valid_until", "=", False)
        )
        votes_sudo.search(open_votes).write({"valid_until": now})

    def _compute_rating_last_value(self):
        """Count votes, too, that are made as cast ones, by an import for example: core
        reads the table before their document is written to it."""
        self.env["rating.rating"].flush_model(["res_model", "res_id"])
        return super()._compute_rating_last_value()

    def _send_ticket_rating_mail(self, force_send=False):
        """Nobody is asked at the change of a stage as well: the team decides."""

    def _rating_get_access_token(self, partner=None):
        self.check_access("read")
        # Templates call it for readers who may not see tokens.
        ticket_sudo = self.sudo()
        partner = partner or ticket_sudo._rating_get_partner()
        vote_sudo = ticket_sudo._vote(partner) or ticket_sudo._make_vote(partner)
        return vote_sudo.access_token

    def _vote(self, partner):
        """Give the vote that a person has cast, or was asked for, since the ticket was
        closed last."""
        self.ensure_one()
        return self.env["rating.rating"].search(
            [
                ("ticket_id", "=", self.id),
                ("partner_id", "=", partner.id),
                ("closing", "=", self.reopen_count),
            ],
            order="consumed desc, id desc",
            limit=1,
        )

    def _make_vote(self, partner, **vals):
        self.ensure_one()
        days = timedelta(days=self.company_id.satisfaction_valid_days)
        return self.env["rating.rating"].create(
            {
                "partner_id": partner.id,
                "rated_partner_id": self._rating_get_operator().id,
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": self.id,
                "valid_until": fields.Datetime.now() + days,
            }
            | vals
        )

    def _satisfaction_link(self) -> str:
        """Give the address to which a face of the mail adds its number."""
        self.ensure_one()
        token = self._rating_get_access_token(self.partner_id)
        return f"{self.get_base_url()}/rate/{token}"

    @api.model
    def _cron_ask_satisfaction(self):
        """Ask for every vote that is due, or note why not, however late."""
        commit = self.env["ir.cron"]._commit_progress
        due = self.search(self._satisfaction_due_domain(), limit=BATCH)
        more = self.search_count(self._satisfaction_due_domain())
        commit(remaining=more)
        for ticket in due:
            try:
                with self.env.cr.savepoint():
                    locked = ticket.try_lock_for_update()
                    locked.filtered_domain(self._satisfaction_due_domain())._ask()
            except Exception:  # of any kind: one ticket holds up no other
                # Told in the log; it stays due, so the next run tries again.
                _logger.exception("Ticket %s is asked for later", ticket.id)
            if not commit(1):
                break

    @api.model
    def _satisfaction_due_domain(self) -> Domain:
        return Domain("satisfaction_due", "<=", fields.Datetime.now())

    def _ask(self):
        for ticket in self:
            reason = ticket._satisfaction_obstacle()
            if not reason:
                ticket._mail_satisfaction()
            ticket.update({"satisfaction_due": False, "satisfaction_skip": reason})

    def _satisfaction_obstacle(self) -> str | None:
        """Tell why the customer is not asked: a key of ``satisfaction_skip``.

        The mail is a part of the service and no marketing, so it needs no consent; who
        wants no contact at all, or no mail, gets none.
        """
        self.ensure_one()
        person = self.partner_id
        late = timedelta(days=self.company_id.satisfaction_valid_days)
        reasons = {
            "stage": not self.stage_id.satisfaction_ask or not self.closed,
            "unwanted": self.rating_status == "no_rate",
            "no_mail": not person.email_normalized,
            "machine": is_machine(person.email_normalized)
            or is_machine(self.partner_email),
            "colleague": any(not user.share for user in person.user_ids),
            "refused": person.is_blacklisted
            or person.do_not_contact
            or person.commercial_partner_id.do_not_contact,
            "late": self.satisfaction_due + late < fields.Datetime.now(),
        }
        first = next((key for key, holds in reasons.items() if holds), None)
        return first or self._satisfaction_obstacle_of_history()

    def _satisfaction_obstacle_of_history(self) -> str | None:
        vote = self._vote(self.partner_id)
        if vote.consumed:
            return "answered"
        mine = Domain("commercial_partner_id", "=", self.commercial_partner_id.id)
        opened = self.env["crm.complaint"]._open_domain()
        if self.env["crm.complaint"].search_count(mine & opened, limit=1):
            return "complaint"
        pause = timedelta(days=self.company_id.satisfaction_pause_days)
        recent = [
            ("partner_id", "=", self.partner_id.id),
            ("asked_date", ">", fields.Datetime.now() - pause),
        ]
        if vote.asked_date or self.env["rating.rating"].search_count(recent, limit=1):
            return "recent"
        return None

    def _mail_satisfaction(self):
        """Claim the asking and queue its mail in one transaction: each once."""
        self.ensure_one()
        vote = self._vote(self.partner_id) or self._make_vote(self.partner_id)
        now = fields.Datetime.now()
        days = timedelta(days=self.company_id.satisfaction_valid_days)
        vote.write({"asked_date": now, "valid_until": now + days})
        template = self.team_id.satisfaction_template_id or self.env.ref(TEMPLATE)
        # Not in the ticket's history: the link is the customer's alone.
        template.send_mail(self.id, email_values={"message_type": "user_notification"})
        self._message_log(
            body=self.env._(
                "%(name)s was asked by mail for a vote.", name=self.partner_id.name
            )
        )
