from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.entitlement import Cover, Source
from ..tools.serial import serial_keys
from .crm_owned_item import LIVE


class HelpdeskTicket(models.Model):
    """Which product of the customer the ticket is about, and whether it is covered."""

    _inherit = "helpdesk.ticket"

    owned_item_id = fields.Many2one(
        "crm.owned.item",
        "Owned Product",
        compute="_compute_owned_item_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        domain="[('commercial_partner_id', '=', commercial_partner_id)]",
        check_company=True,
        tracking=True,
        help="Found by itself where its serial number stands in the title or the text.",
    )
    product_id = fields.Many2one(
        compute="_compute_product_id",
        store=True,
        readonly=False,
        index="btree_not_null",
    )

    @api.depends("partner_id")
    def _compute_owned_item_id(self):
        """Find the item by its number, and let go of one of another customer."""
        open_tickets = self.browse()
        for ticket in self:
            customer = ticket.partner_id.commercial_partner_id
            if ticket.owned_item_id.commercial_partner_id != customer:
                ticket.owned_item_id = False
            if customer and not ticket.owned_item_id:
                open_tickets |= ticket
        open_tickets._recognise_owned_item()

    @api.depends("owned_item_id")
    def _compute_product_id(self):
        for ticket in self:
            if ticket.owned_item_id:
                ticket.product_id = ticket.owned_item_id.product_id

    @api.depends("owned_item_id")
    def _compute_entitlement_hint(self):
        return super()._compute_entitlement_hint()

    @api.model
    def _entitlement_sources(self):
        warranty = Source("warranty", lambda tickets: tickets._warranty_covers())
        return [*super()._entitlement_sources(), warranty]

    def _warranty_covers(self) -> dict[int, Cover]:
        """Tell how the warranty of each ticket's product stands today."""
        today = fields.Date.context_today(self)
        return {
            ticket.id: ticket.owned_item_id._warranty_cover(today)
            for ticket in self
            if ticket.owned_item_id
        }

    @api.constrains("owned_item_id", "partner_id")
    def _check_owned_item_id(self):
        for ticket in self:
            owner = ticket.owned_item_id.commercial_partner_id
            if owner and owner != ticket.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(item)s belongs to %(owner)s, not to the customer of this"
                        " ticket. Choose a product of the customer.",
                        item=ticket.owned_item_id.display_name,
                        owner=owner.display_name,
                    )
                )

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if self._side_of(message) == "customer" and not self.owned_item_id:
            # The customer may write, but not the ticket.
            self.sudo()._recognise_owned_item(message.subject, message.body)
        return result

    def action_check_coverage(self) -> dict:
        """Open the search for what is covered, for this ticket."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_css.crm_coverage_check_action"
        )
        return action | {"context": {"default_ticket_id": self.id}}

    def action_open_owned_item(self) -> dict:
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.owned.item",
            "res_id": self.owned_item_id.id,
            "views": [(False, "form")],
        }

    def _recognise_owned_item(self, *texts):
        """Set the item whose number stands in the texts, if it is exactly one.

        :param texts: title and description by default
        """
        wanted = {
            ticket: keys
            for ticket in self
            if (keys := serial_keys(*(texts or (ticket.name, ticket.description))))
        }
        if not wanted:
            return
        items = self.env["crm.owned.item"]
        if not items.search_count([("serial_key", "!=", False)], limit=1):
            return
        customers = self.partner_id.commercial_partner_id
        found = items.search(
            Domain("commercial_partner_id", "in", customers.ids)
            & Domain("serial_key", "in", list(set().union(*wanted.values())))
            & Domain("state", "in", LIVE)
        )
        for ticket, keys in wanted.items():
            matching = found.filtered(
                lambda item, ticket=ticket, keys=keys: (
                    item.serial_key in keys
                    and item.company_id == ticket.company_id
                    and item.commercial_partner_id
                    == ticket.partner_id.commercial_partner_id
                )
            )
            if len(matching) == 1:
                ticket.owned_item_id = matching
