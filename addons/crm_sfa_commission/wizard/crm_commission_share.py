from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare


class CrmCommissionShare(models.TransientModel):
    """The shares of people in what an order earns, agreed all at once."""

    _name = "crm.commission.share"
    _description = "Share the Commission of an Order"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    line_ids = fields.One2many(
        "crm.commission.share.line",
        "wizard_id",
        compute="_compute_line_ids",
        # Stored values are computed with all rights otherwise.
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    total = fields.Float("Shares in All %", compute="_compute_total")

    @api.depends("order_id")
    def _compute_line_ids(self):
        for wizard in self:
            splits = wizard.order_id.commission_split_ids
            shares = [(split.user_id.id, split.share) for split in splits]
            seller = wizard.order_id.user_id
            wizard.line_ids = [
                Command.create({"user_id": user, "share": share})
                for user, share in shares or (seller and [(seller.id, 100)]) or []
            ]

    @api.depends("line_ids.share")
    def _compute_total(self):
        for wizard in self:
            wizard.total = sum(wizard.line_ids.mapped("share"))

    def action_apply(self) -> None:
        """Put the shares in place of those that were."""
        self.ensure_one()
        self.order_id.check_access("write")
        self._check_whole()
        # Nobody writes single shares: they would not make the whole.
        order_sudo = self.order_id.sudo()
        order_sudo.commission_split_ids.unlink()
        order_sudo.commission_split_ids = [
            Command.create({"user_id": line.user_id.id, "share": line.share})
            for line in self.line_ids
        ]
        self.order_id.message_post(
            body=self.env._(
                "Shares in the commission: %(shares)s",
                shares=self.order_id.commission_shares
                or self.env._("all to the salesperson"),
            )
        )

    def _check_whole(self):
        if self.line_ids and float_compare(self.total, 100, precision_digits=2):
            raise UserError(
                self.env._(
                    "The shares in %(order)s make %(total)s %%, not 100 %%: %(shares)s."
                    " Change one of them.",
                    order=self.order_id.display_name,
                    total=f"{self.total:g}",
                    shares=", ".join(
                        f"{line.user_id.name} {line.share:g} %"
                        for line in self.line_ids
                    ),
                )
            )
        if len(self.line_ids.user_id) < len(self.line_ids):
            raise UserError(
                self.env._(
                    "Somebody has two shares in %(order)s. Add them up in one line.",
                    order=self.order_id.display_name,
                )
            )
