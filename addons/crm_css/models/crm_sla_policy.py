from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from ..tools.sla import Rule

# What a policy promises, by the kind of clock that watches it.
TARGETS = {
    "first_answer": "first_answer_hours",
    "next_answer": "next_answer_hours",
    "resolution": "resolution_hours",
}
SEVERITIES = {
    "0": "severity_question",
    "1": "severity_minor",
    "2": "severity_major",
    "3": "severity_standstill",
}
CLASSES = {"a": "class_a", "b": "class_b", "c": "class_c"}
# A year around the clock.
MOST_HOURS = 8784


class CrmSlaPolicy(models.Model):
    """What is promised to which tickets: how many working hours until an answer, and
    until they are resolved. Of the policies that apply, the strictest holds for each
    of the promises."""

    _name = "crm.sla.policy"
    _description = "SLA Policy"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(
        default=10, help="Decides between two policies that are equally strict."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Empty: for all companies.",
    )
    team_ids = fields.Many2many(
        "helpdesk.ticket.team",
        "crm_sla_policy_team_rel",
        "policy_id",
        "team_id",
        "Teams",
        help="Only tickets of these teams; empty: of any.",
    )
    type_ids = fields.Many2many(
        "helpdesk.ticket.type",
        "crm_sla_policy_type_rel",
        "policy_id",
        "type_id",
        "Types",
        help="Only tickets of these types; empty: of any.",
    )
    severity_question = fields.Boolean("Question")
    severity_minor = fields.Boolean("Minor")
    severity_major = fields.Boolean("Major")
    severity_standstill = fields.Boolean("Standstill")
    class_a = fields.Boolean("A")
    class_b = fields.Boolean("B")
    class_c = fields.Boolean("C")
    level_ids = fields.Many2many(
        "crm.service.level",
        "crm_sla_policy_level_rel",
        "policy_id",
        "level_id",
        "Service Levels",
        help="Only tickets under a contract of these levels; empty: with and without"
        " a contract.",
    )
    territory_ids = fields.Many2many(
        "crm.territory",
        "crm_sla_policy_territory_rel",
        "policy_id",
        "territory_id",
        "Territories",
        help="Only tickets of these territories and of those below them; empty: of"
        " any.",
    )
    product_ids = fields.Many2many(
        "product.product",
        "crm_sla_policy_product_rel",
        "policy_id",
        "product_id",
        "Products",
        help="Only tickets about these products; empty: about any.",
    )
    first_answer_hours = fields.Float(
        "First Answer Within",
        help="Working hours until our first word to the customer; 0: not promised.",
    )
    next_answer_hours = fields.Float(
        "Next Answers Within",
        help="Working hours until we answer each further question; 0: not promised.",
    )
    resolution_hours = fields.Float(
        "Resolution Within",
        help="Working hours until the ticket is closed. The time in which the customer"
        " or a supplier has to act does not count. 0: not promised.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        index="btree_not_null",
        check_company=True,
        help="The hours that count. Empty: those of the team, or else of the company. A"
        " contract with hours of its own goes before all of them.",
    )
    tz = fields.Selection(
        _tz_get,
        "Time Zone",
        help="Where the working hours are those of the clock on the wall. Empty: the"
        " time zone of the working hours.",
    )
    warn_first = fields.Float(
        "First Warning At",
        default=0.5,
        help="The agent is warned when so much of the time is used; 0: no warning.",
    )
    warn_second = fields.Float(
        "Second Warning At",
        default=0.8,
        help="The agent is warned once more when so much of the time is used; 0: no"
        " warning.",
    )
    escalate_to = fields.Selection(
        [("leader", "The team leader"), ("user", "A user"), ("group", "A role")],
        required=True,
        default="leader",
        help="Who is told of a breach. Whoever is away is left out: the stand-in is"
        " told, or another who is at work.",
    )
    escalate_user_id = fields.Many2one(
        "res.users", "Told", index="btree_not_null", domain="[('share', '=', False)]"
    )
    escalate_group_id = fields.Many2one("res.groups", "Role", index="btree_not_null")
    clock_count = fields.Integer("Clocks", compute="_compute_clock_count")
    scope = fields.Char("Applies To", compute="_compute_scope")
    problem = fields.Char(compute="_compute_problem")

    _hours_sensible = models.Constraint(
        f"""CHECK (COALESCE(first_answer_hours, 0) BETWEEN 0 AND {MOST_HOURS}
            AND COALESCE(next_answer_hours, 0) BETWEEN 0 AND {MOST_HOURS}
            AND COALESCE(resolution_hours, 0) BETWEEN 0 AND {MOST_HOURS})""",
        "A target is a number of working hours from 0 (nothing promised) to 8784, which"
        " is a year around the clock.",
    )
    _warnings_sensible = models.Constraint(
        """CHECK (COALESCE(warn_first, 0) >= 0 AND COALESCE(warn_first, 0) < 1
            AND COALESCE(warn_second, 0) >= 0 AND COALESCE(warn_second, 0) < 1)""",
        "A warning comes before the time is over: enter 0 % (no warning) to 99 %.",
    )

    def _compute_clock_count(self):
        counts = dict(
            self.env["crm.sla.clock"]._read_group(
                [("policy_id", "in", self.ids)], ["policy_id"], ["__count"]
            )
        )
        for policy in self:
            policy.clock_count = counts.get(policy, 0)

    @api.depends(
        "team_ids",
        "type_ids",
        "level_ids",
        "territory_ids",
        "product_ids",
        *SEVERITIES.values(),
        *CLASSES.values(),
    )
    def _compute_scope(self):
        for policy in self:
            records = (
                policy.team_ids,
                policy.type_ids,
                policy.level_ids,
                policy.territory_ids,
                policy.product_ids,
            )
            parts = [
                policy._chosen_labels(SEVERITIES),
                policy._chosen_labels(CLASSES),
                *(chosen.mapped("display_name") for chosen in records),
            ]
            texts = [", ".join(names) for names in parts if names]
            policy.scope = " · ".join(texts) or self.env._("All tickets")

    @api.depends("calendar_id.attendance_ids", "team_ids.resource_calendar_id")
    def _compute_problem(self):
        for policy in self:
            calendars = policy.calendar_id or (
                policy.team_ids.resource_calendar_id
                | (policy.company_id or self.env.company).resource_calendar_id
            )
            idle = [one for one in calendars if not one._sla_is_usable()]
            policy.problem = idle[0]._sla_problem() if idle else False

    @api.constrains(*TARGETS.values())
    def _check_targets(self):
        for policy in self:
            if not any(policy[name] for name in TARGETS.values()):
                raise ValidationError(
                    self.env._(
                        "“%(policy)s” promises nothing: enter the hours for an answer"
                        " or for the resolution.",
                        policy=policy.name,
                    )
                )

    @api.constrains("warn_first", "warn_second")
    def _check_warnings(self):
        for policy in self:
            if policy.warn_first and 0 < policy.warn_second <= policy.warn_first:
                raise ValidationError(
                    self.env._(
                        "“%(policy)s”: the second warning must come after the first.",
                        policy=policy.name,
                    )
                )

    @api.constrains("calendar_id")
    def _check_calendar(self):
        for policy in self:
            if policy.calendar_id and not policy.calendar_id._sla_is_usable():
                raise ValidationError(policy.calendar_id._sla_problem())

    @api.constrains("escalate_to", "escalate_user_id", "escalate_group_id")
    def _check_escalation(self):
        for policy in self:
            named = {"user": "escalate_user_id", "group": "escalate_group_id"}
            field = named.get(policy.escalate_to)
            if field and not policy[field]:
                raise ValidationError(
                    self.env._(
                        "“%(policy)s”: say who is told of a breach.", policy=policy.name
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if used := self.filtered("clock_count")[:1]:
            raise UserError(
                self.env._(
                    "Tickets were promised what “%(policy)s” says, so it stays on"
                    " record. Archive it instead: new tickets do not fall under it"
                    " then.",
                    policy=used.name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        self.env.registry.clear_cache()
        return policies

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.readonly
    def action_open_clocks(self) -> dict:
        """Open the clocks that run or ran under the policy."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_css.crm_sla_clock_action"
        )
        return action | {"domain": [("policy_id", "=", self.id)], "context": {}}

    @api.model
    @tools.ormcache()
    def _rules(self) -> tuple[Rule, ...]:
        """Give all policies in use; few, and asked for each ticket."""
        # Policies hold for all tickets; they are kept in one cache for all users.
        policies_sudo = self.sudo().search([("active", "=", True)])
        return tuple(policy._rule() for policy in policies_sudo)

    def _rule(self) -> Rule:
        self.ensure_one()
        return Rule(
            id=self.id,
            sequence=self.sequence,
            company=self.company_id.id or 0,
            teams=frozenset(self.team_ids.ids),
            types=frozenset(self.type_ids.ids),
            severities=self._chosen(SEVERITIES),
            classes=self._chosen(CLASSES),
            levels=frozenset(self.level_ids.ids),
            products=frozenset(self.product_ids.ids),
            territories=frozenset(self.territory_ids.ids),
            targets={
                kind: self[name] for kind, name in TARGETS.items() if self[name] > 0
            },
            calendar=self.calendar_id.id or 0,
            tz=self.tz or "",
            warn_first=self.warn_first,
            warn_second=self.warn_second,
        )

    def _chosen(self, names: dict[str, str]) -> frozenset[str]:
        return frozenset(key for key, name in names.items() if self[name])

    def _chosen_labels(self, names: dict[str, str]) -> list[str]:
        labels = self.fields_get(list(names.values()), ["string"])
        return [labels[name]["string"] for name in names.values() if self[name]]
