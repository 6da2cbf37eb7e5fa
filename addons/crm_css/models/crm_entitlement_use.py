from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import float_compare

from .contract_contract_entitlement import KINDS
from .contract_contract_service import MANAGERS


class CrmEntitlementUse(models.Model):
    """An amount that was used up of a service contract: hours, a visit or a ticket.

    Entries stay as they are; a wrong one is taken back by a counter-entry.
    """

    _name = "crm.entitlement.use"
    _description = "Entitlement Use"
    _inherit = ["crm.ledger.mixin"]
    _order = "date desc, id desc"
    _rec_name = "contract_id"
    _check_company_auto = True

    contract_id = fields.Many2one(
        "contract.contract",
        "Service Contract",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_service', '=', True)]",
    )
    commercial_partner_id = fields.Many2one(
        related="contract_id.commercial_partner_id",
        string="Customer",
        store=True,
        index=True,
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True)
    kind = fields.Selection(KINDS, required=True, default="hours")
    quantity = fields.Float(required=True, help="Below zero: a counter-entry.")
    overuse_quantity = fields.Float(
        "Beyond",
        readonly=True,
        help="How much of it was more than the contract included at that moment.",
    )
    date = fields.Date(required=True, index=True, default=fields.Date.context_today)
    ticket_id = fields.Many2one(
        "helpdesk.ticket", index="btree_not_null", ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users",
        "Done by",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    note = fields.Char(help="What was done.")
    reason = fields.Char("Reason for More", help="Why more was used than included.")
    reverses_id = fields.Many2one(
        "crm.entitlement.use",
        "Takes Back",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    reversed_by_ids = fields.One2many(
        "crm.entitlement.use", "reverses_id", "Taken Back by", readonly=True
    )
    order_line_ids = fields.One2many(
        "sale.order.line",
        "entitlement_use_id",
        readonly=True,
        groups="sales_team.group_sale_salesman,account.group_account_invoice",
    )
    is_quoted = fields.Boolean(
        "Quoted", compute="_compute_is_quoted", search="_search_is_quoted"
    )

    _reversed_once = models.UniqueIndex(
        "(reverses_id) WHERE reverses_id IS NOT NULL",
        "This entry was taken back already.",
    )
    _meter_idx = models.Index("(contract_id, date)")

    @api.depends("order_line_ids")
    def _compute_is_quoted(self):
        for use_sudo in self.sudo():  # whether, not for how much
            use_sudo.is_quoted = bool(use_sudo.order_line_ids)

    def _search_is_quoted(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: agents do not see orders, only that there is one
        lines_sudo = self.env["sale.order.line"].sudo()
        quoted = lines_sudo._search([("entitlement_use_id", "!=", False)])
        return [("id", "in", quoted.subselect("entitlement_use_id"))]

    @api.model_create_multi
    def create(self, vals_list):
        """Book one after the other, each against what the one before left."""
        contracts = self.env["contract.contract"].browse(
            {vals["contract_id"] for vals in vals_list if vals.get("contract_id")}
        )
        contracts.check_access("read")
        if contracts:
            contracts._take_turn()
        uses = self.browse()
        for vals in vals_list:
            uses += super().create([self._with_overuse(vals)])
            uses.flush_recordset()
        uses.filtered("overuse_quantity")._quote()
        return uses

    def _with_overuse(self, vals: dict) -> dict:
        """Add how much of an entry goes beyond what is included."""
        vals = vals | {"overuse_quantity": 0.0}
        if vals.get("reverses_id"):
            return vals | self.browse(vals["reverses_id"])._counter_vals()
        draft = self.new(self._add_missing_default_values(vals))
        contract, quantity = draft.contract_id._origin, draft.quantity
        if not contract or quantity <= 0:
            return vals  # refused by the checks
        left = contract._left_on(draft.kind, draft.date)
        if left is None or float_compare(quantity, left, precision_digits=4) <= 0:
            return vals
        if not (draft.reason or "").strip():
            raise UserError(
                self.env._(
                    "“%(contract)s” has %(left)s left (%(kind)s), and %(quantity)s are"
                    " to be booked. Give a reason for using more: what goes beyond it"
                    " is offered to the customer at the list price.",
                    left=f"{left:g}",
                    kind=draft._kind_label(),
                    contract=contract.display_name,
                    quantity=f"{quantity:g}",
                )
            )
        return vals | {"overuse_quantity": quantity - left}

    def _counter_vals(self) -> dict:
        """Give what takes this entry back, whatever else was asked for."""
        self.ensure_one()
        self._check_may_reverse()
        return {
            "contract_id": self.contract_id.id,
            "kind": self.kind,
            "quantity": -self.quantity,
            "overuse_quantity": -self.overuse_quantity,
            "date": self.date,
            "ticket_id": self.ticket_id.id,
            "user_id": self.env.uid,
        }

    def _check_may_reverse(self):
        self.check_access("read")
        if self.reverses_id:
            raise UserError(
                self.env._("A counter-entry is not taken back. Book anew instead.")
            )
        author = self.env.uid in (self.user_id.id, self.create_uid.id)
        if not (self.env.su or author or self.env.user.has_group(MANAGERS)):
            raise AccessError(
                self.env._(
                    "%(name)s booked this. Ask this colleague, or a manager, to take it"
                    " back.",
                    name=self.user_id.name,
                )
            )

    @api.constrains("quantity", "reverses_id")
    def _check_quantity(self):
        for use in self:
            if use.reverses_id:
                continue
            if not 0 < use.quantity <= 10**4:
                raise ValidationError(
                    self.env._(
                        "How much was used? It is more than 0, and up to 10,000."
                    )
                )

    @api.constrains("contract_id", "ticket_id", "date")
    def _check_contract(self):
        for use in self:
            if problem := use._problem_of_contract():
                raise ValidationError(problem)

    def _problem_of_contract(self) -> str | None:
        contract, ticket = self.contract_id, self.ticket_id
        if not contract.is_service or contract.service_step != "signed":
            return self.env._(
                "“%(name)s” is not a signed service contract: nothing can be booked on"
                " it.",
                name=contract.display_name,
            )
        ours = contract.commercial_partner_id
        # The ticket may be hidden from who books: it is compared, not shown.
        if ticket and ticket.sudo().commercial_partner_id != ours:
            return self.env._(
                "Ticket %(ticket)s is not one of %(customer)s.",
                ticket=ticket.display_name,
                customer=ours.display_name,
            )
        if self.date < contract.service_start:
            return self.env._(
                "“%(name)s” began on %(date)s. Check the day of the use.",
                name=contract.display_name,
                date=contract.service_start,
            )
        return None

    def action_reverse(self) -> dict:
        """Open the window that asks why the entry is taken back."""
        self.ensure_one()
        self._check_may_reverse()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take Back"),
            "res_model": "crm.entitlement.book",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_contract_id": self.contract_id.id,
                "default_reverses_id": self.id,
            },
        }
