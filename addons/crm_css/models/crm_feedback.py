from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.rating.models.rating_data import RATING_AVG_OK

STATES = [("new", "New"), ("work", "In Progress"), ("done", "Done")]
SOURCES = [
    ("rating", "Vote on a ticket"),
    ("review", "Public review"),
    ("survey", "Survey"),
    ("portal", "Remark on the portal"),
    ("talk", "Said in a talk"),
]
OUTCOMES = [
    ("satisfied", "The customer is satisfied again"),
    ("improved", "We changed something"),
    ("explained", "Explained, nothing to change"),
    ("unreached", "The customer was not reached"),
    ("unresolved", "The customer stays dissatisfied"),
]
# Who, what and when is settled by the buttons only.
OUTCOME = {"state", "date_closed", "closed_by_id", "rating_id"}
LONGEST_NAME = 80
ACTIVITY = "crm_css.mail_activity_type_feedback"


class CrmFeedback(models.Model):
    """What a customer said about our products or service, followed until something
    was done about it."""

    _name = "crm.feedback"
    _description = "Customer Feedback"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "crm.stand.in.mixin",
        "crm.follows.ticket",
    ]
    _order = "date desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(
        "In One Line",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    source = fields.Selection(SOURCES, required=True, default="talk", tracking=True)
    rating_id = fields.Many2one(
        "rating.rating",
        "Vote",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    text = fields.Text("In Full", help="In the customer's own words.")
    score = fields.Float(
        digits=(2, 1),
        aggregator="avg",
        help="1 is worst, 5 is best. 0: no score was given.",
    )
    is_bad = fields.Boolean("Bad", compute="_compute_is_bad", store=True)
    link = fields.Char("Web Page", help="Where a public review can be read.")
    date = fields.Date(required=True, default=fields.Date.context_today)
    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        "Customer's Company",
        related="partner_id.commercial_partner_id",
        store=True,
        index="btree_not_null",
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
    )
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        default=lambda self: self.env.user,
        index="btree_not_null",
        domain="[('share', '=', False)]",
        check_company=True,
        tracking=True,
        help="Who sees to it that something is done about it.",
    )
    date_due = fields.Date("Due", tracking=True)
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="new",
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    action_taken = fields.Text(
        copy=False, tracking=True, help="What was done about it."
    )
    outcome = fields.Selection(OUTCOMES, copy=False, tracking=True)
    date_closed = fields.Datetime("Closed On", readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )

    _rating_once = models.UniqueIndex(
        "(rating_id) WHERE rating_id IS NOT NULL",
        "This vote stands among the feedback already.",
    )
    _score_range = models.Constraint(
        "CHECK (score >= 0 AND score <= 5)",
        "A score is 1 to 5, or 0 where none was given.",
    )

    @api.depends("text", "ticket_id")
    def _compute_name(self):
        for feedback in self:
            said = " ".join((feedback.text or "").split())
            short = said[:LONGEST_NAME] + ("…" if len(said) > LONGEST_NAME else "")
            feedback.name = feedback.name or short or feedback.ticket_id.display_name

    @api.depends("score")
    def _compute_is_bad(self):
        for feedback in self:
            feedback.is_bad = 0 < feedback.score < RATING_AVG_OK

    @api.depends("ticket_id")
    def _compute_partner_id(self):
        for feedback in self:
            feedback.partner_id = feedback.partner_id or feedback.ticket_id.partner_id

    @api.depends("ticket_id")
    def _compute_product_id(self):
        for feedback in self:
            feedback.product_id = feedback.product_id or feedback.ticket_id.product_id

    @api.depends("ticket_id")
    def _compute_team_id(self):
        for feedback in self:
            feedback.team_id = feedback.team_id or feedback.ticket_id.team_id

    @api.depends("ticket_id")
    def _compute_company_id(self):
        for feedback in self:
            own = feedback.company_id or feedback.ticket_id.company_id
            feedback.company_id = own or self.env.company

    @api.depends("state", "date_due")
    @api.depends_context("tz", "uid")
    def _compute_is_overdue(self):
        overdue = self.filtered_domain(self._overdue_domain())
        overdue.is_overdue = True
        (self - overdue).is_overdue = False

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._overdue_domain()

    @api.model
    def _overdue_domain(self) -> Domain:
        today = fields.Date.context_today(self)
        return Domain("state", "!=", "done") & Domain("date_due", "<", today)

    def _read_group_select(self, aggregate_spec, query):
        """Leave out of the average what has no score."""
        if aggregate_spec == "score:avg":
            score = self._field_to_sql(self._table, "score", query)
            return SQL("AVG(NULLIF(%s, 0))", score)
        return super()._read_group_select(aggregate_spec, query)

    def _own_domain(self):
        return Domain("user_id", "=", self.env.uid) | Domain("is_covered", "=", True)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_outcome_untouched(
                name
                for name in OUTCOME
                if vals.get(name) and (name, vals[name]) != ("state", "new")
            )
        return super().create(vals_list)

    def write(self, vals):
        self._check_outcome_untouched(vals)
        return super().write(vals)

    def action_start(self):
        """Take it up."""
        self._move("new", state="work")

    def action_done(self):
        """Settle it: what was done is on record."""
        for feedback in self:
            if not (feedback.action_taken or "").strip():
                raise UserError(
                    self.env._(
                        "“%(name)s”: write under Action Taken what was done about it,"
                        " be it nothing and why.",
                        name=feedback.name,
                    )
                )
            if feedback.is_bad and not feedback.outcome:
                raise UserError(
                    self.env._(
                        "“%(name)s” was a bad vote: choose under Outcome how it came"
                        " out with the customer.",
                        name=feedback.name,
                    )
                )
        self._settle()

    def action_reopen(self):
        self._move("done", state="work", date_closed=False, closed_by_id=False)

    def _settle(self):
        self._move(
            "new",
            "work",
            state="done",
            date_closed=fields.Datetime.now(),
            closed_by_id=self.env.uid,
        )
        for feedback in self:
            feedback.activity_feedback([ACTIVITY], feedback=feedback.action_taken)

    def _move(self, *allowed, **vals):
        self.check_access("write")
        if wrong := self.filtered(lambda one: one.state not in allowed)[:1]:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "The state of “%(name)s” is “%(state)s” already. Reload the page to"
                    " see who changed it.",
                    name=wrong.name,
                    state=labels[wrong.state],
                )
            )
        # The state is written here only, never by hand; the right was checked.
        self.sudo().write(vals)

    def _check_outcome_untouched(self, names):
        if self.env.su or not OUTCOME.intersection(names):
            return
        raise UserError(
            self.env._(
                "The state of feedback is not typed: click Start, Done or Reopen on its"
                " page."
            )
        )
