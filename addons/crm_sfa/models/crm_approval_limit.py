from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.crm_base.models.res_partner import VALUE_CLASSES

from ..tools.approval import Limit

KINDS = [
    ("discount", "Discount"),
    ("margin", "Margin"),
    ("credit", "Credit"),
    ("terms", "Payment terms"),
    ("refund", "Refund"),
]


class CrmApprovalLimit(models.Model):
    """How far the members of a group may go by themselves with a class of customers,
    and who decides about what goes beyond."""

    _name = "crm.approval.limit"
    _description = "Approval Limit"
    _order = "kind, value, id"

    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    kind = fields.Selection(KINDS, "What", required=True, default="discount")
    group_id = fields.Many2one(
        "res.groups",
        "For",
        ondelete="cascade",
        help="Whose limit this is; empty: everybody's. The widest limit of all of one's"
        " groups counts.",
    )
    value_class = fields.Selection(
        VALUE_CLASSES,
        "Customers of Class",
        help="Empty: of any class. A limit for a class replaces that for any class.",
    )
    value = fields.Float(
        "Limit",
        required=True,
        help="Discount: at most so many percent below the price list, on a line and on"
        " the whole. Margin: at least so many percent. Credit: at most so many percent"
        " above the customer's credit limit. Payment terms: at most so many days."
        " Refund: credit notes up to this amount, without taxes, in the currency of"
        " the company.",
    )
    unit = fields.Char(compute="_compute_unit")
    approver_group_id = fields.Many2one(
        "res.groups",
        "Decided by",
        required=True,
        ondelete="restrict",
        default=lambda self: self._default_approver_group_id(),
        help="Whose members decide about what passes this limit, and no wider one.",
    )

    _limit_uniq = models.UniqueIndex(
        "(kind, COALESCE(group_id, 0), COALESCE(value_class, ''),"
        " COALESCE(company_id, 0)) WHERE active",
        "There is such a limit for this group and class of customers already.",
    )

    @api.model
    def _default_approver_group_id(self):
        return self.env.ref("sales_team.group_sale_manager", raise_if_not_found=False)

    @api.depends("kind")
    def _compute_unit(self):
        for limit in self:
            limit.unit = {
                "terms": self.env._("days"),
                "refund": self.env.company.currency_id.symbol,
            }.get(limit.kind, "%")

    @api.depends("kind", "value", "group_id", "value_class")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for limit in self:
            # sudo: groups are not for users to read; the name is.
            limit.display_name = self.env._(
                "%(kind)s %(value)s %(unit)s, %(group)s",
                kind=labels.get(limit.kind, ""),
                value=f"{limit.value:g}",
                unit=limit.unit or "",
                group=limit.sudo().group_id.name or self.env._("everybody"),
            )

    @api.constrains("kind", "value")
    def _check_value(self):
        for limit in self:
            most = 100 if limit.kind in ("discount", "margin") else float("inf")
            if not 0 <= limit.value <= most:
                raise ValidationError(
                    self.env._(
                        "The limit “%(name)s” makes no sense: discounts and margins"
                        " are from 0 to 100 percent, the others are not below zero.",
                        name=limit.display_name,
                    )
                )

    @api.model
    def _of_company(self, company) -> list[Limit]:
        """Give the limits of a company, a few rows that are the same for all users."""
        # Limits hold for sellers too, who do not read them.
        limits_sudo = self.sudo().search([("company_id", "in", [company.id, False])])
        return [
            Limit(
                limit.id,
                limit.kind,
                limit.group_id.id or 0,
                limit.value_class or "",
                limit.value,
            )
            for limit in limits_sudo
        ]
