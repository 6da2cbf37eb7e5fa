from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import html2plaintext, is_html_empty

from ..tools import fulltext

STATES = [
    ("draft", "Draft"),
    ("review", "In Review"),
    ("published", "Published"),
    ("outdated", "Outdated"),
]
MOVES = {
    "draft": {"review"},
    "review": {"draft", "published"},
    "published": {"review", "outdated"},
    "outdated": {"review", "published"},
}
AUDIENCES = [
    ("staff", "Colleagues only"),
    ("partner", "Partner companies"),
    ("customer", "Customers"),
]
# Only reviewers bring an article into these states.
RELEASED = {"published", "outdated"}
REVIEWERS = "helpdesk_mgmt.group_helpdesk_manager"
# What the server notes; never taken from a caller.
STAMPS = ("date_published", "date_body", "number", "ticket_id", "masked")
# What a reviewer takes over from a proposed change.
CONTENT = ("name", "body", "keywords", "audience", "valid_until")
LONGEST_NAME = 250
LONGEST_BODY = 1_000_000
TEASER = 180
STAFF = "base.group_user"
REVIEW = "crm_css.mail_activity_article_review"


class CrmArticle(models.Model):
    """What we know about one question, written down in one language for one audience.

    Each language is a record of its own: it has its own author, review, date of expiry,
    votes and full text index. Translations are tied to the article they were made from.
    """

    _name = "crm.article"
    _description = "Article"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "name, id"
    _rec_names_search = ["name", "number"]
    _mail_post_access = "read"
    _check_company_auto = True

    name = fields.Char("Title", required=True, tracking=True)
    number = fields.Char(readonly=True, copy=False, index="btree_not_null")
    body = fields.Html(
        sanitize_attributes=True,
        sanitize_style=True,
        sanitize_form=True,
        help="What the reader sees. Scripts, frames and forms are taken out.",
    )
    teaser = fields.Char(compute="_compute_teaser", store=True)
    keywords = fields.Char(
        groups=STAFF,
        help="Other words by which readers look for it, such as error codes and the"
        " words of customers.",
    )
    category_id = fields.Many2one("crm.article.category", index="btree_not_null")
    lang_id = fields.Many2one(
        "res.lang",
        "Language",
        default=lambda self: self._default_lang_id(),
        context={"active_test": False},
        index=True,
        help="Empty: for readers of any language.",
    )
    audience = fields.Selection(
        AUDIENCES,
        required=True,
        default="staff",
        index=True,
        tracking=True,
        help="Who may read it once it is published. Colleagues read all, partner"
        " companies also what is for customers.",
    )
    is_for_reader = fields.Boolean(
        compute="_compute_is_for_reader",
        search="_search_is_for_reader",
        export_string_translation=False,
        help="For customers; for partner companies, where the reader's is one.",
    )
    product_tmpl_ids = fields.Many2many(
        "product.template",
        string="Products",
        groups=STAFF,
        help="It is offered first in tickets about these products.",
    )
    type_ids = fields.Many2many(
        "helpdesk.ticket.type", string="Ticket Types", groups=STAFF
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for all companies."
    )
    active = fields.Boolean(default=True, tracking=True)
    state = fields.Selection(
        STATES,
        "Status",
        required=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    author_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        copy=False,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        groups=STAFF,
        tracking=True,
    )
    reviewer_id = fields.Many2one(
        "res.users",
        copy=False,
        index="btree_not_null",
        domain=lambda self: [
            ("all_group_ids", "in", self.env.ref(REVIEWERS).ids),
        ],
        groups=STAFF,
        tracking=True,
        help="Is asked to review it. Afterwards: who published it.",
    )
    date_published = fields.Datetime("Published on", readonly=True, copy=False)
    date_body = fields.Datetime("Text changed on", readonly=True, copy=False)
    valid_until = fields.Date(
        index="btree_not_null",
        tracking=True,
        help="The last day on which customers see it. Then it becomes outdated, and"
        " stands under To Review.",
    )
    source_id = fields.Many2one(
        "crm.article",
        "Translation of",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain="[('source_id', '=', False), ('id', '!=', id)]",
    )
    translation_ids = fields.One2many("crm.article", "source_id", "Translations")
    is_behind = fields.Boolean(
        "Translation Behind",
        compute="_compute_is_behind",
        search="_search_is_behind",
        help="The original was changed after this translation.",
    )
    may_edit = fields.Boolean(
        compute="_compute_may_edit", export_string_translation=False
    )
    revises_id = fields.Many2one(
        "crm.article",
        "Proposes a Change of",
        index="btree_not_null",
        ondelete="cascade",
        readonly=True,
        copy=False,
        groups=STAFF,
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Files",
        copy=False,
        groups=STAFF,
        help="Whoever may read the article may download them.",
    )

    _source_lang_uniq = models.UniqueIndex(
        "(source_id, lang_id)"
        " WHERE source_id IS NOT NULL AND revises_id IS NULL AND active",
        "There is a translation into this language already.",
    )

    @api.model
    def _default_lang_id(self):
        return self.env["res.lang"]._get_data(code=self.env.user.lang).id

    @api.depends("body")
    def _compute_teaser(self):
        for article in self:
            text = " ".join(html2plaintext(article.body or "").split())
            short = text[:TEASER].rsplit(" ", 1)[0].rstrip(" .,;:!?") + "…"
            article.teaser = text if len(text) <= TEASER else short

    @api.depends("source_id.date_body", "date_body")
    def _compute_is_behind(self):
        for article in self:
            source = article.source_id.date_body
            article.is_behind = bool(
                source and article.date_body and source > article.date_body
            )

    def _search_is_behind(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        self.flush_model(["date_body", "source_id"])
        self.env.cr.execute(
            """
            SELECT article.id FROM crm_article article
              JOIN crm_article source ON source.id = article.source_id
             WHERE source.date_body > article.date_body
            """
        )
        return [("id", "in", [row[0] for row in self.env.cr.fetchall()])]

    @api.depends("state", "author_id")
    @api.depends_context("uid")
    def _compute_may_edit(self):
        """Tell whether the reader may change it, so that the form says so at once."""
        new = self.filtered(lambda article: not article._origin)
        mine = new | (self - new)._filtered_access("write")
        mine.may_edit = True
        (self - mine).may_edit = False

    @api.model
    def _open_domain(self) -> Domain:
        """Say which articles are published and have not expired."""
        valid = Domain("valid_until", "=", False) | Domain("valid_until", ">=", "today")
        return Domain("state", "=", "published") & valid

    @api.constrains("name", "body")
    def _check_length(self):
        for article in self:
            if len(article.name) > LONGEST_NAME:
                raise ValidationError(
                    self.env._(
                        "The title has %(length)s signs, at most %(limit)s fit. Write"
                        " the rest into the text.",
                        length=len(article.name),
                        limit=LONGEST_NAME,
                    )
                )
            if len(article.body or "") > LONGEST_BODY:
                raise ValidationError(
                    self.env._(
                        "The text of %(name)s is too long, perhaps because of pictures"
                        " pasted into it. Add them as files, or make two articles.",
                        name=article.name,
                    )
                )

    @api.constrains("source_id")
    def _check_source_id(self):
        for article in self.filtered("source_id"):
            if article.source_id == article or article.source_id.source_id:
                raise ValidationError(
                    self.env._(
                        "%(name)s must be a translation of an original, not of itself"
                        " or of another translation.",
                        name=article.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            # Explicit, so that no default of the caller's takes their place.
            fresh = {"state": "draft"} | dict.fromkeys(STAMPS, False)
            vals_list = [vals | fresh for vals in vals_list]
        numbers = self.env["ir.sequence"].sudo()  # nobody else counts
        vals_list = [
            vals | {"number": numbers.next_by_code("crm.article")} for vals in vals_list
        ]
        articles = super().create(vals_list)
        articles._claim_files()
        return articles

    def write(self, vals):
        if not self.env.su:
            vals = {name: vals[name] for name in vals if name not in STAMPS}
        self._check_author(vals)
        if "state" in vals:
            self._check_move(vals["state"])
        if vals.get("state") == "published":
            vals = vals | {"reviewer_id": self.env.uid}
            # People write no stamps; that this one may publish was checked.
            self.sudo().write({"date_published": fields.Datetime.now()})
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._claim_files()
        return result

    def _check_author(self, vals: dict):
        """Refuse to sign with another's name; the rules look at what stood before."""
        other = vals.get("author_id", self.env.uid) != self.env.uid
        if other and not (self.env.su or self.env.user.has_group(REVIEWERS)):
            raise AccessError(
                self.env._("Only helpdesk managers give an article another author.")
            )

    def _claim_files(self):
        """Tie files that were uploaded before the record was there to it: they are
        read by who may read the article, and no longer by the uploader alone."""
        for article in self:
            free = article.attachment_ids.filtered(
                lambda file: not file.res_id and file.create_uid == self.env.user
            )
            free.write({"res_model": self._name, "res_id": article.id})

    def _check_move(self, state: str):
        """Refuse a change of status that is no step, or not one's own to take."""
        titles = dict(self._fields["state"]._description_selection(self.env))
        for article in self.filtered(lambda article: article.state != state):
            if state not in MOVES[article.state]:
                raise UserError(
                    self.env._(
                        "%(name)s is %(state)s, and cannot become %(next)s.",
                        name=article.name,
                        state=titles[article.state],
                        next=titles.get(state, state),
                    )
                )
        if state in RELEASED and not (
            self.env.su or self.env.user.has_group(REVIEWERS)
        ):
            raise AccessError(
                self.env._("Only helpdesk managers publish articles. Ask for a review.")
            )
        if state == "published":
            self._check_publishable()

    def _check_publishable(self):
        """Refuse what no reader should see; addons add their reasons."""
        for article in self:
            if is_html_empty(article.body):
                raise UserError(
                    self.env._(
                        "%(name)s has no text yet. Write it first.", name=article.name
                    )
                )

    # Comments are for colleagues: visitors who read an article see none of them.
    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        if not (self.env.su or self.env.user._is_internal()):
            return dict.fromkeys(self, "write")
        return super()._mail_get_operation_for_mail_message_operation(message_operation)

    def action_submit(self):
        """Ask for a review."""
        self.write({"state": "review"})
        for article in self.filtered("reviewer_id"):
            article.activity_schedule(REVIEW, user_id=article.reviewer_id.id)

    def action_back_to_draft(self):
        self.write({"state": "draft"})
        self._end_review()

    def action_publish(self):
        """Publish; a proposed change goes into the article that it is about."""
        changes = self.filtered("revises_id")
        (self - changes).write({"state": "published"})
        (self - changes)._end_review()
        changed = changes._take_over()
        return self._window(changed) if len(changed) == 1 else None

    def action_outdate(self):
        self.write({"state": "outdated"})

    def action_review_again(self):
        """Take an article off the pages of the readers, and review it."""
        self.write({"state": "review"})

    def _end_review(self):
        self.activity_feedback([REVIEW])

    def _take_over(self):
        """Put proposed changes into their articles; give the articles."""
        self._check_move("published")
        originals = self.browse()
        for change in self:
            original, author = change.revises_id, change.author_id
            original.write(change._prepare_change_vals())
            change.attachment_ids.write({"res_id": original.id})
            original.attachment_ids |= change.attachment_ids
            if original.state != "published":
                original.write({"state": "published"})
            original.message_post(
                body=self.env._(
                    "A change that %(name)s proposed was published.", name=author.name
                )
            )
            change.unlink()
            originals |= original
        return originals

    def _prepare_change_vals(self) -> dict:
        vals = {name: self[name] for name in CONTENT}
        return vals | {
            "category_id": self.category_id.id,
            "product_tmpl_ids": [Command.set(self.product_tmpl_ids.ids)],
            "type_ids": [Command.set(self.type_ids.ids)],
        }

    def action_propose_change(self):
        """Open a draft of a change, while the article stays as it is."""
        self.ensure_one()
        mine = Domain("revises_id", "=", self.id)
        mine &= Domain("author_id", "=", self.env.uid)
        draft = self.search(mine, limit=1) or self.copy({"revises_id": self.id})
        return self._window(draft)

    def action_translate(self):
        """Open a draft of a translation, which begins with the text of this one."""
        self.ensure_one()
        source = self.source_id or self
        return self._window(self.copy({"source_id": source.id, "lang_id": False}))

    def _window(self, article) -> dict:
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": article.id,
            "views": [(False, "form")],
        }

    def _in_other_languages(self):
        """Give the same article in the other languages that the reader may see."""
        self.ensure_one()
        source = self.source_id or self
        family = Domain("id", "=", source.id) | Domain("source_id", "=", source.id)
        return self.search(
            family & self._open_domain() & Domain("id", "!=", self.id), order="lang_id"
        )

    def _path(self) -> str:
        """Give the address of the article on our pages."""
        self.ensure_one()
        return "/help/" + "-".join(
            filter(None, [fulltext.slug(self.name), str(self.id)])
        )

    def _url(self) -> str:
        return f"{self.get_base_url()}{self._path()}"

    def action_open_page(self):
        """Show the article as its readers see it."""
        return {"type": "ir.actions.act_url", "url": self._path(), "target": "new"}

    def _may_be_sent_to(self, partner) -> bool:
        """Tell whether a person is one of those whom the article is for."""
        self.ensure_one()
        if self not in self.filtered_domain(self._open_domain()):
            return False
        if self.audience == "partner":
            return partner._is_service_partner()
        return self.audience == "customer"

    @api.depends("audience")
    @api.depends_context("uid")
    def _compute_is_for_reader(self):
        may = self._search_is_for_reader("in", [True])
        for article in self:
            article.is_for_reader = bool(article.filtered_domain(may))

    @api.model
    def _search_is_for_reader(self, operator, value):
        if operator != "in":
            return NotImplemented
        serves = self.env.user.partner_id._is_service_partner()
        return [("audience", "in", ["customer", "partner"] if serves else ["customer"])]

    @api.model
    def _cron_outdate(self):
        """Make outdated what has expired, and ask its reviewer or author to look."""
        expired = Domain("state", "=", "published") & Domain(
            "valid_until", "<", "today"
        )
        todo = self.search(expired, order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(todo))
        for article in todo:
            if article.try_lock_for_update().filtered_domain(expired):
                article._outdate()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _outdate(self):
        self.write({"state": "outdated"})
        responsible = (self.reviewer_id | self.author_id).filtered("active")[:1]
        self.activity_schedule(
            REVIEW,
            summary=self.env._("This article has expired"),
            user_id=(responsible or self.env.user).id,
        )
