from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.serial import serial_key

STATES = [
    ("in_use", "In use"),
    ("repair", "In repair"),
    ("replaced", "Replaced"),
    ("retired", "Retired"),
]
LIVE = ("in_use", "repair")
# Who may see what service costs us.
COST_GROUPS = (
    "helpdesk_mgmt.group_helpdesk_manager,"
    "account.group_account_invoice,account.group_account_readonly"
)


class CrmOwnedItem(models.Model):
    """A product that a customer has: one piece with its number, or so many of a kind.

    It comes by itself from what was delivered and invoiced, or is entered by hand, and
    is what tickets, repairs and warranties are about.
    """

    _name = "crm.owned.item"
    _description = "Owned Product"
    _inherit = ["crm.follows.customer", "mail.thread", "mail.activity.mixin"]
    _order = "date_bought desc, id desc"
    _rec_names_search = ["lot_name", "serial_key", "product_id", "order_name"]
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        "Customer's Company",
        related="partner_id.commercial_partner_id",
        store=True,
        precompute=True,
        index=True,
    )
    site_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('commercial_partner_id', '=', commercial_partner_id)]",
        check_company=True,
        tracking=True,
        help="The address at which it stands.",
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    image_128 = fields.Image(related="product_id.image_128", string="Image")
    categ_id = fields.Many2one(
        related="product_id.categ_id",
        store=True,
        index="btree_not_null",
        string="Product Category",
    )
    lot_name = fields.Char("Serial or Lot Number", index="trigram", tracking=True)
    serial_key = fields.Char(
        compute="_compute_serial_key",
        store=True,
        precompute=True,
        index="btree_not_null",
        export_string_translation=False,
    )
    quantity = fields.Float(default=1, required=True, digits="Product Unit")
    uom_id = fields.Many2one(related="product_id.uom_id")
    origin = fields.Selection(
        [("hand", "By hand"), ("order", "Order")],
        "Comes From",
        required=True,
        default="hand",
        readonly=True,
        copy=False,
    )
    date_bought = fields.Date(
        "Bought On",
        required=True,
        default=fields.Date.context_today,
        index=True,
        tracking=True,
    )
    date_delivered = fields.Date("Delivered On", tracking=True)
    date_invoiced = fields.Date("Invoiced On", tracking=True)
    date_installed = fields.Date("Installed On", tracking=True)
    order_line_id = fields.Many2one(
        "sale.order.line",
        index="btree_not_null",
        ondelete="set null",
        domain="[('order_partner_id', 'child_of', commercial_partner_id)]",
        check_company=True,
        copy=False,
    )
    order_name = fields.Char(
        "Order",
        related="order_line_id.order_id.name",
        store=True,
        index="btree_not_null",
    )
    invoice_id = fields.Many2one(
        "account.move",
        index="btree_not_null",
        ondelete="set null",
        domain="[('commercial_partner_id', '=', commercial_partner_id),"
        " ('move_type', '=', 'out_invoice'), ('state', '=', 'posted')]",
        check_company=True,
        copy=False,
    )
    invoice_name = fields.Char(
        "Invoice Number",
        related="invoice_id.name",
        store=True,
        index="btree_not_null",
    )
    state = fields.Selection(
        STATES, required=True, default="in_use", index=True, copy=False, tracking=True
    )
    is_given_back = fields.Boolean(
        "Given Back",
        readonly=True,
        copy=False,
        help="The customer returned it, or its sale was taken back.",
    )
    replaced_by_id = fields.Many2one(
        "crm.owned.item",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('commercial_partner_id', '=', commercial_partner_id)]",
        check_company=True,
        copy=False,
        tracking=True,
    )
    granted_ids = fields.One2many("crm.owned.warranty", "item_id", "Warranties")
    warranty_end = fields.Date(
        "Warranty Until", compute="_compute_warranty_end", store=True, index=True
    )
    note = fields.Html("Notes", groups="base.group_user")
    ticket_ids = fields.One2many("helpdesk.ticket", "owned_item_id")
    ticket_count = fields.Integer(compute="_compute_ticket_count")
    cost_total = fields.Monetary(
        "Cost of Service",
        compute="_compute_cost_total",
        compute_sudo=True,
        currency_field="company_currency_id",
        groups=COST_GROUPS,
        help="What the tickets on it have cost us.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    active = fields.Boolean(default=True)

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The customer owns more than none of it."
    )
    _once_per_line = models.UniqueIndex(
        "(order_line_id) WHERE origin = 'order'",
        "What this order line sold is on record already.",
    )
    _once_by_hand = models.UniqueIndex(
        "(company_id, commercial_partner_id, product_id, serial_key)"
        " WHERE origin = 'hand' AND active AND serial_key IS NOT NULL",
        "This customer has this product with this serial number on record already."
        " Open that one.",
    )
    _serial_of_family = models.Index(
        "(commercial_partner_id, serial_key) WHERE serial_key IS NOT NULL"
    )

    @api.depends("lot_name")
    def _compute_serial_key(self):
        for item in self:
            item.serial_key = serial_key(item.lot_name) or False

    @api.depends("granted_ids.date_end")
    def _compute_warranty_end(self):
        for item in self:
            ends = [day for day in item.granted_ids.mapped("date_end") if day]
            item.warranty_end = max(ends, default=False)

    @api.depends("ticket_ids")
    def _compute_ticket_count(self):
        counts = dict(
            self.env["helpdesk.ticket"]._read_group(
                [("owned_item_id", "in", self.ids)], ["owned_item_id"], ["__count"]
            )
        )
        for item in self:
            item.ticket_count = counts.get(item._origin, 0)

    @api.depends("ticket_ids")
    def _compute_cost_total(self):
        for item in self:
            item.cost_total = sum(item.ticket_ids.mapped("cost_total"))

    @api.depends("product_id", "lot_name", "order_name")
    def _compute_display_name(self):
        for item in self:
            product = item.product_id.with_context(display_default_code=False)
            parts = [product.display_name, item.lot_name or item.order_name]
            item.display_name = " · ".join(filter(None, parts))

    @api.model
    def _search_display_name(self, operator, value):
        """Find a serial number however it is written: with blanks, without dashes."""
        domain = super()._search_display_name(operator, value)
        key = serial_key(value) if isinstance(value, str) else ""
        if operator in ("ilike", "=ilike") and len(key) >= 3:
            domain = Domain(domain) | Domain("serial_key", "like", key)
        return domain

    @api.constrains("replaced_by_id")
    def _check_replaced_by_id(self):
        if self._has_cycle("replaced_by_id"):
            raise ValidationError(
                self.env._(
                    "An item cannot be replaced by itself, also not in a circle."
                    " Choose the item that the customer uses now."
                )
            )

    @api.constrains("site_id", "partner_id")
    def _check_site_id(self):
        for item in self:
            site = item.site_id.commercial_partner_id
            if site and site != item.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(site)s is no address of %(customer)s. Choose an address of"
                        " the customer, or leave the site empty.",
                        site=item.site_id.display_name,
                        customer=item.commercial_partner_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        # Warranties are the managers' to change; those of the terms come by themselves.
        items.sudo()._grant_terms()
        return items

    def write(self, vals):
        if vals.get("replaced_by_id"):
            vals = {"state": "replaced"} | vals
        changed = self.filtered(
            lambda item: (
                "product_id" in vals and item.product_id.id != vals["product_id"]
            )
        )
        result = super().write(vals)
        if changed:
            # As in create: those of the terms come and go by themselves.
            granted_sudo = changed.sudo().granted_ids
            granted_sudo.filtered("is_automatic").unlink()
            changed.sudo()._grant_terms()  # as in create
        return result

    def action_open_tickets(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt.helpdesk_ticket_action"
        )
        return action | {
            "domain": [("owned_item_id", "=", self.id)],
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_owned_item_id": self.id,
            },
        }

    def _warranty_start(self, starts_on: str):
        """Give the day from which a warranty counts, or the best that is known."""
        self.ensure_one()
        known = {"invoice": self.date_invoiced, "installation": self.date_installed}
        return known.get(starts_on) or self.date_delivered or self.date_bought

    def _grant_terms(self):
        """Give the items the warranties that come with their products, once."""
        usable = self.env["crm.warranty"].search([("kind", "!=", "extended")])
        vals_list = []
        for (product, company), items in self.grouped(
            lambda item: (item.product_id, item.company_id)
        ).items():
            for term in usable._narrowest(product, company):
                vals_list += [
                    {
                        "item_id": item.id,
                        "warranty_id": term.id,
                        "date_sold": item.date_bought,
                        "is_automatic": True,
                    }
                    for item in items
                    if term.kind not in item.granted_ids.mapped("kind")
                ]
        self.env["crm.owned.warranty"].create(vals_list)
        self.order_line_id.order_id.order_line._grant_extensions()
