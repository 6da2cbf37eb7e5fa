from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.territory import Address


class ResPartner(models.Model):
    """The territory of a customer: that of the company's address; people inherit."""

    _inherit = "res.partner"

    territory_id = fields.Many2one(
        "crm.territory",
        compute="_compute_territory_id",
        store=True,
        readonly=False,
        recursive=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        help="Follows the address and the trade of the company by the territories'"
        " rules, until somebody sets it by hand.",
        groups="base.group_user",
    )
    territory_manual = fields.Boolean(
        "Territory Set by Hand",
        copy=False,
        help="The territory stays when the address or the rules change. Untick it to"
        " let the rules decide again.",
        groups="base.group_user",
    )

    @api.depends("parent_id.territory_id", "is_company", "company_id", "country_id",
                 "state_id", "zip", "industry_id", "territory_manual")  # fmt: skip
    def _compute_territory_id(self):
        matcher = self.env["crm.territory"]._matcher()
        for partner in self:
            if partner.parent_id and not partner.is_company:
                partner.territory_id = partner.parent_id.territory_id
            elif partner.territory_manual:
                partner.territory_id = partner.territory_id
            else:
                partner.territory_id = matcher.find(partner._territory_address())

    @api.constrains("territory_manual")
    def _check_territory_manual(self):
        for person in self.filtered("territory_manual"):
            if person.parent_id and not person.is_company:
                raise ValidationError(
                    self.env._(
                        "%(person)s has the territory of %(company)s. Change it there.",
                        person=person.name,
                        company=person.commercial_partner_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # A form may send an empty territory for a new customer.
        return super().create(
            [
                self._territory_by_hand(vals) if vals.get("territory_id") else vals
                for vals in vals_list
            ]
        )

    def write(self, vals):
        return super().write(self._territory_by_hand(vals))

    def _territory_by_hand(self, vals: dict) -> dict:
        """Whoever writes a territory, in an import for example, means it to stay."""
        by_hand = "territory_id" in vals and "territory_manual" not in vals
        return vals | {"territory_manual": True} if by_hand else vals

    def _territory_address(self) -> Address:
        self.ensure_one()
        return Address(
            company=self.company_id.id or None,
            country=self.country_id.id or None,
            state=self.state_id.id or None,
            zip=self.zip or "",
            trade=self.industry_id.id or None,
        )
