from hashlib import sha256

from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class CrmTerritoryPlan(models.Model):
    """A draft of other territories: who would answer for which customers, and what
    that would mean, before anything is changed."""

    _name = "crm.territory.plan"
    _description = "Plan of Territories"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="Whose territories, orders and deals are looked at.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [("draft", "Draft"), ("applied", "Applied"), ("discarded", "Discarded")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    rules_digest = fields.Char(
        readonly=True, copy=False, export_string_translation=False
    )
    line_ids = fields.One2many(
        "crm.territory.plan.line", "plan_id", "Territories", copy=False
    )
    rule_ids = fields.One2many(
        "crm.territory.plan.rule", "plan_id", "Rules", copy=False
    )
    owner_ids = fields.One2many(
        "crm.territory.plan.owner", "plan_id", "Owners", readonly=True, copy=False
    )
    move_ids = fields.One2many(
        "crm.territory.plan.move", "plan_id", "Moved", readonly=True, copy=False
    )
    computed_at = fields.Datetime("Computed on", readonly=True, copy=False)
    is_stale = fields.Boolean(readonly=True, copy=False)
    balance_before = fields.Float(
        "Imbalance Before %",
        readonly=True,
        copy=False,
        digits=(8, 1),
        help="How much the owners' incomes differ: the standard deviation in percent of"
        " the mean. 0: all have the same.",
    )
    balance_after = fields.Float(
        "Imbalance After %", readonly=True, copy=False, digits=(8, 1)
    )
    outside_before = fields.Integer("Without a Territory Before", readonly=True)
    outside_after = fields.Integer("Without a Territory After", readonly=True)
    moved_count = fields.Integer("Customers Moved", compute="_compute_moved")
    important_count = fields.Integer(
        "Customers of Class A with Another Owner", compute="_compute_moved"
    )
    remaining_count = fields.Integer(
        "Customers Still to Be Looked At",
        compute="_compute_remaining_count",
        help="They are moved in the background, step by step.",
    )

    def _compute_moved(self):
        moves = self.env["crm.territory.plan.move"]
        groups = moves._read_group(
            [("plan_id", "in", self.ids)], ["plan_id"], ["__count"]
        )
        counts = dict(groups)
        important = dict(
            moves._read_group(
                [("plan_id", "in", self.ids), *moves._important_domain()],
                ["plan_id"],
                ["__count"],
            )
        )
        for plan in self:
            plan.moved_count = counts.get(plan, 0)
            plan.important_count = important.get(plan, 0)

    def _compute_remaining_count(self):
        territories = self.env["crm.territory"]
        after = territories._watermark()
        remaining = 0 if after is None else territories._assign_remaining(after)
        for plan in self:
            plan.remaining_count = remaining if plan.state == "applied" else 0

    @api.model_create_multi
    def create(self, vals_list):
        plans = super().create(vals_list)
        for plan in plans.filtered(lambda plan: not plan.line_ids):
            plan._load()
        return plans

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applied(self):
        if applied := self.filtered(lambda plan: plan.state == "applied"):
            raise UserError(
                self.env._(
                    "%(plan)s was applied, and stays to be read.", plan=applied[0].name
                )
            )

    def action_reload(self) -> None:
        """Begin anew from the territories and rules as they are now."""
        self._check_draft()
        for plan in self:
            plan._forget_result()
            # Copies of territories in use go too; nobody deletes these otherwise.
            plan.sudo().rule_ids.unlink()
            plan.sudo().line_ids.unlink()  # as above
            plan._load()

    def action_discard(self) -> None:
        """Give the plan up; what was computed is removed."""
        self._check_draft()
        self._forget_result()
        self.state = "discarded"

    @api.readonly
    def action_open_moves(self) -> dict:
        """Open the customers who would be moved or get another owner."""
        self.ensure_one()
        return self._moves_action({"search_default_group_owner": 1})

    @api.readonly
    def action_open_important(self) -> dict:
        """Open the customers of class A who would get another owner."""
        self.ensure_one()
        return self._moves_action({"search_default_important": 1})

    @api.readonly
    def action_open_quotas(self) -> dict:
        """Open the quotas of the territories and owners that change, to cut them anew.

        One quota alone is opened with the window that cuts it.
        """
        self.ensure_one()
        quotas = self._quotas_touched()
        if len(quotas) == 1:
            action = self.env["ir.actions.actions"]._for_xml_id(
                "crm_sfa.crm_quota_recut_action"
            )
            return action | {"context": {"default_quota_id": quotas.id}}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Quotas to Cut Anew"),
            "res_model": "crm.quota",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", quotas.ids)],
        }

    def _moves_action(self, context: dict) -> dict:
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customers Moved"),
            "res_model": "crm.territory.plan.move",
            "views": [(False, "list"), (False, "pivot")],
            "domain": [("plan_id", "=", self.id)],
            "context": context,
        }

    def _quotas_touched(self):
        """Give the whole quotas of today whose parts are of what changes."""
        lines = self.line_ids.filtered(lambda line: line._is_changed())
        users = lines.user_before_id | lines.user_id
        today = fields.Date.context_today(self)
        quotas = self.env["crm.quota"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "running"),
                ("date_from", "<=", today),
                ("date_to", ">=", today),
                "|",
                ("territory_id", "in", lines.territory_id.ids),
                ("user_id", "in", users.ids),
            ]
        )
        return quotas.parent_id | quotas.filtered(lambda quota: not quota.parent_id)

    def _load(self):
        """Copy the territories and rules as they are into the plan."""
        self.ensure_one()
        territories = self.env["crm.territory"].search(self._territories_domain())
        self.write(
            {
                "line_ids": [
                    Command.create(
                        {
                            "territory_id": territory.id,
                            "name": territory.name,
                            "parent_id": territory.parent_id.id,
                            "sequence": territory.sequence,
                            "user_before_id": territory.user_id.id,
                            "user_id": territory.user_id.id,
                        }
                    )
                    for territory in territories
                ],
                "rules_digest": self._digest(),
            }
        )
        lines = {line.territory_id: line for line in self.line_ids}
        self.rule_ids.create(
            [
                lines[rule.territory_id]._draft_rule(rule)
                for rule in territories.rule_ids
            ]
        )

    def _territories_domain(self):
        return [("company_id", "in", (self.company_id.id, False))]

    def _digest(self) -> str:
        """Tell a state of the territories and rules from any other."""
        territories = self.env["crm.territory"].search(self._territories_domain())
        rules = territories.rule_ids
        dates = territories.mapped("write_date") + rules.mapped("write_date")
        newest = max(dates, default=None)
        ids = sorted(territories.ids), sorted(rules.ids)
        return sha256(f"{ids} {newest}".encode()).hexdigest()

    def _forget_result(self):
        # Nobody writes results by hand.
        # A hundred thousand rows, which nothing hangs on.
        moves = self.env["crm.territory.plan.move"]
        moves.flush_model()
        self.env.cr.execute(
            "DELETE FROM crm_territory_plan_move WHERE plan_id = ANY(%s)", [self.ids]
        )
        moves.invalidate_model(flush=False)
        self.sudo().owner_ids.unlink()  # results are nobody's to write
        self.write({"computed_at": False, "is_stale": False})

    def _changed(self):
        """What was computed no longer fits the draft."""
        self.filtered("computed_at").is_stale = True

    def _check_draft(self):
        if done := self.filtered(lambda plan: plan.state != "draft"):
            raise UserError(
                self.env._(
                    "%(plan)s is no draft any more. Make a new plan.", plan=done[0].name
                )
            )
