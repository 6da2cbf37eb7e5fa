from odoo import api, fields, models

from ..tools.warranty import Grant, periods
from .crm_warranty import KINDS, MOST_MONTHS, STARTS


class CrmOwnedWarranty(models.Model):
    """A warranty that was given on one owned item, with its first and last day.

    Kind, months and start are taken over from the terms when it is given: terms that
    change later take nothing from a customer.
    """

    _name = "crm.owned.warranty"
    _description = "Warranty of an Owned Product"
    _order = "item_id, date_end, id"

    item_id = fields.Many2one(
        "crm.owned.item", "Product", required=True, index=True, ondelete="cascade"
    )
    warranty_id = fields.Many2one(
        "crm.warranty", "Terms", required=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(
        KINDS,
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    months = fields.Integer(
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        aggregator=None,
    )
    starts_on = fields.Selection(
        STARTS,
        "Counted From",
        compute="_compute_terms",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    date_sold = fields.Date(
        "Given On",
        required=True,
        default=fields.Date.context_today,
        help="An extension that is given after the warranty has ended begins here.",
    )
    order_line_id = fields.Many2one(
        "sale.order.line",
        "Sold With",
        index="btree_not_null",
        ondelete="cascade",
        readonly=True,
    )
    is_automatic = fields.Boolean(readonly=True, export_string_translation=False)
    date_start = fields.Date("From", compute="_compute_period", store=True)
    date_end = fields.Date("Until", compute="_compute_period", store=True)
    coverage = fields.Text(related="warranty_id.coverage", string="What Is Covered")
    company_id = fields.Many2one(related="item_id.company_id", store=True)

    _months_in_reason = models.Constraint(
        f"CHECK (months BETWEEN 1 AND {MOST_MONTHS})",
        "A warranty runs for one month at least, and for a hundred years at most.",
    )
    _once = models.UniqueIndex(
        "(item_id, warranty_id, COALESCE(order_line_id, 0))",
        "These terms are on this item already.",
    )

    @api.depends("warranty_id")
    def _compute_terms(self):
        for granted in self:
            granted.kind = granted.warranty_id.kind
            granted.months = granted.warranty_id.months
            granted.starts_on = granted.warranty_id.starts_on

    @api.depends(
        "kind",
        "months",
        "starts_on",
        "date_sold",
        "item_id.date_bought",
        "item_id.date_delivered",
        "item_id.date_invoiced",
        "item_id.date_installed",
        "item_id.granted_ids.kind",
        "item_id.granted_ids.months",
        "item_id.granted_ids.starts_on",
        "item_id.granted_ids.date_sold",
    )
    def _compute_period(self):
        for item, mine in self.grouped("item_id").items():
            # On a form there are copies: none counts beside what it is a copy of.
            others = (item.granted_ids - mine).filtered(
                lambda granted, mine=mine: (
                    not granted._origin or granted._origin not in mine._origin
                )
            )
            found = periods([granted._grant() for granted in [*mine, *others]])
            for granted, period in zip(mine, found, strict=False):
                granted.date_start, granted.date_end = period

    @api.depends("warranty_id")
    def _compute_display_name(self):
        for granted in self:
            granted.display_name = granted.warranty_id.name

    def _grant(self) -> Grant:
        self.ensure_one()
        bought = self.item_id.date_bought or fields.Date.context_today(self)
        months = min(max(self.months, 0), MOST_MONTHS)
        if self.kind == "extended":
            return Grant(self.date_sold or bought, months, True)
        return Grant(self.item_id._warranty_start(self.starts_on) or bought, months)
