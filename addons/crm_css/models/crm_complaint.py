from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

STATES = [
    ("new", "New"),
    ("work", "In Progress"),
    ("proposed", "Remedy Proposed"),
    ("confirmed", "Customer Confirmed"),
    ("refused", "Customer Refused"),
    ("closed", "Closed"),
]
# From which state a complaint may come into which.
MOVES = {
    "new": {"work"},
    "work": {"proposed", "closed"},
    "proposed": {"work", "confirmed", "refused", "closed"},
    "confirmed": {"closed", "work"},
    "refused": {"work", "closed"},
    "closed": {"work"},
}
KINDS = [
    ("product", "Product"),
    ("delivery", "Delivery"),
    ("service", "Service"),
    ("invoice", "Invoice or price"),
    ("conduct", "Conduct of our people"),
    ("other", "Other"),
]
REMEDIES = [
    ("replacement", "Replacement"),
    ("repair", "Repair"),
    ("credit", "Credit note"),
    ("discount", "Discount"),
    ("apology", "Apology"),
    ("other", "Other"),
    ("none", "None: unfounded or withdrawn"),
]
# What the buttons and the customer write, and nobody types.
OUTCOME = {
    "state",
    "answer_how",
    "answer_date",
    "answer_partner_id",
    "answer_user_id",
    "answer_note",
    "date_closed",
}
# Agreed with the customer: it changes only while it is being worked on.
TERMS = {"remedy_kind", "remedy"}
DAYS_DUE = 14


class CrmComplaint(models.Model):
    """A customer's complaint, from its cause to the remedy that the customer accepts.

    What was proposed and what the customer answered is evidence: it is written by the
    buttons and by the customer only.
    """

    _name = "crm.complaint"
    _description = "Complaint"
    _inherit = ["crm.matter.mixin", "crm.follows.ticket"]
    _order = "date desc, id desc"
    _rec_names_search = ["number", "name"]

    number = fields.Char(readonly=True, copy=False, default="/", index="trigram")
    name = fields.Char("Complaint", help="What the customer complains of, in one line.")
    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        precompute=True,
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
        tracking=True,
    )
    kind = fields.Selection(
        KINDS, "Complains Of", required=True, default="product", tracking=True
    )
    cause_id = fields.Many2one(
        "crm.complaint.cause",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Why it came to this. Needed to close the complaint.",
    )
    date_due = fields.Date(
        "Due",
        required=True,
        default=lambda self: self._default_date_due(),
        tracking=True,
    )
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
    remedy_kind = fields.Selection(REMEDIES, "Remedy", copy=False, tracking=True)
    remedy = fields.Text(
        "What We Offer",
        copy=False,
        tracking=True,
        help="As the customer reads it on the page on which it is confirmed.",
    )
    remedy_cost = fields.Monetary(
        "Cost of the Remedy",
        compute="_compute_remedy_cost",
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
    )
    remedy_document = fields.Reference(
        "_selection_remedy_document",
        "Document of the Remedy",
        copy=False,
        help="The credit note or order by which the remedy is carried out.",
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True
    )
    date_closed = fields.Datetime("Closed On", readonly=True, copy=False)
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )

    _cost_positive = models.Constraint(
        "CHECK (remedy_cost >= 0)", "The cost of a remedy cannot be less than zero."
    )
    _open_idx = models.Index("(commercial_partner_id) WHERE state <> 'closed'")

    @api.model
    def _default_date_due(self):
        return fields.Date.context_today(self) + timedelta(days=DAYS_DUE)

    @api.depends("ticket_id")
    def _compute_team_id(self):
        for complaint in self:
            complaint.team_id = complaint.team_id or complaint.ticket_id.team_id

    @api.depends("ticket_id")
    def _compute_product_id(self):
        for complaint in self:
            product = complaint.product_id or complaint.ticket_id.product_id
            complaint.product_id = product

    @api.depends("company_id")
    def _compute_currency_id(self):
        for complaint in self:
            company = complaint.company_id or self.env.company
            complaint.currency_id = company.currency_id

    @api.depends("remedy_document")
    def _compute_remedy_cost(self):
        """Take the amount of a credit note; what is typed stays."""
        for complaint in self:
            document = complaint.remedy_document
            known = document and document._name == "account.move"
            amount = abs(document.amount_untaxed_signed) if known else 0
            complaint.remedy_cost = complaint.remedy_cost or amount

    @api.depends("number", "name")
    def _compute_display_name(self):
        for complaint in self:
            complaint.display_name = f"{complaint.number} {complaint.name or ''}"

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
    def _open_domain(self) -> Domain:
        return Domain("state", "!=", "closed")

    @api.model
    def _overdue_domain(self) -> Domain:
        today = fields.Date.context_today(self)
        return self._open_domain() & Domain("date_due", "<", today)

    @api.model
    def _selection_remedy_document(self):
        models_sudo = self.env["ir.model"].sudo()  # names of kinds of documents
        return [
            (name, models_sudo._get(name).name)
            for name in self._remedy_document_models()
        ]

    @api.model
    def _remedy_document_models(self) -> list[str]:
        """Name the documents by which a remedy is carried out; addons add theirs."""
        return ["account.move", "sale.order"]

    def _contact_depends(self):
        return ("ticket_id",)

    def _contact(self):
        return self.ticket_id

    def _day_of(self, contact):
        return fields.Date.context_today(self)

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
        complaints = super().create(vals_list)
        for complaint in complaints:
            if complaint.number == "/":
                sequence = self.env["ir.sequence"].with_company(complaint.company_id)
                complaint.number = sequence.next_by_code("crm.complaint") or "/"
        complaints._check_remedy_document()
        return complaints

    def write(self, vals):
        self._check_outcome_untouched(vals)
        self._check_terms_untouched(vals)
        result = super().write(vals)
        if vals.get("remedy_document"):
            self._check_remedy_document()
        return result

    def action_start(self):
        """Take it up."""
        self._move("work")

    def action_propose(self):
        """Note that the customer was offered the remedy."""
        for complaint in self:
            complaint._require("remedy_kind", "remedy")
        self._move("proposed")

    def action_rework(self):
        """Take up again what the customer refused, or what turned out otherwise."""
        self._move("work", **self._no_answer())

    def action_close(self):
        for complaint in self:
            complaint._require("cause_id", "remedy_kind")
        self._move("closed", date_closed=fields.Datetime.now(), answer_token=False)

    def action_reopen(self):
        if wrong := self.filtered(lambda one: one.state != "closed")[:1]:
            raise UserError(
                self.env._("“%(name)s” is not closed.", name=wrong.display_name)
            )
        self._move("work", date_closed=False, **self._no_answer())

    def _move(self, state, **vals):
        self.check_access("write")
        for complaint in self:
            if state not in MOVES[complaint.state]:
                raise UserError(
                    self.env._(
                        "The state of “%(name)s” is “%(state)s” already. Reload the"
                        " page to see who changed it.",
                        name=complaint.display_name,
                        state=complaint._state_label(),
                    )
                )
        # The outcome is written here only, never by hand; the right was checked.
        self.sudo().write({"state": state, **vals})

    def _state_label(self) -> str:
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _require(self, *names):
        missing = [name for name in names if not self[name]]
        if missing:
            field = self._fields[missing[0]]
            raise UserError(
                self.env._(
                    "“%(name)s”: fill in “%(field)s” first.",
                    name=self.display_name,
                    field=field._description_string(self.env),
                )
            )

    def _check_remedy_document(self):
        """Nobody learns of a document by naming it here. (Odoo asks constraints with
        all rights, so this is none.)"""
        for complaint in self:
            if complaint.remedy_document:
                complaint.remedy_document.check_access("read")

    def _check_outcome_untouched(self, names):
        if self.env.su or not OUTCOME.intersection(names):
            return
        raise UserError(
            self.env._(
                "The state of a complaint and the customer's answer are not typed: use"
                " the buttons on its page."
            )
        )

    def _check_terms_untouched(self, vals):
        if self.env.su or not TERMS.intersection(vals):
            return
        agreed = self.filtered(lambda one: one.state not in ("new", "work"))[:1]
        if agreed:
            raise UserError(
                self.env._(
                    "“%(name)s”: the remedy stays as it was proposed. Click Rework to"
                    " offer another one.",
                    name=agreed.display_name,
                )
            )
