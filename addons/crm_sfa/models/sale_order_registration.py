from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError


class SaleOrder(models.Model):
    """Nobody offers past a reseller who registered the deal without knowing it."""

    _inherit = "sale.order"

    registration_hint = fields.Text(
        "Registered Deals",
        compute="_compute_registration_hint",
        groups="sales_team.group_sale_salesman",
    )
    # Of resellers whom not everybody sees, so nobody reads it but these methods.
    registration_known_ids = fields.Many2many(
        "crm.deal.registration",
        "crm_registration_known_rel",
        "order_id",
        "registration_id",
        "Registrations Known",
        copy=False,
        groups=fields.NO_ACCESS,
    )

    @api.depends_context("uid")
    @api.depends("state", "partner_id")
    def _compute_registration_hint(self):
        for order in self:
            found = order._registrations() if order.state == "draft" else False
            order.registration_hint = found._protection_text() if found else False

    def _registrations(self):
        """Give the protected deals of resellers that this quotation passes by."""
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id._origin
        registrations = self.env["crm.deal.registration"]
        found_sudo = registrations._protecting(customer, self.company_id)
        lead_sudo = self.sudo().opportunity_id  # the deal may be a colleague's
        known_sudo = self._origin.sudo().registration_known_ids  # compared, not shown
        return found_sudo.filtered(
            lambda deal: deal not in known_sudo and deal.lead_id != (lead_sudo or None)
        )

    def _double_check(self):
        """The double-offer guard asks here too, before a quotation goes out."""
        self._registration_check()
        return super()._double_check()

    def _registration_check(self):
        told = {order: order._registrations() for order in self}
        told = {order: found for order, found in told.items() if found}
        if not told:
            return
        what = "\n".join(found._protection_text() for found in told.values())
        raise RedirectWarning(
            self.env._(
                "A reseller registered this deal. Speak with him or with your manager,"
                " or go on with a reason, which is kept there.\n%(what)s",
                what=what,
            ),
            {
                "type": "ir.actions.act_window",
                "name": self.env._("Offer it all the same"),
                "res_model": "crm.registration.pass",
                "views": [(False, "form")],
                "target": "new",
                "context": {"default_order_ids": [order.id for order in told]},
            },
            self.env._("Give a reason"),
        )

    def _registration_go_on(self, reason: str):
        """Keep why the seller goes on, at the registration and at the quotation."""
        self.check_access("write")
        found = False
        for order in self:
            deals_sudo = order._registrations()
            found = found or bool(deals_sudo)
            # The seller may not read the registration; its people hear of it.
            order.sudo().registration_known_ids |= deals_sudo
            author = self.env.user.partner_id
            for deal_sudo in deals_sudo:
                body = Markup("%s<br/>%s") % (
                    self.env._(
                        "%(who)s offers to the same end customer: %(order)s",
                        who=self.env.user.name,
                        order=order.name,
                    ),
                    escape(reason),
                )
                deal_sudo.message_post(
                    body=body,
                    author_id=author.id,
                    partner_ids=deal_sudo.user_id.partner_id.ids,
                    subtype_xmlid="mail.mt_note",
                )
            if deals_sudo:
                text = deals_sudo._protection_text()
                order._message_log(body=Markup("%s<br/>%s") % (text, escape(reason)))
        if not found:
            raise UserError(self.env._("No reseller registered it: simply go on."))
