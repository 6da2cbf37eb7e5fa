from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.crm_quota_recut import WHOSE
from ..tools.quota import next_month, share_out


class CrmQuotaRecut(models.TransientModel):
    """A new distribution of a quota from a month on. What is over keeps its share."""

    _name = "crm.quota.recut"
    _description = "Cut a Quota Anew"
    _inherit = ["crm.quota.split"]

    date = fields.Date(
        "From",
        required=True,
        default=lambda self: next_month(fields.Date.context_today(self)),
        help="The first day of the month from which the new parts hold.",
    )
    reason = fields.Char(required=True, help="Why; it stays with the old parts.")
    amount = fields.Monetary(
        related="quota_id.amount", related_sudo=False, string="Whole"
    )
    kept = fields.Monetary(
        "Share of the Months Before",
        compute="_compute_kept",
        help="What the old parts keep for the months before.",
    )
    to_share = fields.Monetary("For the Months from There on", compute="_compute_kept")
    line_ids = fields.One2many(
        "crm.quota.recut.line",
        "wizard_id",
        compute="_compute_line_ids",
        # Stored values are computed with all rights otherwise.
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    rest = fields.Monetary("Not Distributed", compute="_compute_rest")

    @api.depends("quota_id", "date")
    def _compute_kept(self):
        for wizard in self:
            parts = wizard._old_parts()
            amounts = [part._kept_amount(wizard.date) for part in parts]
            wizard.kept = sum(amounts) if wizard.date else 0
            wizard.to_share = wizard.amount - wizard.kept

    @api.depends("quota_id", "date")
    def _compute_line_ids(self):
        for wizard in self:
            parts = wizard._old_parts().filtered(
                lambda part, date=wizard.date: date and part.date_to >= date
            )
            # Those who left get nothing more: their rest waits to be distributed.
            groups = parts.filtered(lambda part: not part.is_left).grouped(
                lambda part: tuple(part[name].id for name in WHOSE)
            )
            wizard.line_ids = [Command.clear()] + [
                Command.create(
                    dict(zip(WHOSE, whose, strict=True))
                    | {
                        "amount": sum(part._rest_amount(wizard.date) for part in group),
                        "currency_id": wizard.currency_id.id,
                    }
                )
                for whose, group in groups.items()
            ]

    @api.depends("line_ids.amount", "to_share")
    def _compute_rest(self):
        for wizard in self:
            rest = wizard.to_share - sum(wizard.line_ids.mapped("amount"))
            wizard.rest = wizard.quota_id._rounded(rest)

    def action_distribute_rest(self) -> dict:
        """Share the rest among the new parts as these stand to each other."""
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Add the new parts first."))
        sign = -1 if self.rest < 0 else 1
        weights = self.line_ids.mapped("amount")
        more = share_out(abs(self.rest), weights, self.quota_id._step())
        for line, amount in zip(self.line_ids, more, strict=True):
            line.amount += sign * amount
        return self._again()

    def action_apply(self) -> dict:
        """Supersede the old parts, and put in force what they keep and the new ones."""
        self.ensure_one()
        self._check_recut()
        old = self._old_parts().filtered(lambda part: part.date_to >= self.date)
        made = self._keep_elapsed(old) | self._new_parts()
        made._check_people_stay(self.date)
        superseded = (old - self.quota_id)._running_tree()
        superseded.with_context(crm_quota_recut=True).write(
            {"state": "superseded", "recut_date": self.date}
        )
        made.write({"state": "running"})
        self._tell(old)
        return {"type": "ir.actions.act_window_close"}

    def _old_parts(self):
        """Give the parts in force; a quota without any is its own only part."""
        return self.quota_id._parts() or self.quota_id

    def _check_recut(self):
        quota = self.quota_id
        if quota.state != "running":
            raise UserError(
                self.env._(
                    "%(quota)s is not in force. Change its parts as they are.",
                    quota=quota.display_name,
                )
            )
        inside = quota.date_from < self.date <= quota.date_to
        if self.date.day != 1 or not inside:
            raise UserError(
                self.env._(
                    "%(quota)s can be cut anew from the first day of a month after its"
                    " first one.",
                    quota=quota.display_name,
                )
            )
        if self.rest or not self.line_ids:
            raise UserError(
                self.env._(
                    "The new parts differ from what is left of %(quota)s by"
                    " %(difference)s. Change a line, or distribute the rest.",
                    quota=quota.display_name,
                    difference=quota._formatted(self.rest),
                )
            )

    def _keep_elapsed(self, old):
        """Make the parts that keep what is over, with the months that are over."""
        made = old.browse()
        last = self.date - timedelta(days=1)
        for part in old.filtered(lambda part: part.date_from < self.date):
            kept = old.create(
                part._same_whose()
                | {
                    "parent_id": self.quota_id.id,
                    "date_from": part.date_from,
                    "date_to": last,
                    "amount": part._kept_amount(self.date),
                    "note": part.note,
                }
            )
            smaller = part._parts() if part != self.quota_id else old.browse()
            below = old.create(
                [
                    one._same_whose()
                    | {
                        "parent_id": kept.id,
                        "date_from": one.date_from,
                        "date_to": min(one.date_to, last),
                        "amount": one._kept_amount(self.date),
                    }
                    for one in smaller
                    if one.date_from < self.date
                ]
            )
            made |= kept | below
        return made

    def _new_parts(self):
        whole = self.quota_id
        dates = {"date_from": self.date, "date_to": whole.date_to}
        parts = whole.create([line._part_vals(whole) | dates for line in self.line_ids])
        return parts | self._cut_into_periods(parts)

    def _tell(self, old):
        names = ", ".join(part.display_name for part in old - self.quota_id)
        self.quota_id.message_post(
            body=self.env._(
                "Cut anew from %(date)s: %(reason)s. Superseded: %(parts)s",
                date=fields.Date.to_string(self.date),
                reason=self.reason,
                parts=names or self.env._("nothing"),
            )
        )


class CrmQuotaRecutLine(models.TransientModel):
    """A new part, from the month on from which a quota is cut anew."""

    _name = "crm.quota.recut.line"
    _description = "New Part of a Quota"
    _inherit = ["crm.quota.share"]

    wizard_id = fields.Many2one(
        "crm.quota.recut", required=True, index=True, ondelete="cascade"
    )
