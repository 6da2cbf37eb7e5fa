from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date


class CrmCommissionLine(models.Model):
    """What a document earns a person in a period, and by which rule. Only the work that
    makes statements writes it."""

    _name = "crm.commission.line"
    _description = "Commission Line"
    _order = "period_from desc, date, id"

    statement_id = fields.Many2one(
        "crm.commission.statement", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        related="statement_id.user_id", string="Person", store=True, index=True
    )
    company_id = fields.Many2one(
        related="statement_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="statement_id.currency_id")
    state = fields.Selection(related="statement_id.state", string="Statement State")
    period_from = fields.Date(
        related="statement_id.date_from", string="Period from", store=True
    )
    kind = fields.Selection(
        [
            ("sale", "Sale"),
            ("override", "Team"),
            ("clawback", "Credit Note"),
            ("correction", "Correction"),
            ("skipped", "Left Out"),
        ],
        required=True,
    )
    is_override = fields.Boolean("As Leader")
    date = fields.Date(required=True, help="The day that counts for the plan.")
    plan_id = fields.Many2one(
        "crm.commission.plan", "Plan Version", required=True, index=True,
        ondelete="cascade",
    )  # fmt: skip
    root_id = fields.Many2one(
        related="plan_id.root_id", string="Plan", store=True, index=True
    )
    rate_id = fields.Many2one(
        "crm.commission.rate", "Goods", index="btree_not_null", ondelete="cascade"
    )
    tier_id = fields.Many2one(
        "crm.commission.tier", index="btree_not_null", ondelete="cascade"
    )
    order_id = fields.Many2one(
        "sale.order", index="btree_not_null", ondelete="set null"
    )
    move_id = fields.Many2one(
        "account.move", "Invoice", index="btree_not_null", ondelete="set null"
    )
    origin_id = fields.Many2one(
        "crm.commission.line",
        "Corrects",
        index="btree_not_null",
        ondelete="set null",
        help="The line of a confirmed statement that this one takes back or corrects.",
    )
    document = fields.Char(compute="_compute_document")
    customer = fields.Char(compute="_compute_document")
    rule = fields.Char(compute="_compute_rule")
    base = fields.Monetary("Counts", help="The person's share, without tax.")
    share = fields.Float("Share %", digits=(16, 2), aggregator=None)
    rate = fields.Float("Rate %", digits=(16, 2), aggregator="avg")
    multiplier = fields.Float(digits=(16, 2), default=1.0, aggregator="avg")
    attainment = fields.Float("Quota Attained %", digits=(16, 1), aggregator="avg")
    lacks_quota = fields.Boolean("Without Quota")
    amount = fields.Monetary("Commission")

    @api.depends("order_id", "move_id")
    def _compute_document(self):
        for line in self:
            # Whoever reads a line may know what it is for, but not always open it.
            document = line.sudo().move_id or line.sudo().order_id
            line.document = document.display_name
            line.customer = document.partner_id.commercial_partner_id.name

    @api.depends("document", "customer")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            names = (line.document, line.customer)
            line.display_name = " · ".join(filter(None, names))

    @api.depends("kind", "plan_id", "rate_id", "tier_id", "rate", "share", "multiplier",
                 "attainment", "lacks_quota", "origin_id")  # fmt: skip
    @api.depends_context("lang")
    def _compute_rule(self):
        for line in self:
            # Who left a plan still reads by which rule it paid.
            line_sudo = line.sudo()
            if line.kind == "skipped":
                line.rule = line_sudo._skip_reason()
            else:
                parts = [*line_sudo._rule_parts(), line_sudo.plan_id.display_name]
                line.rule = " · ".join(parts)

    @api.readonly
    def action_open_document(self) -> dict:
        """Open the invoice or the order, whichever the person may see."""
        self.ensure_one()
        documents = (self.move_id, self.order_id)
        for document in documents:
            # A deleted document has no rights to ask about.
            if document and document.sudo().exists() and document.has_access("read"):
                return document.get_formview_action()
        raise UserError(
            self.env._(
                "%(document)s belongs to somebody else, or is gone. Ask your sales"
                " manager to show it to you.",
                document=self.document or self.env._("The document"),
            )
        )

    def _rule_parts(self) -> list[str]:
        percent = self.env["crm.commission.part"]._percent
        parts = [self._what_holds(percent(self.rate))]
        if self.share != 100:
            share = self.env._("share of %(share)s", share=percent(self.share))
            parts.append(share)
        if self.lacks_quota:
            parts.append(self.env._("no quota of this period, so not accelerated"))
        elif self.attainment:
            parts.append(
                self.env._(
                    "× %(multiplier)s at %(attained)s of the quota",
                    multiplier=f"{self.multiplier:g}",
                    attained=percent(round(self.attainment, 1)),
                )
            )
        return parts

    def _what_holds(self, rate: str) -> str:
        if self.origin_id:
            return self.env._(
                "as in %(statement)s: %(rate)s",
                statement=self.origin_id.statement_id.display_name,
                rate=rate,
            )
        if self.is_override:
            return self.env._("leader of the team: %(rate)s", rate=rate)
        holds = self.tier_id.display_name or rate
        return f"{self.rate_id.display_name} · {holds}"

    def _skip_reason(self) -> str:
        document = self.move_id or self.order_id
        return self.env._(
            "Left out: no exchange rate of %(currency)s is known on %(day)s. Enter it,"
            " and compute again.",
            currency=document.currency_id.name or "",
            day=format_date(self.env, self.date),
        )
