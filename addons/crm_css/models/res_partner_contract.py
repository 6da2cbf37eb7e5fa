from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.crm_base.tools.card import Part

READERS = "helpdesk_mgmt.group_helpdesk_user_own,sales_team.group_sale_salesman"
SOON = timedelta(days=30)


class ResPartner(models.Model):
    """What the customer has of service contracts."""

    _inherit = "res.partner"

    contract_due_date = fields.Date(
        "Service Ends",
        company_dependent=True,
        readonly=True,
        copy=False,
        groups=READERS,
        help="The last day of the first service contract that ends, or that has ended "
        "without a decision.",
    )
    service_contract_count = fields.Integer(
        "Service Contracts", compute="_compute_service_contract_count", groups=READERS
    )

    def _compute_service_contract_count(self):
        families = self.commercial_partner_id
        groups = self.env["contract.contract"]._read_group(
            [
                ("commercial_partner_id", "in", families.ids),
                ("is_service", "=", True),
            ],
            ["commercial_partner_id"],
            ["__count"],
        )
        counts = {family.id: count for family, count in groups}
        for partner in self:
            family = partner.commercial_partner_id
            partner.service_contract_count = counts.get(family.id, 0)

    def action_open_service_contracts(self) -> dict:
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_css.contract_contract_action_service"
        )
        return action | {
            "domain": [
                ("commercial_partner_id", "=", self.commercial_partner_id.id),
                ("is_service", "=", True),
            ],
            "context": {"default_is_service": True, "default_partner_id": self.id},
        }

    def _reads_contracts(self) -> bool:
        return any(self.env.user.has_group(group) for group in READERS.split(","))

    def _card_parts(self, family):
        parts = super()._card_parts(family)
        if not self._reads_contracts():
            return parts
        contracts = self.env["contract.contract"]
        running = Part(
            "contracts",
            self.env._("Running contracts"),
            "contract.contract",
            Domain("commercial_partner_id", "=", self.commercial_partner_id.id)
            & contracts._in_force_domain(),
            user="user_id",
        )
        return [*parts, running]

    def _card_warnings(self, family):
        warnings = super()._card_warnings(family)
        if not self._reads_contracts():
            return warnings
        customer, today = self.commercial_partner_id, fields.Date.context_today(self)
        day = customer.contract_due_date
        if not day or day > today + SOON:
            return warnings
        text = (
            self.env._("A service contract expired on %(date)s: nobody has decided.")
            if day < today
            else self.env._("A service contract ends on %(date)s.")
        )
        warning = {
            "key": "contract_due",
            "text": text % {"date": format_date(self.env, day)},
            "action": self._card_action(
                "contract.contract",
                Domain("commercial_partner_id", "=", customer.id)
                & Domain("is_service", "=", True),
                self.env._("Service contracts"),
            ),
        }
        return [*warnings, warning]
