from datetime import timedelta

from odoo import api, fields, models

from ..tools.quota import MONTHS, QUARTER, Slice, months, next_month, periods, share_out

SIZES = {"month": MONTHS, "quarter": QUARTER}
METHODS = [
    ("even", "Evenly"),
    ("last_year", "As the year before"),
    ("profile", "By a seasonal profile"),
]


class CrmQuotaShare(models.AbstractModel):
    """One part of a quota, while it is being distributed."""

    _name = "crm.quota.share"
    _description = "Part of a Quota to Be Distributed"
    _order = "date_from, id"

    user_id = fields.Many2one(
        "res.users", "Person", domain="[('share', '=', False)]", ondelete="cascade"
    )
    team_id = fields.Many2one("crm.team", "Sales Team", ondelete="cascade")
    territory_id = fields.Many2one("crm.territory", ondelete="cascade")
    categ_id = fields.Many2one(
        "product.category", "Product Category", ondelete="cascade"
    )
    date_from = fields.Date("From")
    date_to = fields.Date("To")
    currency_id = fields.Many2one("res.currency", ondelete="cascade")
    basis = fields.Monetary(
        "Year Before", readonly=True, help="What was sold a year before."
    )
    amount = fields.Monetary("Quota")

    def _part_vals(self, whole) -> dict:
        """Give what differs from the whole."""
        vals = {"parent_id": whole.id, "amount": self.amount}
        for name in ("user_id", "team_id", "territory_id", "categ_id"):
            if self[name]:
                vals[name] = self[name].id
        if self.date_from:
            vals |= {"date_from": self.date_from, "date_to": self.date_to}
        return vals


class CrmQuotaSplit(models.AbstractModel):
    """What distributing a quota and cutting it anew have in common."""

    _name = "crm.quota.split"
    _description = "Split of a Quota"

    quota_id = fields.Many2one("crm.quota", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="quota_id.currency_id")
    then_into = fields.Selection(
        [("month", "Months"), ("quarter", "Quarters")],
        "Each Part into",
        help="Cut each part into months or quarters at once. Empty: it stays whole.",
    )
    then_method = fields.Selection(METHODS, "Season", required=True, default="even")
    profile_id = fields.Many2one("crm.quota.profile", ondelete="cascade")

    @api.model
    def _sold_before(self, slices: list[Slice]) -> list[float]:
        """Give what was sold in the same months a year before, for each slice."""
        before = [
            s._replace(
                date_from=next_month(s.date_from, -12),
                date_to=next_month(s.date_to, -11) - timedelta(days=1),
            )
            for s in slices
        ]
        found = self.env["crm.quota"]._sold(before)
        return [sum(found[at].values()) for at in range(len(slices))]

    def _weights(self, method: str, slices: list[Slice]) -> list[float]:
        if method == "last_year":
            return self._sold_before(slices)
        if method == "profile" and self.profile_id:
            return [
                sum(
                    self.profile_id._weight(day.month)
                    for day in months(s.date_from, s.date_to)
                )
                for s in slices
            ]
        return [1.0] * len(slices)

    def _cut_into_periods(self, parts):
        """Make the months or quarters of new parts.

        :return: the smaller parts
        """
        made = parts.browse()
        if not self.then_into:
            return made
        vals_list = []
        for part in parts:
            bounds = periods(part.date_from, part.date_to, SIZES[self.then_into])
            slices = [
                part._slice()._replace(date_from=first, date_to=last)
                for first, last in bounds
            ]
            weights = self._weights(self.then_method, slices)
            amounts = share_out(part.amount, weights, part._step())
            vals_list += [
                {"parent_id": part.id, "date_from": first, "date_to": last, "amount": a}
                for (first, last), a in zip(bounds, amounts, strict=True)
            ]
        return made.create(vals_list)

    def _again(self) -> dict:
        """Show the same window with what has changed."""
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }
