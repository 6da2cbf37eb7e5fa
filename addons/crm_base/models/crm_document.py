from os.path import splitext

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools.file_name import clean_file_name

STATES = [
    ("draft", "Draft"),
    ("valid", "Valid"),
    ("superseded", "Superseded"),
    ("expired", "Expired"),
]
# What a registered document is; it changes by a new version only.
LOCKED = {
    "company_id",
    "date",
    "date_registered",
    "direction",
    "file",
    "file_name",
    "kind_id",
    "partner_id",
    "previous_id",
}
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

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        today = fields.Date.today()
        for document in self.filtered("date_registered"):
            if document.retention_until and document.retention_until >= today:
                raise UserError(
                    self.env._(
                        "%(name)s must be kept until %(date)s. Nobody can delete it"
                        " before.",
                        name=document.name,
                        date=document.retention_until,
                    )
                )
        if self.filtered("date_registered") and not self._is_managed():
            raise UserError(
                self.env._(
                    "Only managers delete registered documents. Ask one of them."
                )
            )

    def _is_managed(self) -> bool:
        manager = "crm_base.crm_base_group_manager"
        return self.env.su or self.env.user.has_group(manager)

    @api.model_create_multi
    def create(self, vals_list):
        # Explicit, so that no default of the caller's takes its place.
        documents = super().create(
            [vals | {"date_registered": False} for vals in vals_list]
        )
        documents._check_may_supersede()
        return documents

    def write(self, vals):
        self._check_locked(vals)
        if vals.get("date_registered"):
            # The moment is now, and the kind decides how long it is kept.
            vals = vals | {"date_registered": fields.Datetime.now()}
            vals.pop("retention_until", None)
        result = super().write(vals)
        if "previous_id" in vals:
            self._check_may_supersede()
        return result

    def _check_may_supersede(self):
        """Let only those add a version who may change the one before."""
        self.previous_id.check_access("write")

    def _check_locked(self, vals: dict):
        """Refuse to change what was registered, for everybody, in every way."""
        registered = self.filtered("date_registered")
        if registered and vals.keys() & LOCKED:
            raise UserError(
                self.env._(
                    "%(name)s is registered, and stays as it is. Add a new version"
                    " instead.",
                    name=registered[0].name,
                )
            )
        if "retention_until" not in vals:
            return
        until = fields.Date.to_date(vals["retention_until"])
        for document in registered.filtered("retention_until"):
            if not until or until < document.retention_until:
                raise UserError(
                    self.env._(
                        "%(name)s must be kept until %(date)s at least.",
                        name=document.name,
                        date=document.retention_until,
                    )
                )

    @api.model
    def upload(self, files: list[dict]) -> list[int]:
        """Store files as drafts, for the customer in the context if there is one.

        :param files: dicts of ``name`` and ``data``, the content in base64
        :return: the ids of the documents
        """
        return self.create([self._prepare_upload(**file) for file in files]).ids

    def _prepare_upload(self, name: str = "", data: str = "") -> dict:
        name = clean_file_name(name)
        self._decode_file(data or "", name)
        return {"name": splitext(name)[0], "file_name": name, "file": data}

    def action_register(self):
        """Put the document on the register: from now on it stays as it is."""
        drafts = self.filtered(lambda document: not document.date_registered)
        drafts.write({"date_registered": fields.Datetime.now()})
        reminders = drafts.previous_id.activity_ids.filtered("automated")
        reminders.action_feedback(feedback=self.env._("Replaced by a newer version."))

    def action_new_version(self) -> dict:
        """Open a draft for the next version."""
        self.ensure_one()
        if not self.date_registered or self.sudo().next_ids:
            raise UserError(
                self.env._(
                    "A new version follows the newest registered one. Open the list of"
                    " versions, and add it there."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Version"),
            "res_model": self._name,
            "views": [(False, "form")],
            "context": {
                "default_previous_id": self.id,
                "default_name": self.name,
                "default_number": self.number,
                "default_kind_id": self.kind_id.id,
                "default_partner_id": self.partner_id.id,
                "default_direction": self.direction,
                "default_company_id": self.company_id.id,
            },
        }

    def action_verify(self) -> dict:
        """Tell whether the stored file is still the one that was handed in."""
        self.ensure_one()
        self.check_access("read")
        unchanged = self._is_unchanged()
        message = (
            self.env._("The file is unchanged since it was stored.")
            if unchanged
            else self.env._(
                "The file is not the one that was stored: it was changed or lost"
                " outside of the register. Fetch it from a backup."
            )
        )
        if not unchanged:
            # sudo: whoever finds it out may leave the trace
            self.sudo()._message_log(body=message)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if unchanged else "danger",
                "sticky": not unchanged,
                "title": self.name,
                "message": message,
            },
        }

    def action_twins(self) -> dict:
        """Show the documents of the customer with the same file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Same File"),
            "res_model": self._name,
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("sha256", "=", self.sha256),
                ("commercial_partner_id", "=", self.commercial_partner_id.id),
            ],
        }
