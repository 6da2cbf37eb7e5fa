from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools.sampling import ReviewSource, percent
from .res_company_service import MANAGERS

# What the reviewed agent writes, once the points are given.
AGENT_FIELDS = {"answer"}


class CrmScorecardReview(models.Model):
    """One sample of an agent's work with the points that a reviewer gave it.

    The agent sees it once it is done, and answers it; other agents never see it.
    """

    _name = "crm.scorecard.review"
    _description = "Review of a Sample"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "month desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    scorecard_id = fields.Many2one(
        "crm.scorecard",
        "Score Card",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        ondelete="cascade",
        check_company=True,
        help="The sample.",
    )
    agent_id = fields.Many2one(
        "res.users",
        compute="_compute_agent_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="cascade",
        help="Whose work it is.",
    )
    team_id = fields.Many2one(
        related="ticket_id.team_id", store=True, index="btree_not_null"
    )
    reviewer_id = fields.Many2one(
        "res.users",
        compute="_compute_reviewer_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    month = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1),
        help="The first day of the month in which the work was finished.",
    )
    line_ids = fields.One2many(
        "crm.scorecard.review.line",
        "review_id",
        "Points",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    result = fields.Float(
        "Result %",
        compute="_compute_result",
        store=True,
        aggregator="avg",
        digits=(5, 1),
        tracking=True,
    )
    state = fields.Selection(
        [("todo", "To Review"), ("done", "Reviewed")],
        required=True,
        readonly=True,
        default="todo",
        copy=False,
        index=True,
        tracking=True,
    )
    comment = fields.Text(
        help="What was good, and what the agent should do differently."
    )
    answer = fields.Text(
        "The Agent's Answer", copy=False, help="What the agent says to the review."
    )
    date_done = fields.Datetime("Reviewed On", readonly=True, copy=False)
    company_id = fields.Many2one(
        related="scorecard_id.company_id", store=True, index=True
    )

    # Never the same ticket twice.
    _ticket_once = models.UniqueIndex(
        "(ticket_id) WHERE ticket_id IS NOT NULL",
        "This ticket was chosen for a review already.",
    )

    @api.model
    def _review_sources(self) -> list[ReviewSource]:
        """Declare of which work samples are drawn; addons add theirs, with a many2one
        to it."""
        return [
            ReviewSource(
                field="ticket_id",
                user="user_id",
                date="closed_date",
                domain=(("closed", "=", True),),
                strata=("type_id", "channel_id", "severity"),
            )
        ]

    def _sample(self):
        """Give the work that is reviewed."""
        self.ensure_one()
        works = (self[source.field] for source in self._review_sources())
        return next((work for work in works if work), self.ticket_id)

    @api.depends("ticket_id")
    def _compute_agent_id(self):
        users = {source.field: source.user for source in self._review_sources()}
        for review in self:
            own = next(
                (review[name][user] for name, user in users.items() if review[name]),
                review.agent_id,
            )
            review.agent_id = review.agent_id or own

    @api.depends("scorecard_id", "agent_id")
    def _compute_reviewer_id(self):
        for review in self:
            reviewer = review.reviewer_id or review.scorecard_id.reviewer_id
            if reviewer == review.agent_id:
                reviewer = review.company_id._service_manager()
            review.reviewer_id = reviewer

    @api.depends("scorecard_id")
    def _compute_line_ids(self):
        for review in self:
            if not review.line_ids:
                review.line_ids = [
                    Command.create(criterion._prepare_line_vals())
                    for criterion in review.scorecard_id.criterion_ids
                ]

    @api.depends("line_ids.points", "line_ids.weight", "line_ids.skipped")
    def _compute_result(self):
        for review in self:
            review.result = percent(
                (line.points, line.points_most, line.weight)
                for line in review.line_ids
                if not line.skipped
            )

    @api.depends("agent_id", "month")
    def _compute_display_name(self):
        for review in self:
            sample = review._sample().sudo().display_name or "…"  # its name alone
            review.display_name = f"{review.agent_id.name or '…'}: {sample}"

    @api.constrains("agent_id", "reviewer_id")
    def _check_reviewer(self):
        if wrong := self.filtered(lambda one: one.agent_id == one.reviewer_id)[:1]:
            raise ValidationError(
                self.env._(
                    "%(name)s cannot review the own work. Choose another reviewer.",
                    name=wrong.agent_id.name,
                )
            )

    def write(self, vals):
        if not self.env.su and not self.env.user.has_group(MANAGERS):
            self._check_agent_writes(vals)
        if "answer" in vals and not self.env.su:
            self._check_answer_is_the_agents()
        return super().write(vals)

    def action_done(self):
        """Fix the points, and let the agent see them."""
        self._check_is_manager()
        for review in self:
            if not review.line_ids.filtered(lambda line: not line.skipped):
                raise UserError(
                    self.env._(
                        "“%(name)s” has no points. Give some, or add criteria to the"
                        " score card.",
                        name=review.display_name,
                    )
                )
            review.write({"state": "done", "date_done": fields.Datetime.now()})
            review.activity_unlink(["mail.mail_activity_data_todo"])
            review.message_notify(
                partner_ids=review.agent_id.partner_id.ids,
                subject=self.env._("Your ticket was reviewed"),
                body=self.env._(
                    "%(reviewer)s gave %(result)s %%. You can read why, and answer.",
                    reviewer=review.reviewer_id.name,
                    result=review.result,
                ),
            )

    def action_reopen(self):
        self._check_is_manager()
        self.write({"state": "todo", "date_done": False})

    def action_open_sample(self):
        """Open the ticket, the call or whatever is reviewed."""
        self.ensure_one()
        sample = self._sample()
        return {
            "type": "ir.actions.act_window",
            "res_model": sample._name,
            "res_id": sample.id,
            "views": [(False, "form")],
        }

    def _check_is_manager(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(MANAGERS):
            raise AccessError(
                self.env._("Points are given and taken back by managers only.")
            )

    def _check_agent_writes(self, vals):
        if vals.keys() - AGENT_FIELDS:
            raise AccessError(
                self.env._(
                    "A review is the reviewer's. Write what you have to say to it under"
                    " The Agent's Answer."
                )
            )

    def _check_answer_is_the_agents(self):
        if self.filtered(lambda one: one.agent_id != self.env.user):
            raise AccessError(
                self.env._("The answer to a review is written by its agent only.")
            )
