from datetime import datetime, time, timedelta

import pytz

from odoo import api, models
from odoo.fields import Domain

VIEWS = [(False, "list"), (False, "form")]


class CrmQuota(models.Model):
    """The documents behind the numbers of a quota."""

    _inherit = "crm.quota"

    @api.readonly
    def action_open_documents(self) -> dict:
        """Open the orders, invoices or contacts of which the quota is attained."""
        self.ensure_one()
        openers = {
            "invoiced": (self.env._("Invoices"), "account.move", self._invoices_domain),
            "activity": (self.env._("Contacts"), "crm.timeline", self._contacts_domain),
        }
        orders = (self.env._("Orders"), "sale.order", self._orders_domain)
        name, model, domain = openers.get(self.metric, orders)
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": VIEWS if model != "crm.timeline" else VIEWS[:1],
            "domain": list(domain()),
            "context": {"create": False},
        }

    @api.readonly
    def action_open_months(self) -> dict:
        """Show quota and attainment month by month."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_sfa.crm_quota_report_action"
        )
        return action | {
            "name": self.display_name,
            "domain": [("quota_id", "child_of", self.id)],
            "context": {},
        }

    def _orders_domain(self) -> Domain:
        domain = Domain(
            [("state", "=", "sale"), ("company_id", "=", self.company_id.id)]
        )
        domain &= self._moments_domain("date_order") & self._who_domain("user_id")
        if self.team_id:
            domain &= Domain("team_id", "=", self.team_id.id)
        return domain & self._goods_domain("order_line")

    def _invoices_domain(self) -> Domain:
        types = ("out_invoice", "out_refund", "out_receipt")
        domain = Domain(
            [
                ("state", "=", "posted"),
                ("move_type", "in", types),
                ("company_id", "=", self.company_id.id),
                ("invoice_date", ">=", self.date_from),
                ("invoice_date", "<=", self.date_to),
            ]
        )
        domain &= self._who_domain("invoice_user_id")
        if self.team_id:
            domain &= Domain("team_id", "=", self.team_id.id)
        return domain & self._goods_domain("invoice_line_ids")

    def _contacts_domain(self) -> Domain:
        codes = (
            self.env["crm.contact.kind"].search([("code", "!=", False)]).mapped("code")
        )
        domain = Domain("kind", "in", codes) & Domain("user_id", "!=", False)
        domain &= Domain("company_id", "in", (self.company_id.id, False))
        domain &= self._moments_domain("date") & self._who_domain("user_id")
        if self.team_id:
            members = ("user_id.crm_team_member_ids.crm_team_id", "=", self.team_id.id)
            domain &= Domain([members])
        return domain & Domain("date", "<=", "now")

    def _who_domain(self, user: str) -> Domain:
        domain = Domain(user, "=", self.user_id.id) if self.user_id else Domain.TRUE
        if self.territory_id:
            below = ("partner_id.territory_id", "child_of", self.territory_id.id)
            domain &= Domain([below])
        return domain

    def _goods_domain(self, lines: str) -> Domain:
        if not self.categ_id:
            return Domain.TRUE
        return Domain(f"{lines}.product_id.categ_id", "child_of", self.categ_id.id)

    def _moments_domain(self, name: str) -> Domain:
        """Limit to the period, as the company's clock on the wall has it."""
        tz = pytz.timezone(self.company_id.sudo().partner_id.tz or "UTC")  # zone alone
        first, after = (
            tz.localize(datetime.combine(day, time.min))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for day in (self.date_from, self.date_to + timedelta(days=1))
        )
        return Domain(name, ">=", first) & Domain(name, "<", after)
