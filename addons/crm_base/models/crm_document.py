from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

STATES = [
    ("draft", "Draft"),
    ("valid", "Valid"),
    ("superseded", "Superseded"),
    ("expired", "Expired"),
]
LONGEST_TITLE = 250


class CrmDocument(models.Model):
    """A contract, a letter or another paper of a customer, in one version of it.

    A draft is worked on. Once registered, the document stays as it came: another
    version is another record, and it is deleted by right only.
    """

    _name = "crm.document"
    _description = "Customer Document"
    _inherit = [
        "crm.follows.customer",
        "crm.file.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date desc, id desc"
    _rec_names_search = ["name", "number"]
    _check_company_auto = True

    name = fields.Char("Title", required=True, tracking=True)
    number = fields.Char(tracking=True, help="The number on the document, if any.")
    kind_id = fields.Many2one(
        "crm.document.kind", index=True, ondelete="restrict", tracking=True
    )
    is_letter = fields.Boolean(related="kind_id.is_letter", store=True)
    direction = fields.Selection(
        [("in", "From the customer"), ("out", "To the customer")],
        compute="_compute_direction",
        store=True,
        readonly=False,
        help="For letters: who wrote it.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        "Customer's Company",
        related="partner_id.commercial_partner_id",
        store=True,
        index=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
        help="Who looks after the document, and is reminded before it expires.",
    )
    company_id = fields.Many2one(
        "res.company", index=True, default=lambda self: self.env.company
    )
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="The date on the document.",
    )
    expiry_date = fields.Date(tracking=True, help="The last day on which it is valid.")
    date_registered = fields.Datetime(
        "Registered on", readonly=True, copy=False, tracking=True
    )
    retention_until = fields.Date(
        "Keep until",
        compute="_compute_retention_until",
        store=True,
        readonly=False,
        copy=False,
        tracking=True,
        help="Nobody can delete the document before this day has passed.",
    )
    previous_id = fields.Many2one(
        "crm.document",
        "Previous Version",
        copy=False,
        index="btree_not_null",
        check_company=True,
    )
    next_ids = fields.One2many("crm.document", "previous_id", "Next Version")
    first_id = fields.Many2one(
        "crm.document",
        "First Version",
        compute="_compute_first_id",
        store=True,
        recursive=True,
        index="btree_not_null",
    )
    version = fields.Integer(
        compute="_compute_version",
        store=True,
        recursive=True,
        aggregator=None,
    )
    is_superseded = fields.Boolean(
        compute="_compute_is_superseded", store=True, help="A newer version is valid."
    )
    version_ids = fields.Many2many(
        "crm.document", compute="_compute_version_ids", string="All Versions"
    )
    state = fields.Selection(
        STATES, compute="_compute_state", search="_search_state", string="Status"
    )
    twin_count = fields.Integer(
        "Same File",
        compute="_compute_twin_count",
        help="Other documents of this customer with the same file.",
    )
    content = fields.Char(
        compute="_compute_content",
        search="_search_content",
        help="Finds documents by words in the file, where Odoo has indexed it.",
    )
    reminded_expiry = fields.Date(
        readonly=True, copy=False, help="The date of expiry that was reminded of."
    )
    note = fields.Html("Notes")

    _previous_uniq = models.UniqueIndex(
        "(previous_id) WHERE previous_id IS NOT NULL",
        "This document has a newer version already. Add yours after the newest one.",
    )
    _expiry_idx = models.Index(
        "(expiry_date) WHERE date_registered IS NOT NULL AND NOT is_superseded"
    )
    _registered_whole = models.Constraint(
        "CHECK (date_registered IS NULL OR"
        " (partner_id IS NOT NULL AND kind_id IS NOT NULL AND sha256 IS NOT NULL))",
        "A document is registered with its customer, its kind and its file.",
    )
    _expiry_after_date = models.Constraint(
        "CHECK (expiry_date >= date)",
        "A document cannot expire before its own date. Correct one of the two dates.",
    )
    _date_possible = models.Constraint(
        "CHECK (date BETWEEN '1800-01-01' AND '2199-12-31')",
        "The date of a document lies between 1800 and 2199.",
    )

    @api.depends("kind_id")
    def _compute_direction(self):
        for document in self:
            document.direction = document.is_letter and (document.direction or "in")

    @api.depends("date_registered")
    def _compute_retention_until(self):
        """Set the date once: what is decided of a kind later changes nothing for the
        documents that are registered already."""
        for document in self:
            years = document.kind_id.retention_years
            document.retention_until = (
                document.date_registered
                and years
                and document.date + relativedelta(years=years)
            )

    @api.depends("previous_id.first_id")
    def _compute_first_id(self):
        for document in self:
            previous = document.previous_id
            document.first_id = previous.first_id or previous

    @api.depends("previous_id.version")
    def _compute_version(self):
        for document in self:
            document.version = document.previous_id.version + 1

    @api.depends("next_ids.date_registered")
    def _compute_is_superseded(self):
        for document in self:
            document.is_superseded = any(document.next_ids.mapped("date_registered"))

    @api.depends("first_id", "previous_id")
    def _compute_version_ids(self):
        for document in self:
            first = document.first_id or document
            document.version_ids = self.search(
                Domain("first_id", "in", first.ids) | Domain("id", "in", first.ids),
                order="version desc, id desc",
            )

    @api.depends("date_registered", "is_superseded", "expiry_date")
    def _compute_state(self):
        for state, domain in self._state_domains().items():
            self.filtered_domain(domain).state = state

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = self._state_domains()
        return Domain.OR([domains[state] for state in value if state in domains])

    @api.model
    def _state_domains(self) -> dict[str, Domain]:
        """Say of each state which documents are in it; each document is in one."""
        today = fields.Date.context_today(self)
        registered = Domain("date_registered", "!=", False)
        current = registered & Domain("is_superseded", "=", False)
        return {
            "draft": Domain("date_registered", "=", False),
            "superseded": registered & Domain("is_superseded", "=", True),
            "expired": current & Domain("expiry_date", "<", today),
            "valid": current
            & (Domain("expiry_date", "=", False) | Domain("expiry_date", ">=", today)),
        }

    @api.depends("sha256", "commercial_partner_id")
    def _compute_twin_count(self):
        groups = self._read_group(
            Domain("sha256", "in", self.filtered("sha256").mapped("sha256"))
            & Domain("commercial_partner_id", "in", self.commercial_partner_id.ids),
            ["sha256", "commercial_partner_id"],
            ["id:array_agg"],
        )
        twins = {(sha256, partner): set(ids) for sha256, partner, ids in groups}
        for document in self:
            same = twins.get((document.sha256, document.commercial_partner_id), set())
            document.twin_count = len(same - set(document.ids))

    def _compute_content(self):
        self.content = False

    def _search_content(self, operator, value):
        if operator != "ilike":
            return NotImplemented
        # sudo: only ids are taken; the documents are searched with one's own rights
        files = (
            self.env["ir.attachment"]
            .sudo()
            ._search(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "file"),
                    ("index_content", "ilike", value),
                ]
            )
        )
        return Domain("id", "in", files.subselect("res_id"))

    @api.constrains("name")
    def _check_name(self):
        for document in self:
            if len(document.name) > LONGEST_TITLE:
                raise ValidationError(
                    self.env._(
                        "The title is too long: %(length)s signs, at most %(limit)s."
                        " Write the rest into the notes.",
                        length=len(document.name),
                        limit=LONGEST_TITLE,
                    )
                )

    @api.constrains("sha256")
    def _check_has_file(self):
        if not all(self.mapped("sha256")):
            raise ValidationError(
                self.env._("A document needs a file. Upload it, then save.")
            )

    @api.constrains("date_registered", "expiry_date", "kind_id", "partner_id")
    def _check_whole(self):
        for document in self.filtered("date_registered"):
            if missing := document._missing_fields():
                raise ValidationError(
                    self.env._(
                        "%(name)s cannot be registered yet. Fill in: %(fields)s.",
                        name=document.name,
                        fields=", ".join(missing),
                    )
                )

    def _missing_fields(self) -> list[str]:
        needed = ["partner_id", "kind_id"]
        needed += ["expiry_date"] if self.kind_id.needs_expiry else []
        titles = self.fields_get(needed, ["string"])
        return [titles[name]["string"] for name in needed if not self[name]]

    @api.constrains("previous_id", "partner_id")
    def _check_previous(self):
        for document in self.filtered("previous_id"):
            previous = document.previous_id
            if not previous.date_registered:
                raise ValidationError(
                    self.env._(
                        "%(name)s is a draft still. Replace the file in it instead of"
                        " adding a version.",
                        name=previous.name,
                    )
                )
            if document.commercial_partner_id != previous.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "A new version of %(name)s belongs to the same customer.",
                        name=previous.name,
                    )
                )
