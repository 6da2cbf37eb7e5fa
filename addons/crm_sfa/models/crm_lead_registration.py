from odoo import api, fields, models


class CrmLead(models.Model):
    """Deals that resellers registered: theirs follow, and others are warned."""

    _inherit = "crm.lead"

    registration_ids = fields.One2many(
        "crm.deal.registration",
        "lead_id",
        "Registrations",
        readonly=True,
        groups="sales_team.group_sale_salesman",
    )
    registration_hint = fields.Text(
        "Registered Deals",
        compute="_compute_registration_hint",
        groups="base.group_user",
    )

    @api.depends_context("uid")
    @api.depends("partner_id", "email_normalized", "phone_sanitized", "won_status")
    def _compute_registration_hint(self):
        for lead in self:
            is_open = lead.won_status == "pending"
            found = lead._registrations_of_others() if is_open else False
            lead.registration_hint = found._protection_text() if found else False

    def _registrations_of_others(self):
        # Protection holds, whoever may read the registration.
        deals_sudo = self.env["crm.deal.registration"].sudo()
        company = self.company_id or self.env.company
        customer = self.partner_id.commercial_partner_id
        found_sudo = deals_sudo._protecting(customer, company)
        for name in ("email_normalized", "phone_sanitized"):
            if self[name]:
                found_sudo |= deals_sudo.search(
                    deals_sudo._protected_domain()
                    & deals_sudo._fields_equal(name, self[name], company)
                )
        return found_sudo.filtered(
            lambda deal: deal.lead_id != self._origin and deal.reseller_id != customer
        )

    def write(self, vals):
        written = super().write(vals)
        if "stage_id" in vals or "active" in vals:
            self._close_registrations()
        return written

    def _close_registrations(self):
        """A registration ends as its deal does."""
        # Whoever moves the deal need not be allowed to decide on the registration.
        for deal_sudo in self.sudo().registration_ids:
            status = deal_sudo.lead_id.won_status
            if deal_sudo.state == "approved" and status in ("won", "lost"):
                deal_sudo._move(status)
