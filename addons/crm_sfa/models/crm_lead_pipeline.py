from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain

MANAGER = "sales_team.group_sale_manager"


class CrmLead(models.Model):
    """The check list of a deal's stage, and its next step."""

    _inherit = "crm.lead"

    tick_ids = fields.One2many(
        "crm.lead.criterion", "lead_id", "Criteria Ticked", readonly=True
    )
    checklist = fields.Json(
        "Check List",
        compute="_compute_checklist",
        groups="base.group_user",
        help="What the deal needs to move on to the next stage.",
    )
    open_criterion_count = fields.Integer(
        "Open Criteria",
        compute="_compute_checklist",
        groups="base.group_user",
        help="Required ones that the deal does not fulfil yet.",
    )
    lacks_next_step = fields.Boolean(
        "Without a Next Step",
        compute="_compute_lacks_next_step",
        search="_search_lacks_next_step",
        groups="base.group_user",
        help="Nothing is planned on the deal, or what is planned is overdue.",
    )

    @api.depends("type", "stage_id", "team_id", "tick_ids")
    def _compute_checklist(self):
        deals = self.filtered(lambda lead: lead.type == "opportunity" and lead.stage_id)
        lists = deals._checklists()
        for lead in self:
            lines = lists.get(lead, [])
            lead.checklist = lines
            lead.open_criterion_count = len(self._open(lines))

    @api.depends("type", "active", "won_status", "activity_state")
    def _compute_lacks_next_step(self):
        lacking = self.filtered_domain(self._lacks_next_step_domain())
        lacking.lacks_next_step = True
        (self - lacking).lacks_next_step = False

    def _search_lacks_next_step(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._lacks_next_step_domain()

    @api.model
    def _lacks_next_step_domain(self) -> Domain:
        return Domain(
            [
                ("type", "=", "opportunity"),
                ("active", "=", True),
                ("won_status", "=", "pending"),
                ("activity_state", "in", [False, "overdue"]),
            ]
        )

    def write(self, vals):
        origins = self._stages_left(vals)
        result = super().write(vals)
        self._check_moves(origins)
        return result

    def tick_criterion(self, criterion_id: int, ticked: bool):
        """Tick a criterion of the deal by hand, or take the tick back."""
        self.ensure_one()
        self.check_access("write")
        criterion = self.env["crm.stage.criterion"].browse(criterion_id).exists()
        if criterion.kind != "hand":
            raise UserError(
                self.env._("This criterion is checked by itself. Reload the page.")
            )
        # The right to the deal was checked; ticks are written here only.
        tick_sudo = self.sudo().tick_ids.filtered(
            lambda tick: tick.criterion_id == criterion
        )
        if not ticked:
            tick_sudo.unlink()
        elif not tick_sudo:
            vals = {"lead_id": self.id, "criterion_id": criterion.id}
            tick_sudo.create(vals | {"user_id": self.env.uid})
        return True

    def action_pass_stage(self):
        """Ask a manager for the reason why the deal moves on all the same."""
        self.ensure_one()
        target = self.stage_id._next_stage(self.team_id)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_sfa.crm_stage_pass_action"
        )
        context = {"default_lead_ids": self.ids, "default_stage_id": target.id}
        return action | {"context": context}

    # The check list

    def _checklists(self, target=None) -> dict:
        """Give by deal the lines of its check list on the way to a stage, or to the
        next one. Each criterion is checked once for all deals."""
        # What holds does not depend on which orders the reader may see.
        leads_sudo = self.sudo()
        wanted = defaultdict(leads_sudo.browse)
        for (stage, team), leads in leads_sudo.grouped(
            lambda lead: (lead.stage_id, lead.team_id)
        ).items():
            for rule in self._criteria(stage, target, team):
                wanted[rule] |= leads
        lines = defaultdict(list)
        for rule, leads in wanted.items():
            holding, problem = rule._holding(leads)
            for lead in leads:
                line = lead._checklist_line(rule, lead in holding, problem)
                lines[lead.with_env(self.env)].append(line)
        return lines

    @api.model
    def _criteria(self, stage, target, team):
        # A stage of another team is looked at like any other.
        target = (target and target.sudo()) or stage._next_stage(team)
        return stage._criteria_between(stage, target, team)

    def _checklist_line(self, rule, done, problem) -> dict:
        tick = self.tick_ids.filtered(lambda tick: tick.criterion_id == rule)
        return {
            "id": rule.id,
            "name": rule.name,
            "stage": rule.stage_id.name,
            "moment": rule.moment,
            "by_hand": rule.kind == "hand",
            "required": rule.is_required,
            "done": done,
            "waived": tick.is_waived,
            "reason": tick.reason or "",
            "problem": problem,
        }

    @api.model
    def _open(self, lines) -> list[dict]:
        return [line for line in lines if line["required"] and not line["done"]]

    # Moving on

    def _stages_left(self, vals) -> dict:
        """Give the stage of each deal that is about to get another one. What the
        machine moves by itself is not stopped."""
        if "stage_id" not in vals or self.env.su:
            return {}
        return {
            lead: lead.stage_id
            for lead in self
            if lead.type == "opportunity"
            and lead.stage_id
            and lead.stage_id.id != vals["stage_id"]
        }

    def _check_moves(self, origins):
        """Refuse that deals move on without what is required."""
        problems, passable = [], False
        for lead, origin in origins.items():
            if not origin._is_before(lead.stage_id):
                continue
            missing = self._open(lead._checklist_from(origin))
            passable |= bool(missing)
            told = [lead._missing_text(line) for line in missing]
            told += lead._missing_step()
            if told:
                problems.append((lead, told))
        if problems:
            self._refuse_moves(problems, passable)

    def _checklist_from(self, origin) -> list[dict]:
        lead_sudo = self.sudo()  # what holds does not depend on the reader
        lines = []
        origin_sudo = origin.sudo()  # criteria are the same for all
        rules = origin_sudo._criteria_between(
            origin_sudo, lead_sudo.stage_id, lead_sudo.team_id
        )
        for rule in rules:
            holding, problem = rule._holding(lead_sudo)
            lines.append(lead_sudo._checklist_line(rule, bool(holding), problem))
        return lines

    def _missing_text(self, line) -> str:
        if line["problem"]:
            return self.env._(
                "“%(name)s” of the stage “%(stage)s” cannot be checked (%(error)s); a"
                " manager has to mend it or to let the deal pass",
                name=line["name"],
                stage=line["stage"],
                error=line["problem"],
            )
        return f"“{line['name']}”"

    def _missing_step(self) -> list[str]:
        # The team's rule holds for who may not read the team.
        needed = self.team_id.sudo().requires_next_step and not self.stage_id.is_won
        if needed and self.lacks_next_step:
            return [self.env._("a next step with a date that is not past")]
        return []

    def _refuse_moves(self, problems, passable):
        told = [
            self.env._(
                "“%(deal)s” cannot move on to “%(stage)s” yet. It still needs:"
                " %(missing)s.",
                deal=lead.name,
                stage=lead.stage_id.name,
                missing=", ".join(missing),
            )
            for lead, missing in problems
        ]
        if not (passable and self.env.user.has_group(MANAGER)):
            raise UserError("\n".join(told))
        leads = [lead.id for lead, _missing in problems]
        raise RedirectWarning(
            "\n".join(told),
            self.env.ref("crm_sfa.crm_stage_pass_action").id,
            self.env._("Move on with a reason"),
            {
                "default_lead_ids": leads,
                "default_stage_id": problems[0][0].stage_id.id,
            },
        )

    def _let_pass(self, target, reason):
        """Let deals move on to a stage without what they lack; a manager's decision."""
        for lead in self:
            missing = self._open(lead._checklists(target)[lead])
            # Ticks are written by methods only.
            lead.tick_ids.sudo().create(
                [
                    {
                        "lead_id": lead.id,
                        "criterion_id": line["id"],
                        "user_id": self.env.uid,
                        "is_waived": True,
                        "reason": reason,
                    }
                    for line in missing
                ]
            )
            lead.message_post(
                body=self.env._(
                    "Let pass to “%(stage)s” without %(missing)s. Reason: %(reason)s",
                    stage=target.name,
                    missing=", ".join(f"“{line['name']}”" for line in missing) or "—",
                    reason=reason,
                )
            )
        self.write({"stage_id": target.id})
