from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..tools.quota import periods, share_out
from .crm_quota_share import METHODS, SIZES


class CrmQuotaDistribute(models.TransientModel):
    """A quota on its way to people, teams, territories, goods or months."""

    _name = "crm.quota.distribute"
    _description = "Distribute a Quota"
    _inherit = ["crm.quota.split"]

    by = fields.Selection(
        [
            ("user", "People"),
            ("team", "Sales Teams"),
            ("territory", "Territories"),
            ("categ", "Product Categories"),
            ("month", "Months"),
            ("quarter", "Quarters"),
        ],
        "Among",
        required=True,
        default="user",
    )
    method = fields.Selection(METHODS, "How", required=True, default="even")
    line_ids = fields.One2many(
        "crm.quota.distribute.line",
        "wizard_id",
        compute="_compute_line_ids",
        # Stored values are computed with all rights otherwise.
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    amount = fields.Monetary(
        related="quota_id.amount", related_sudo=False, string="Whole"
    )
    rest = fields.Monetary("Not Distributed", compute="_compute_rest")

    @api.depends("quota_id", "by")
    def _compute_line_ids(self):
        for wizard in self:
            vals_list = wizard._proposed_vals() if wizard.quota_id else []
            wizard.line_ids = [Command.clear()] + [
                Command.create(vals | {"currency_id": wizard.currency_id.id})
                for vals in vals_list
            ]

    @api.depends("line_ids.amount", "amount")
    def _compute_rest(self):
        for wizard in self:
            rest = wizard.amount - sum(wizard.line_ids.mapped("amount"))
            wizard.rest = wizard.quota_id._rounded(rest)

    def action_distribute_rest(self) -> dict:
        """Share what is not distributed yet among the lines."""
        self.ensure_one()
        lines = self.line_ids
        if not lines:
            raise UserError(
                self.env._("Add the people or periods first among whom to share.")
            )
        if self.method == "profile" and not self.profile_id:
            raise UserError(self.env._("Choose a seasonal profile."))
        slices = [line._slice() for line in lines]
        if self.method == "last_year":
            for line, sold in zip(lines, self._sold_before(slices), strict=True):
                line.basis = sold
            weights = lines.mapped("basis")
        else:
            weights = self._weights(self.method, slices)
        # A rest below zero is taken away by the same weights.
        sign = -1 if self.rest < 0 else 1
        rest = share_out(abs(self.rest), weights, self.quota_id._step())
        for line, more in zip(lines, rest, strict=True):
            line.amount += sign * more
        return self._again()

    def action_apply(self) -> dict:
        """Make the parts. Where the whole is in force, they are at once."""
        self.ensure_one()
        quota = self.quota_id
        self._check_lines()
        drafts = quota.child_ids.filtered(lambda part: part.state == "draft")
        drafts.unlink()
        parts = quota.create([line._part_vals(quota) for line in self.line_ids])
        parts |= self._cut_into_periods(parts)
        if quota.state == "running":
            parts._check_people_work_here()
            parts.write({"state": "running"})
        return {"type": "ir.actions.act_window_close"}

    def _check_lines(self):
        if self.quota_id._parts():
            raise UserError(
                self.env._(
                    "%(quota)s is distributed, and its parts are in force. Cut it anew"
                    " to change them.",
                    quota=self.quota_id.display_name,
                )
            )
        if not self.line_ids:
            raise UserError(
                self.env._("Add the people or periods first among whom to share.")
            )
        if self.rest:
            raise UserError(
                self.env._(
                    "The parts differ from the whole of %(quota)s by %(difference)s."
                    " Change a line, or distribute the rest.",
                    quota=self.quota_id.display_name,
                    difference=self.quota_id._formatted(self.rest),
                )
            )

    # Whom to propose

    def _proposed_vals(self) -> list[dict]:
        """Give the lines: what was distributed the same way in the draft, else all
        among whom one would."""
        quota = self.quota_id
        if self.by in SIZES:
            bounds = periods(quota.date_from, quota.date_to, SIZES[self.by])
            return [{"date_from": first, "date_to": last} for first, last in bounds]
        name = f"{self.by}_id"
        drafts = quota.child_ids.filtered(
            lambda part: part.state == "draft" and part[name] != quota[name]
        )
        if drafts:
            return [{name: part[name].id, "amount": part.amount} for part in drafts]
        return [{name: record.id} for record in self._candidates()]

    def _candidates(self):
        quota = self.quota_id
        if self.by == "user":
            return self._people()
        if self.by == "team":
            companies = [("company_id", "in", (quota.company_id.id, False))]
            return quota.team_id or self.env["crm.team"].search(companies)
        above = quota.territory_id if self.by == "territory" else quota.categ_id
        model = self.env["crm.territory" if self.by == "territory" else above._name]
        return model.search([("parent_id", "=", above.id)])

    def _people(self):
        quota = self.quota_id
        if quota.user_id:
            return quota.user_id
        if quota.territory_id:
            people = quota.territory_id.user_id | quota.territory_id.member_ids
        else:
            people = quota.team_id.member_ids or self.env["crm.team.member"].search(
                [("crm_team_id.company_id", "in", (quota.company_id.id, False))]
            ).user_id  # fmt: skip
        return people.filtered("active").sorted("name")


class CrmQuotaDistributeLine(models.TransientModel):
    """One part that a quota is distributed to."""

    _name = "crm.quota.distribute.line"
    _description = "Part to Be Distributed"
    _inherit = ["crm.quota.share"]

    wizard_id = fields.Many2one(
        "crm.quota.distribute", required=True, index=True, ondelete="cascade"
    )

    def _slice(self):
        """Give what of the sales would count for this part."""
        limits = self.wizard_id.quota_id._slice()
        own = {
            "user": self.user_id.id,
            "team": self.team_id.id,
            "territory": self.territory_id.parent_path,
            "category": self.categ_id.parent_path,
            "date_from": self.date_from,
            "date_to": self.date_to,
        }
        return limits._replace(**{name: value for name, value in own.items() if value})
