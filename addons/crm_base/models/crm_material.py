from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..tools.web_link import is_web_link

KINDS = [
    ("brochure", "Brochure"),
    ("presentation", "Presentation"),
    ("price_sheet", "Price Sheet"),
    ("case_study", "Case Study"),
    ("video", "Video"),
    ("template", "Template"),
    ("other", "Other"),
]
STATES = [
    ("draft", "Draft"),
    ("to_approve", "To Approve"),
    ("approved", "Approved"),
    ("retired", "Retired"),
]
MOVES = {
    "draft": {"to_approve", "approved"},
    "to_approve": {"draft", "approved"},
    "approved": {"retired"},
    "retired": {"approved"},
}
# Only managers bring a material into these states.
RELEASED = {"approved", "retired"}
# What was approved; it changes by a new version only.
APPROVED_CONTENT = {"audience", "company_id", "file", "file_name", "lang_id", "url"}
# Who approved it and when: set by the server, never by a caller.
STAMPS = ("approved_by_id", "date_approved")
LONGEST_NAME = 250


class CrmMaterial(models.Model):
    """A brochure, a price sheet or a link that is shown or sent to customers, in one
    version and one language of it."""

    _name = "crm.material"
    _description = "Sales Material"
    _inherit = ["crm.file.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "name, version desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    kind = fields.Selection(KINDS, required=True, default="brochure", index=True)
    lang_id = fields.Many2one(
        "res.lang",
        "Language",
        context={"active_test": False},
        index=True,
        help="Empty: for customers of any language.",
    )
    tag_ids = fields.Many2many("utm.tag", string="Tags")
    url = fields.Char(
        "Link",
        tracking=True,
        help="A page or a video on the web, instead of a file. It begins with"
        " http:// or https://.",
    )
    description = fields.Text(help="When to use it, and for whom.")
    audience = fields.Selection(
        [("customers", "Customers"), ("internal", "Colleagues only")],
        required=True,
        default="customers",
        help="What is for colleagues only cannot be sent.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for all of your companies."
    )
    state = fields.Selection(
        STATES,
        "Status",
        required=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    date_approved = fields.Datetime("Approved on", readonly=True, copy=False)
    expiry_date = fields.Date(
        tracking=True, help="The last day on which it may be sent and opened."
    )
    is_expired = fields.Boolean(compute="_compute_is_expired", search="_search_expired")
    is_sendable = fields.Boolean(
        compute="_compute_is_sendable",
        search="_search_is_sendable",
        help="Approved, for customers, and not expired.",
    )
    previous_id = fields.Many2one(
        "crm.material",
        "Previous Version",
        copy=False,
        readonly=True,
        index="btree_not_null",
        check_company=True,
    )
    next_ids = fields.One2many("crm.material", "previous_id", "Next Version")
    version = fields.Integer(
        compute="_compute_version", store=True, recursive=True, aggregator=None
    )
    send_ids = fields.One2many("crm.material.send", "material_id", "Sent")
    sent_count = fields.Integer(compute="_compute_send_counts")
    opened_count = fields.Integer(
        compute="_compute_send_counts",
        help="How many of those it was sent to opened it.",
    )

    _previous_uniq = models.UniqueIndex(
        "(previous_id) WHERE previous_id IS NOT NULL",
        "Somebody is preparing the next version of this material already.",
    )

    @api.depends("expiry_date")
    def _compute_is_expired(self):
        expired = self.filtered_domain(self._expired_domain())
        expired.is_expired = True
        (self - expired).is_expired = False

    def _search_expired(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return self._expired_domain()

    @api.model
    def _expired_domain(self) -> Domain:
        return Domain("expiry_date", "<", fields.Date.context_today(self))

    @api.depends("state", "audience", "expiry_date")
    def _compute_is_sendable(self):
        sendable = self.filtered_domain(self._sendable_domain())
        sendable.is_sendable = True
        (self - sendable).is_sendable = False

    def _search_is_sendable(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return self._sendable_domain()

    @api.model
    def _sendable_domain(self) -> Domain:
        """Say which materials may go to a customer; those alone can be opened too."""
        today = fields.Date.context_today(self)
        return (
            Domain("state", "=", "approved")
            & Domain("audience", "=", "customers")
            & (Domain("expiry_date", "=", False) | Domain("expiry_date", ">=", today))
        )

    @api.depends("previous_id.version")
    def _compute_version(self):
        for material in self:
            material.version = material.previous_id.version + 1

    @api.depends("name", "version", "lang_id")
    def _compute_display_name(self):
        for material in self:
            code = material.lang_id.code
            language = f" ({code.split('_')[0]})" if code else ""
            version = f" v{material.version}" if material.version > 1 else ""
            material.display_name = f"{material.name or ''}{language}{version}"

    @api.depends("send_ids.opened_count")
    def _compute_send_counts(self):
        groups = self.env["crm.material.send"]._read_group(
            [("material_id", "in", self.ids)],
            ["material_id"],
            ["__count", "is_opened:sum"],
        )
        counts = {material: (sent, opened) for material, sent, opened in groups}
        for material in self:
            sent, opened = counts.get(material._origin, (0, 0))
            material.sent_count = sent
            material.opened_count = opened

    @api.constrains("name")
    def _check_name(self):
        for material in self:
            if len(material.name) > LONGEST_NAME:
                raise ValidationError(
                    self.env._(
                        "The name is too long: %(length)s signs, at most %(limit)s."
                        " Write the rest into the description.",
                        length=len(material.name),
                        limit=LONGEST_NAME,
                    )
                )

    @api.constrains("sha256", "url")
    def _check_content(self):
        for material in self:
            if bool(material.sha256) == bool(material.url):
                raise ValidationError(
                    self.env._("A material has either a file or a link. Fill in one.")
                )
            if material.url and not is_web_link(material.url):
                raise ValidationError(
                    self.env._(
                        "%(url)s cannot be sent. A link begins with http:// or"
                        " https://, and names a page on the web.",
                        url=material.url[:80],
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            # Explicit, so that no default of the caller's takes their place.
            fresh = {"state": "draft"} | dict.fromkeys(STAMPS, False)
            vals_list = [vals | fresh for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        self._check_approved_content(vals)
        if "state" in vals:
            self._check_move(vals["state"])
        vals = {name: vals[name] for name in vals if name not in STAMPS}
        if vals.get("state") == "approved":
            vals |= {
                "approved_by_id": self.env.uid,
                "date_approved": fields.Datetime.now(),
            }
        return super().write(vals)

    def _check_approved_content(self, vals: dict):
        released = self.filtered(lambda material: material.state in RELEASED)
        if released and vals.keys() & APPROVED_CONTENT:
            raise UserError(
                self.env._(
                    "%(name)s is approved, and customers have links to it. Click New"
                    " Version, and change that one.",
                    name=released[0].display_name,
                )
            )

    def _check_move(self, state: str):
        """Refuse a change of status that is no step, or not one's own to take."""
        titles = dict(self._fields["state"]._description_selection(self.env))
        for material in self.filtered(lambda material: material.state != state):
            if state not in MOVES[material.state]:
                raise UserError(
                    self.env._(
                        "%(name)s is %(state)s, and cannot become %(next)s.",
                        name=material.display_name,
                        state=titles[material.state],
                        next=titles.get(state, state),
                    )
                )
        manager = "crm_base.crm_base_group_manager"
        if state in RELEASED and not (self.env.su or self.env.user.has_group(manager)):
            raise AccessError(
                self.env._("Only managers approve and retire materials. Ask one.")
            )

    def action_submit(self):
        self.write({"state": "to_approve"})

    def action_back_to_draft(self):
        self.write({"state": "draft"})

    def action_approve(self):
        """Approve, and retire the versions before."""
        self.write({"state": "approved"})
        self.previous_id.filtered(lambda old: old.state == "approved").action_retire()

    def action_retire(self):
        self.write({"state": "retired"})

    def action_new_version(self) -> dict:
        """Open a draft of the next version, with the content of this one."""
        self.ensure_one()
        # A newer version may be one that this user may not see.
        if self.sudo().next_ids:
            raise UserError(
                self.env._(
                    "%(name)s has a newer version already. Open that one.",
                    name=self.display_name,
                )
            )
        draft = self.copy({"previous_id": self.id, "user_id": self.env.uid})
        return self._window(draft)

    def action_open_newer(self) -> dict:
        return self._window(self.next_ids[:1])

    def _window(self, material) -> dict:
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": material.id,
            "views": [(False, "form")],
        }

    def action_send(self) -> dict:
        """Open the window that sends these materials."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_base.crm_material_send_wizard_action"
        )
        return action | {"context": {"default_material_ids": self.ids}}

    def action_sends(self) -> dict:
        """Show to whom it was sent."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_base.crm_material_send_action"
        )
        return action | {
            "domain": [("material_id", "in", self.ids)],
            "context": {},
        }
