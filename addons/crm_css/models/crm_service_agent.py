from odoo import api, fields, models
from odoo.exceptions import LockError, ValidationError
from odoo.tools import SQL

from ..tools.assignment import PARKED, WEIGHTS, Member

AGENTS = "helpdesk_mgmt.group_helpdesk_user_own"


class CrmServiceAgent(models.Model):
    """What one member of the teams knows, speaks, and can carry at a time."""

    _name = "crm.service.agent"
    _description = "Service Agent"
    _rec_name = "user_id"
    _order = "user_id"

    user_id = fields.Many2one(
        "res.users",
        "Agent",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False)]",
    )
    skill_ids = fields.Many2many(
        "crm.service.skill",
        "crm_service_agent_skill_rel",
        "agent_id",
        "skill_id",
        string="Skills",
    )
    lang_ids = fields.Many2many(
        "res.lang",
        "crm_service_agent_lang_rel",
        string="Languages",
        help="What the agent speaks with customers, beside the language of the own"
        " screen.",
    )
    capacity = fields.Integer(
        aggregator=None,
        help="The most open work at a time. A question counts 1, a minor matter 2, a"
        " major one 3, a standstill 5; what waits for somebody else counts 1. Zero: as"
        " the team says.",
    )
    turn = fields.Integer(readonly=True, export_string_translation=False)
    load = fields.Integer("Open Work", compute="_compute_load")
    is_away = fields.Boolean(
        "Away", compute="_compute_is_away", help="Gets no tickets at this moment."
    )

    _user_uniq = models.Constraint(
        "UNIQUE (user_id)", "This agent is there already. Open that line."
    )
    _capacity_not_negative = models.Constraint(
        "CHECK (capacity >= 0)", "The capacity of an agent is zero or more."
    )

    def _compute_load(self):
        loads = self._loads(self.user_id)
        for agent in self:
            agent.load = loads.get(agent.user_id.id, 0)

    def _compute_is_away(self):
        away = self._away(self.user_id)
        for agent in self:
            agent.is_away = agent.user_id.id in away

    @api.constrains("user_id")
    def _check_user_id(self):
        for agent in self:
            if agent.user_id.share:
                raise ValidationError(
                    self.env._(
                        "%(name)s is a customer's or partner's login. Agents are"
                        " employees.",
                        name=agent.user_id.name,
                    )
                )

    @api.readonly
    def action_open_tickets(self) -> dict:
        """Open what is on the agent's desk."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tickets of %(name)s", name=self.user_id.name),
            "res_model": "helpdesk.ticket",
            "views": [(False, "list"), (False, "form")],
            "domain": [("user_id", "=", self.user_id.id), ("closed", "=", False)],
        }

    @api.model
    def _of(self, users):
        """Give the lines of some users; those that are missing are made."""
        if users:
            self.env.execute_query(
                SQL(
                    """INSERT INTO crm_service_agent (user_id, capacity, turn,
                        create_uid, create_date, write_uid, write_date)
                    SELECT id, 0, 0, %(uid)s, %(now)s, %(uid)s, %(now)s
                    FROM unnest(%(ids)s) AS id
                    ON CONFLICT (user_id) DO NOTHING RETURNING 1""",
                    uid=self.env.uid,
                    now=fields.Datetime.now(),
                    ids=users.ids,
                )
            )
        return self.search([("user_id", "in", users.ids)])

    @api.model
    def _loads(self, users) -> dict[int, int]:
        """Weigh the open tickets of each user, whoever may see them."""
        tickets_sudo = self.env["helpdesk.ticket"].sudo()  # counts, of tickets of all
        groups = tickets_sudo._read_group(
            [("user_id", "in", users.ids), ("closed", "=", False)],
            ["user_id", "severity", "stage_id"],
            ["__count"],
        )
        loads = dict.fromkeys(users.ids, 0)
        for user, severity, stage, count in groups:
            weight = WEIGHTS[severity] if stage.party in ("us", False) else PARKED
            loads[user.id] += count * weight
        return loads

    @api.model
    def _away(self, users) -> set[int]:
        """Give the ids of those who get nothing now: a stand-in acts for them, they
        have time off, they are archived, or may not work on tickets any more."""
        now = fields.Datetime.now()
        periods = self.env["crm.stand.in"]._periods()
        away = {period.absent for period in periods if period.runs_at(now)}
        # Time off of colleagues is read for this one question.
        leaves_sudo = self.env["resource.calendar.leaves"].sudo()
        off = leaves_sudo.search(
            [
                ("resource_id.user_id", "in", users.ids),
                ("time_type", "=", "leave"),
                ("date_from", "<=", now),
                ("date_to", ">", now),
            ]
        )
        away |= set(off.resource_id.user_id.ids)
        # Who is in a group is for administrators to read.
        working = self.env.ref(AGENTS).sudo().all_user_ids.filtered("active")
        return away & set(users.ids) | set((users - working).ids)

    def _lock(self) -> None:
        """Be the only one who hands out tickets to these agents: a second one counts
        what they have only after the first is done.

        What another transaction has handed out since this one began makes the
        database refuse, and the request is tried again from its beginning.
        """
        try:
            self.lock_for_update()
        except LockError as error:
            raise LockError(
                self.env._(
                    "Tickets are being assigned at this moment. Try again in a minute."
                )
            ) from error

    def _members(self) -> dict[int, Member]:
        """Give the agents who are there, by user, with what is on their desks."""
        away = self._away(self.user_id)
        present = self.filtered(lambda agent: agent.user_id.id not in away)
        loads = self._loads(present.user_id)
        territories = self._territories(present.user_id)
        return {
            agent.user_id.id: Member(
                user=agent.user_id.id,
                load=loads[agent.user_id.id],
                capacity=agent.capacity,
                turn=agent.turn,
                companies=frozenset(agent.user_id.company_ids.ids),
                territories=frozenset(territories.get(agent.user_id.id, ())),
                langs=frozenset([agent.user_id.lang, *agent.lang_ids.mapped("code")]),
                skills=frozenset(agent.skill_ids.ids),
            )
            for agent in present
        }

    @api.model
    def _territories(self, users) -> dict[int, set[int]]:
        """Give the territories that each user owns or is a member of."""
        found = {}
        domain = ["|", ("user_id", "in", users.ids), ("member_ids", "in", users.ids)]
        # Whose a territory is decides, not who may read it.
        for territory in self.env["crm.territory"].sudo().search(domain):
            for user in territory.user_id | territory.member_ids:
                found.setdefault(user.id, set()).add(territory.id)
        return found
