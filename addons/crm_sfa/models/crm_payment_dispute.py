from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CrmPaymentDispute(models.Model):
    """Why a customer does not pay an invoice, or any, for now. As long as it is open,
    nobody asks him for that money."""

    _name = "crm.payment.dispute"
    _description = "Disputed Payment"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "reason"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    move_id = fields.Many2one(
        "account.move",
        "Invoice",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted'),"
        " ('commercial_partner_id', '=?', partner_id)]",
        tracking=True,
        help="Empty: all that the customer owes.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    reason = fields.Text(required=True, tracking=True)
    user_id = fields.Many2one(
        "res.users",
        "Settled by",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        check_company=True,
        tracking=True,
        help="Who sees to it that it is settled.",
    )
    date_until = fields.Date(
        "Until",
        tracking=True,
        help="After this day reminders go on by themselves. Empty: until it is closed.",
    )
    state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")],
        required=True,
        readonly=True,
        default="open",
        copy=False,
        tracking=True,
    )
    is_over = fields.Boolean("Over", compute="_compute_is_over")

    _open_idx = models.Index("(partner_id) WHERE state = 'open'")

    @api.depends("move_id")
    def _compute_partner_id(self):
        for dispute in self.filtered("move_id"):
            dispute.partner_id = dispute.move_id.commercial_partner_id

    @api.depends("date_until", "state")
    def _compute_is_over(self):
        today = fields.Date.context_today(self)
        for dispute in self:
            until = dispute.date_until
            dispute.is_over = dispute.state == "open" and bool(until and until < today)

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create([self._of_customer(vals) for vals in vals_list])
        disputes._check_known()
        return disputes

    def write(self, vals):
        written = super().write(self._of_customer(vals))
        if {"move_id", "partner_id"} & set(vals):
            self._check_known()
        return written

    def _check_known(self):
        """Nobody learns whose an invoice is by disputing it."""
        if not self.env.su:
            self.move_id.check_access("read")
            self.partner_id.check_access("read")

    def _of_customer(self, vals: dict) -> dict:
        """It is the customer's, whichever of its people was chosen."""
        if not vals.get("partner_id"):
            return vals
        person = self.env["res.partner"].browse(vals["partner_id"])
        return vals | {"partner_id": person.commercial_partner_id.id}

    @api.constrains("partner_id", "move_id")
    def _check_move(self):
        for dispute in self.filtered("move_id"):
            # Whoever settles it may see the dispute, and not each invoice.
            move_sudo = dispute.move_id.sudo()
            if move_sudo.commercial_partner_id != dispute.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(invoice)s is not an invoice of %(customer)s.",
                        invoice=move_sudo.name,
                        customer=dispute.partner_id.display_name,
                    )
                )

    def action_close(self):
        """It is settled: reminders go on."""
        self._move("closed")

    def action_reopen(self):
        self._move("open")

    def _move(self, state: str):
        if self.filtered(lambda dispute: dispute.state == state):
            raise UserError(
                self.env._("Somebody has changed it meanwhile. Reload the page.")
            )
        self.write({"state": state})
