from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

FIGURES = ("customers", "important", "income", "pipeline", "activities", "quota")


class CrmTerritoryPlanFigures(models.AbstractModel):
    """What a territory or an owner has before and would have after."""

    _name = "crm.territory.plan.figures"
    _description = "Figures of a Plan of Territories"

    plan_id = fields.Many2one(
        "crm.territory.plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    customers_before = fields.Integer("Customers", readonly=True)
    customers_after = fields.Integer(readonly=True)
    important_before = fields.Integer("Class A", readonly=True)
    important_after = fields.Integer("Class A After", readonly=True)
    income_before = fields.Monetary(
        "Income", readonly=True, help="Orders of the last 12 months, without tax."
    )
    income_after = fields.Monetary(readonly=True)
    pipeline_before = fields.Monetary("Open Deals", readonly=True)
    pipeline_after = fields.Monetary("Open Deals After", readonly=True)
    activities_before = fields.Integer(
        "Load", readonly=True, help="Open activities on customers and their deals."
    )
    activities_after = fields.Integer("Load After", readonly=True)
    quota_before = fields.Monetary(
        "Quota", readonly=True, help="Quotas of order income of today, in force."
    )
    quota_after = fields.Monetary(
        "Quota by Income",
        readonly=True,
        help="What the quota would be if it followed the income. Quotas change only"
        " when you cut them anew.",
    )


class CrmTerritoryPlanLine(models.Model):
    """A territory in a plan: one that exists, or a new one that is split off."""

    _name = "crm.territory.plan.line"
    _description = "Territory in a Plan"
    _inherit = ["crm.territory.plan.figures"]
    _order = "plan_id desc, sequence, name, id"
    _check_company_auto = True

    territory_id = fields.Many2one(
        "crm.territory",
        readonly=True,
        ondelete="cascade",
        check_company=True,
        help="Empty: a new one.",
    )
    name = fields.Char(required=True)
    parent_id = fields.Many2one(
        "crm.territory", "Part of", ondelete="set null", check_company=True
    )
    sequence = fields.Integer(default=10)
    user_before_id = fields.Many2one(
        "res.users", "Owner Today", readonly=True, ondelete="set null"
    )
    user_id = fields.Many2one(
        "res.users",
        "Owner",
        domain="[('share', '=', False)]",
        ondelete="set null",
        check_company=True,
    )

    _territory_uniq = models.UniqueIndex(
        "(plan_id, territory_id) WHERE territory_id IS NOT NULL",
        "This territory is in the plan already.",
    )

    @api.constrains("parent_id")
    def _check_parent(self):
        for line in self.filtered("territory_id"):
            if line.parent_id != line.territory_id.parent_id:
                raise ValidationError(
                    self.env._(
                        "%(name)s stays where it is in the tree. Change that in the"
                        " territory itself.",
                        name=line.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.plan_id._check_draft()
        lines.plan_id._changed()
        return lines

    def write(self, vals):
        if not self.env.su and "territory_id" in vals:
            raise UserError(
                self.env._("Which territory a line is about is not changed by hand.")
            )
        if vals.keys() & {"name", "parent_id", "sequence", "user_id"}:
            self.plan_id._check_draft()
            self.plan_id._changed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_existing(self):
        # A plan that is begun anew takes its lines along.
        if not self.env.su and (existing := self.territory_id):
            raise UserError(
                self.env._(
                    "%(name)s is a territory in use, and stays in the plan. To empty"
                    " it, move its rules to another one.",
                    name=existing[0].complete_name,
                )
            )
        self.plan_id._changed()

    def _is_changed(self) -> bool:
        """Tell whether customers come, go or get another owner."""
        self.ensure_one()
        return (
            self.user_id != self.user_before_id
            or self.customers_before != self.customers_after
        )

    def _path(self) -> tuple[int, ...]:
        """The way from the top, of ids that no two territories share."""
        if self.territory_id:
            return self.territory_id._path()
        return (*self.parent_id._path(), -self.id)

    def _draft_rule(self, rule) -> dict:
        return rule._conditions_vals() | {
            "plan_id": self.plan_id.id,
            "line_id": self.id,
            "rule_id": rule.id,
        }
