from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date
from odoo.tools.misc import formatLang

from ..tools.quota import is_whole_months, months

METRICS = [
    ("order", "Order income"),
    ("invoiced", "Invoiced"),
    ("margin", "Margin of orders"),
    ("count", "Number of orders"),
    ("activity", "Contacts made"),
]
IN_MONEY = ("order", "invoiced", "margin")
# What a part has from its whole, unless it says otherwise.
INHERITED = (
    "metric",
    "company_id",
    "user_id",
    "team_id",
    "territory_id",
    "categ_id",
    "date_from",
    "date_to",
)


class CrmQuota(models.Model):
    """What somebody is to reach in a period. A quota may have parts, by people, goods
    or months, that add up to it."""

    _name = "crm.quota"
    _description = "Quota"
    _inherit = ["mail.thread"]
    _order = "date_from desc, parent_path, id"
    _rec_names_search = ["user_id.name", "team_id.name", "territory_id.complete_name"]
    _parent_store = True
    _check_company_auto = True

    metric = fields.Selection(METRICS, required=True, default="order")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, precompute=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Person",
        index="btree_not_null",
        check_company=True,
        domain="[('share', '=', False)]",
        help="Empty: everybody of the team or territory.",
    )
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        index="btree_not_null",
        check_company=True,
        help="What orders and invoices of this team count. Empty: those of all teams.",
    )
    territory_id = fields.Many2one(
        "crm.territory",
        index="btree_not_null",
        check_company=True,
        help="Customers of this territory and its parts count, where they are today.",
    )
    categ_id = fields.Many2one(
        "product.category",
        "Product Category",
        index="btree_not_null",
        help="Goods of this category and those below it. Empty: all goods.",
    )
    date_from = fields.Date(
        "From", required=True, default=lambda self: self._default_year("start")
    )
    date_to = fields.Date(
        "To", required=True, default=lambda self: self._default_year("end")
    )
    amount = fields.Monetary(
        "Quota",
        required=True,
        tracking=True,
        help="In the company's currency, without tax; for orders and contacts, their"
        " number.",
    )
    parent_id = fields.Many2one(
        "crm.quota", "Part of", index=True, ondelete="cascade", check_company=True
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("crm.quota", "parent_id", "Parts", copy=False)
    rest = fields.Monetary(
        "Not Distributed",
        compute="_compute_rest",
        help="What the parts lack to the whole. Below zero: what they are over it.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("running", "In Force"), ("superseded", "Superseded")],
        required=True,
        default="draft",
        tracking=True,
        copy=False,
        help="Only quotas in force are compared with the sales, and only their parts"
        " must add up. Superseded: cut anew; it stays to be read.",
    )
    recut_date = fields.Date("Cut Anew from", readonly=True, copy=False)
    note = fields.Text("Agreed")
    is_left = fields.Boolean(
        "Person Left",
        compute="_compute_is_left",
        search="_search_is_left",
        help="The person works here no more. Cut the quota anew for those who go on.",
    )

    _amount_positive = models.Constraint(
        "CHECK(amount >= 0)", "A quota cannot be below zero."
    )

    @api.model
    def _default_year(self, end):
        year = fields.Date.context_today(self).year
        return f"{year}-01-01" if end == "start" else f"{year}-12-31"

    @api.depends("metric", "company_id")
    def _compute_currency_id(self):
        for quota in self:
            in_money = quota.metric in IN_MONEY
            quota.currency_id = in_money and quota.company_id.currency_id

    @api.depends("amount", "child_ids.amount", "child_ids.state")
    def _compute_rest(self):
        for quota in self:
            parts = quota.child_ids.filtered(lambda part: part.state != "superseded")
            rest = quota.amount - sum(parts.mapped("amount"))
            quota.rest = quota._rounded(rest) if parts else 0

    @api.depends("user_id.active")
    def _compute_is_left(self):
        for quota in self:
            quota.is_left = bool(quota.user_id) and not quota.user_id.active

    def _search_is_left(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("user_id.active", "=", False) & Domain("user_id", "!=", False)

    @api.depends("metric", "user_id", "team_id", "territory_id", "categ_id",
                 "date_from", "date_to")  # fmt: skip
    @api.depends_context("lang")
    def _compute_display_name(self):
        metrics = dict(self._fields["metric"]._description_selection(self.env))
        for quota in self:
            # Read first: it asks for the right, which all that follows presumes.
            period = quota._period_name()
            # Whoever reads a quota may know whose it is.
            quota_sudo = quota.sudo()
            whose = (
                quota_sudo.user_id.name,
                not quota_sudo.user_id and quota_sudo.team_id.name,
                quota_sudo.territory_id.complete_name,
                quota_sudo.categ_id.name,
            )
            who = ", ".join(filter(None, whose)) or quota_sudo.company_id.name
            metric = metrics.get(quota.metric, "")
            quota.display_name = f"{who} · {period} · {metric}"

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        for quota in self:
            if not is_whole_months(quota.date_from, quota.date_to):
                raise ValidationError(
                    self.env._(
                        "%(quota)s: a period is made of whole months. Let it begin on"
                        " the first day of a month and end on the last one.",
                        quota=quota.display_name,
                    )
                )

    @api.constrains("metric", "categ_id")
    def _check_goods(self):
        for quota in self:
            if quota.metric == "activity" and quota.categ_id:
                raise ValidationError(
                    self.env._(
                        "%(quota)s: contacts have no goods. Leave the product category"
                        " empty.",
                        quota=quota.display_name,
                    )
                )

    @api.constrains("parent_id", *INHERITED)
    def _check_inside_whole(self):
        for part in self | self.child_ids:
            if part.parent_id and (what := part._outside_whole()):
                raise ValidationError(
                    self.env._(
                        "%(part)s does not lie within %(whole)s: the %(what)s differs."
                        " Choose what the whole has, or a part of it.",
                        part=part.display_name,
                        whole=part.parent_id.display_name,
                        what=what,
                    )
                )

    @api.constrains("state", "amount", "parent_id")
    def _check_parts_add_up(self):
        # Old parts go before the new ones come, which are looked at with them.
        if self.env.context.get("crm_quota_recut"):
            return
        for whole in (self | self.parent_id).filtered(lambda q: q.state == "running"):
            parts = whole._parts()
            total = whole._rounded(sum(parts.mapped("amount")))
            if parts and (lacking := whole._rounded(whole.amount - total)):
                raise ValidationError(
                    self.env._(
                        "The parts of %(whole)s make %(total)s, the whole is"
                        " %(amount)s: the difference is %(difference)s. Change a part,"
                        " or distribute the rest.",
                        whole=whole.display_name,
                        total=whole._formatted(total),
                        amount=whole._formatted(whole.amount),
                        difference=whole._formatted(lacking),
                    )
                )

    @api.constrains("state", "parent_id", *INHERITED)
    def _check_overlap(self):
        running = self.filtered(lambda quota: quota.state == "running")
        running._one_at_a_time()
        if pair := running._overlapping():
            one, other = self.browse(pair)
            # The other one may be of somebody whose quotas the user does not read.
            raise ValidationError(
                self.env._(
                    "%(one)s and %(other)s overlap: the same sales would count for"
                    " both. Change the period or the category of one, or make one a"
                    " part of the other.",
                    one=one.sudo().display_name,
                    other=other.sudo().display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        tree = self.search([("id", "child_of", self.ids)])
        if agreed := tree.filtered(lambda quota: quota.state != "draft"):
            raise UserError(
                self.env._(
                    "%(quota)s has been in force, and stays as history. Put it back to"
                    " draft first if it was a mistake.",
                    quota=agreed[0].display_name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        whole_ids = {vals.get("parent_id") for vals in vals_list} - {None, False}
        wholes = self.browse(whole_ids).read(INHERITED, load="")
        wholes = {whole.pop("id"): whole for whole in wholes}
        return super().create(
            [wholes.get(vals.get("parent_id"), {}) | vals for vals in vals_list]
        )

    def action_confirm(self) -> None:
        """Put the quotas and all their parts in force."""
        drafts = self._tree().filtered(lambda quota: quota.state == "draft")
        drafts._check_people_work_here()
        drafts.write({"state": "running"})

    def action_draft(self) -> None:
        """Take the quotas and their parts back, to change them."""
        self._tree().filtered(lambda quota: quota.state == "running").write(
            {"state": "draft"}
        )

    @api.readonly
    def action_open_parts(self) -> dict:
        """Open the parts of a quota, superseded ones too."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Parts of %(quota)s", quota=self.display_name),
            "res_model": "crm.quota",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": [("parent_id", "=", self.id)],
            "context": {"default_parent_id": self.id},
        }

    def _tree(self):
        return self.search([("id", "child_of", self.ids)])

    def _parts(self):
        """Give the parts in force."""
        # A seller who reads the own quota may not read those of the colleagues.
        children_sudo = self.sudo().child_ids
        return children_sudo.filtered(lambda part: part.state == "running")

    def _rounded(self, amount: float) -> float:
        return round(amount / self._step()) * self._step() if amount else 0.0

    def _step(self) -> float:
        """The smallest part of an amount: that of the currency, or a whole number."""
        return self.currency_id.rounding or 1.0

    def _formatted(self, amount: float) -> str:
        currency = self.currency_id or None
        digits = None if currency else 0
        return formatLang(self.env, amount, digits=digits, currency_obj=currency)

    def _check_people_work_here(self):
        if left := self.filtered("is_left"):
            raise UserError(
                self.env._(
                    "%(person)s works here no more. Give %(quota)s to somebody else"
                    " before it comes into force.",
                    person=left[0].user_id.name,
                    quota=left[0].display_name,
                )
            )

    def _outside_whole(self) -> str | None:
        """Name the field in which a part leaves its whole."""
        whole = self.parent_id
        same = ("metric", "company_id", "user_id", "team_id")
        wrong = [name for name in same if whole[name] and self[name] != whole[name]]
        for name in ("territory_id", "categ_id"):
            path = self[name].parent_path or ""
            if whole[name] and not path.startswith(whole[name].parent_path):
                wrong.append(name)
        if self.date_from < whole.date_from or self.date_to > whole.date_to:
            wrong.append("date_from")
        labels = self.fields_get(wrong, ["string"]) if wrong else {}
        return labels[wrong[0]]["string"] if wrong else None

    def _one_at_a_time(self):
        """Let nobody else put quotas of these companies in force meanwhile.

        Two people who do so at once do not see each other's quotas. Both write the row
        of the company, so the later one is refused, tried again by Odoo, and sees them.
        """
        if companies := self.company_id:
            self.env.cr.execute(
                SQL(
                    "UPDATE res_company SET write_date = write_date WHERE id = ANY(%s)",
                    companies.ids,
                )
            )

    def _overlapping(self) -> tuple[int, int] | None:
        """Find two quotas in force to which the same sales would count.

        A part lies within its whole, which is no overlap. For a person a quota without
        a team or a territory covers those with one; for others they must be the same.
        """
        if not self:
            return None
        self.env["crm.quota"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT one.id, other.id FROM crm_quota AS one
                JOIN crm_quota AS other ON other.id <> one.id
                    AND other.state = 'running'
                    AND other.company_id = one.company_id
                    AND other.metric = one.metric
                    AND other.user_id IS NOT DISTINCT FROM one.user_id
                    AND other.categ_id IS NOT DISTINCT FROM one.categ_id
                    AND other.date_from <= one.date_to
                    AND other.date_to >= one.date_from
                    AND NOT starts_with(other.parent_path, one.parent_path)
                    AND NOT starts_with(one.parent_path, other.parent_path)
                    AND (other.team_id IS NOT DISTINCT FROM one.team_id
                        OR one.user_id IS NOT NULL
                        AND (one.team_id IS NULL OR other.team_id IS NULL))
                    AND (other.territory_id IS NOT DISTINCT FROM one.territory_id
                        OR one.user_id IS NOT NULL
                        AND (one.territory_id IS NULL OR other.territory_id IS NULL))
                WHERE one.id = ANY(%s) LIMIT 1
                """,
                self.ids,
            )
        )
        return rows[0] if rows else None

    def _period_name(self) -> str:
        """Name the period: 2026, Q2 2026, May 2026, or its bounds."""
        if not self.date_from or not self.date_to:
            return ""
        first, count = self.date_from, len(months(self.date_from, self.date_to))
        pattern = {12: "y", 3: "QQQ y", 1: "LLLL y"}.get(count)
        if pattern and (first.month - 1) % count == 0:
            return format_date(self.env, first, date_format=pattern)
        ends = (format_date(self.env, day) for day in (first, self.date_to))
        return " – ".join(ends)
