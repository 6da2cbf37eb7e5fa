from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.territory import Matcher

# A change of another field moves no customer.
DECIDING = {"active", "company_id", "parent_id", "sequence"}


class CrmTerritory(models.Model):
    """A part of the market with an owner. Customers fall into it by its rules."""

    _name = "crm.territory"
    _description = "Territory"
    _order = "sequence, complete_name, id"
    _rec_name = "complete_name"
    _parent_store = True
    _check_company_auto = True

    name = fields.Char(required=True)
    complete_name = fields.Char(
        compute="_compute_complete_name", store=True, recursive=True
    )
    parent_id = fields.Many2one(
        "crm.territory",
        "Part of",
        index=True,
        ondelete="restrict",
        check_company=True,
        help="The territory that this one is a part of. Its reports include this one.",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("crm.territory", "parent_id", "Parts")
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="Leave empty for customers that all companies share.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        check_company=True,
        help="Who answers for the customers of this territory.",
    )
    member_ids = fields.Many2many(
        "res.users",
        "crm_territory_member_rel",
        "territory_id",
        "user_id",
        string="Members",
        domain="[('share', '=', False)]",
        check_company=True,
        help="Who works in this territory.",
    )
    rule_ids = fields.One2many("crm.territory.rule", "territory_id", "Rules", copy=True)
    sequence = fields.Integer(
        default=10,
        help="Decides between two territories whose rules are equally close.",
    )
    active = fields.Boolean(default=True)
    customer_count = fields.Integer(
        "Customers",
        compute="_compute_customer_count",
        help="Customers of this territory and of all its parts.",
    )
    overlap_count = fields.Integer(
        "Overlaps",
        compute="_compute_overlap_count",
        help="Rules of this territory that another one claims as closely.",
    )

    _name_uniq = models.UniqueIndex(
        "(name, COALESCE(parent_id, 0), COALESCE(company_id, 0))",
        "There is a territory of this name in the same place already.",
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for territory in self:
            above = territory.parent_id.complete_name
            name = territory.name or ""
            territory.complete_name = f"{above} / {name}" if above else name

    def _compute_customer_count(self):
        partners = self.env["res.partner"]
        counts = partners._read_group(
            self._customers_domain(), ["territory_id"], ["__count"]
        )
        total = dict.fromkeys(self.ids, 0)
        for territory, count in counts:
            for above in territory._path():
                if above in total:
                    total[above] += count
        for territory in self:
            territory.customer_count = total.get(territory.id, 0)

    @api.depends("rule_ids.overlap")
    def _compute_overlap_count(self):
        for territory in self:
            rules = territory.rule_ids
            territory.overlap_count = len(rules.filtered("overlap"))

    @api.constrains("parent_id")
    def _check_circle(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "A territory cannot be a part of itself. Choose another territory"
                    " above it."
                )
            )

    @api.constrains("company_id")
    def _check_companies_below(self):
        self.child_ids._check_company(["parent_id"])

    @api.model_create_multi
    def create(self, vals_list):
        territories = super().create(vals_list)
        self._rules_changed()
        return territories

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & DECIDING:
            self._rules_changed()
        return result

    def unlink(self):
        result = super().unlink()
        self._rules_changed()
        return result

    def copy_data(self, default=None):
        return [
            {"name": self.env._("%(name)s (copy)", name=territory.name)} | vals
            if "name" not in (default or {})
            else vals
            for territory, vals in zip(self, super().copy_data(default), strict=True)
        ]

    @api.readonly
    def action_open_customers(self) -> dict:
        """Open the customers of these territories and of their parts."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customers"),
            "res_model": "res.partner",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": list(self._customers_domain()),
        }

    def _customers_domain(self) -> Domain:
        """Companies and persons of their own in these territories and their parts;
        the people of a company are no further customers."""
        return (
            Domain("territory_id", "child_of", self.ids)
            & (Domain("is_company", "=", True) | Domain("parent_id", "=", False))
            & Domain("partner_share", "=", True)
        )

    def _path(self) -> tuple[int, ...]:
        """The ids of the territories above this one, from the top, and its own."""
        return tuple(int(part) for part in (self.parent_path or "").split("/") if part)

    @api.model
    @tools.ormcache()
    def _matcher(self) -> Matcher:
        """The rules of all active territories, ready to find those of addresses.

        Kept between requests, for every change of an address asks it.
        """
        # Whoever changes an address, on the portal too, moves it by all rules.
        rules_sudo = self.env["crm.territory.rule"].sudo()
        active = rules_sudo.search([("territory_id.active", "=", True)])
        return Matcher(rule._rule() for rule in active)

    @api.model
    def _rules_changed(self):
        """Have all customers looked at again, from the first one, in the background."""
        self.env.registry.clear_cache()
        self._set_watermark(0)
        # Only managers come here, who may not touch jobs themselves. While the addon
        # is removed, the job may be gone already.
        job = "crm_base.crm_territory_cron_assign"
        if cron := self.env.ref(job, raise_if_not_found=False):
            cron.sudo()._trigger()  # only woken
