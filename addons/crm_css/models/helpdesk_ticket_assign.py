from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain
from odoo.tools import split_every

from ..tools.assignment import PARKED, WEIGHTS, Request, choose, route

# Tickets assigned between two commits, and those named in one notice.
BATCH, NAMED = 500, 20


class HelpdeskTicket(models.Model):
    """Which team and member a ticket goes to by itself, and why.

    Only one run hands out tickets at a time, and it does so for many at once: two
    tickets never go by the same count.
    """

    _inherit = "helpdesk.ticket"

    assign_reason = fields.Char(
        "Why This One",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Why the ticket went to this team and this person, or why to nobody yet.",
    )

    @api.depends("team_id")
    def _compute_stage_id(self):
        """As helpdesk_mgmt does it, with one search per team instead of per ticket."""
        for team, tickets in self.grouped("team_id").items():
            stages = team._get_applicable_stages()
            astray = tickets.filtered(lambda t, known=stages: t.stage_id not in known)
            astray.stage_id = stages[:1]

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        if any(not ticket.user_id for ticket in tickets):
            self._trigger_assignment()
        return tickets

    def write(self, vals):
        if "user_id" in vals and "assign_reason" not in vals:
            vals = vals | {"assign_reason": False}  # a person decided
        result = super().write(vals)
        freed = "user_id" in vals and not vals["user_id"]
        if freed or vals.get("team_id") or vals.get("active"):
            self._trigger_assignment()
        return result

    @api.model
    def _trigger_assignment(self):
        """Have the job look at once; it costs a query where nothing is automatic."""
        teams_sudo = self.env["helpdesk.ticket.team"].sudo()  # whether one is automatic
        automatic = Domain("takes_tickets", "=", True) | Domain(
            "assign_method", "!=", "manual"
        )
        if teams_sudo.search_count(automatic, limit=1):
            # Whoever makes a ticket wakes the job up, but does not touch jobs.
            job = "crm_css.crm_ticket_cron_assign"
            if cron := self.env.ref(job, raise_if_not_found=False):
                cron.sudo()._trigger()  # as above

    def action_assign(self):
        """Assign these tickets now, as the job would, also where a team does it by
        hand otherwise."""
        self.check_access("write")
        waiting = self.filtered(lambda t: not t.user_id and not t.closed and t.active)
        if not waiting:
            raise UserError(
                self.env._(
                    "Nothing to assign: these tickets have somebody, or are closed."
                )
            )
        # Chosen by what all have to do, also by tickets that one may not see.
        waiting.sudo()._assign(by_hand=True)
        return True

    @api.model
    def _cron_assign(self):
        """Assign what lies without anybody, the most urgent first."""
        commit = self.env["ir.cron"]._commit_progress
        tickets = self.search(self._assignable_domain(), order=self._assign_order())
        commit(remaining=len(tickets))
        for batch in split_every(BATCH, tickets.ids, self.browse):
            # One that somebody is changing is left for the next run.
            locked = batch.try_lock_for_update()
            locked.invalidate_recordset()
            try:
                locked.filtered_domain(self._assignable_domain())._assign()
            except LockError:
                # Somebody assigns by hand: the rest comes after.
                self._trigger_assignment()
                break
            if not commit(len(batch)):
                break

    @api.model
    def _assign_order(self) -> str:
        return "priority desc, severity desc, create_date, id"

    @api.model
    def _assignable_domain(self) -> Domain:
        """What the job looks at. A ticket without a team counts where some team gets
        tickets by itself."""
        # Whether a team takes tickets does not depend on who may see the team.
        teams = self.env["helpdesk.ticket.team"].sudo()
        hands_out = Domain("team_id.assign_method", "in", ["balanced", "fit"])
        domain = Domain("user_id", "=", False) & Domain("stage_id.closed", "=", False)
        if teams.search_count([("takes_tickets", "=", True)], limit=1):
            hands_out |= Domain("team_id", "=", False)
        return domain & hands_out

    def _assign(self, but: dict[int, int] | None = None, by_hand=False):
        """Give each ticket a team and a member, and say why in one sentence.

        Set-based: the number of queries does not grow with the tickets.

        :param but: by ticket the user who does not get it, such as who gives it away
        :param by_hand: somebody asks for it: also where the team assigns by hand
        :raises LockError: if another transaction assigns to the same people
        """
        requests = self._requests()
        routed = self._route(requests)
        agents = self.env["crm.service.agent"]._of(self.team_id.user_ids)
        agents._lock()
        ready = self.filtered("team_id")
        if not by_hand:
            ready = ready.filtered(lambda t: t.team_id.assign_method != "manual")
        chosen, reasons = ready._choose(requests, agents._members(), but or {})
        for user_id, tickets in chosen.items():
            tickets._give(self.env["res.users"].browse(user_id))
        self._explain(routed, reasons)
        self.env["helpdesk.ticket"]._notify_assigned(chosen)

    def _requests(self) -> dict[int, Request]:
        """Say what each ticket asks for."""
        skills = self.env["crm.service.skill"].search([("active", "=", True)])
        return {ticket.id: ticket._request(skills) for ticket in self}

    def _request(self, skills) -> Request:
        self.ensure_one()
        products = _path(self.product_id.categ_id)
        categories = _path(self.category_id)
        type_id = self.type_id.id or 0
        ours_or_any = (self.company_id.id, False)
        usable = skills.filtered(lambda s: s.company_id.id in ours_or_any)
        ours = self.stage_id.party in ("us", False)
        return Request(
            company=self.company_id.id,
            territories=_path(self.territory_id),
            products=products,
            categories=categories,
            type=type_id,
            lang=self._customer_lang(),
            skills=usable._needed_for(set(products), set(categories), type_id),
            weight=WEIGHTS[self.severity] if ours else PARKED,
        )

    def _customer_lang(self) -> str:
        """Give the code of the language that the customer is answered in."""
        self.ensure_one()
        return self.partner_id.lang or self.commercial_partner_id.lang or ""

    def _route(self, requests: dict[int, Request]) -> dict[int, str]:
        """Put tickets without a team into the one that fits; say why, by ticket."""
        lost = self.filtered(lambda ticket: not ticket.team_id)
        if not lost:
            return {}
        teams = self.env["helpdesk.ticket.team"].search([("takes_tickets", "=", True)])
        criteria = [team._criteria() for team in teams]
        found, reasons = defaultdict(list), {}
        for ticket in lost:
            if best := route(requests[ticket.id], criteria):
                found[best.team].append(ticket.id)
                reasons[ticket.id] = ticket._route_reason(best)
            else:
                reasons[ticket.id] = self.env._("No team takes tickets like this one.")
        for team_id, ids in found.items():
            self.browse(ids)._quietly().write({"team_id": team_id})
        return reasons

    def _route_reason(self, best) -> str:
        team = self.env["helpdesk.ticket.team"].browse(best.team)
        if not best.fits:
            return self.env._(
                "Team %(team)s takes what fits no other", team=team.complete_name
            )
        words = {
            "territory": self.territory_id.complete_name,
            "product": self.product_id.categ_id.display_name,
            "category": self.category_id.complete_name,
            "type": self.type_id.name,
            "skill": self.env._("the skill needed"),
            "lang": self._lang_name(),
        }
        return self.env._(
            "Team %(team)s fits: %(fits)s",
            team=team.complete_name,
            fits=", ".join(words[fit] for fit in best.fits),
        )

    def _lang_name(self) -> str:
        return self.env["res.lang"]._get_data(code=self._customer_lang()).name or ""

    def _choose(self, requests, members, but) -> tuple[dict, dict[int, str]]:
        """Choose a member for each ticket; count what that adds to the desk.

        :return: the tickets of each user, and the reason by ticket
        """
        chosen, reasons = defaultdict(self.browse), {}
        turn = max((member.turn for member in members.values()), default=0)
        there = {
            team: [members[id_] for id_ in team.user_ids.ids if id_ in members]
            for team in self.team_id
        }
        for ticket in self:
            team, request = ticket.team_id, requests[ticket.id]
            by_fit = team.assign_method != "balanced"
            others = [one for one in there[team] if one.user != but.get(ticket.id)]
            found = choose(request, others, team.capacity, by_fit)
            if not found:
                reasons[ticket.id] = ticket._nobody_reason(others)
                continue
            member, fit = found
            turn += 1
            reasons[ticket.id] = ticket._member_reason(member, by_fit and fit)
            member.load, member.turn = member.load + request.weight, turn
            chosen[member.user] |= ticket
        self._store_turns(members, chosen)
        return chosen, reasons

    def _store_turns(self, members, chosen) -> None:
        agents = self.env["crm.service.agent"].search([("user_id", "in", list(chosen))])
        for agent in agents:
            agent.turn = members[agent.user_id.id].turn

    def _nobody_reason(self, there: list) -> str:
        team = self.team_id.complete_name
        if not self.team_id.user_ids:
            return self.env._("Team %(team)s has no members.", team=team)
        if not there:
            return self.env._("Everybody of team %(team)s is away.", team=team)
        return self.env._(
            "Everybody of team %(team)s who is there has too much to do.", team=team
        )

    def _member_reason(self, member, fit) -> str:
        """Say in one sentence why somebody got it. ``fit`` is False where only the load
        counted."""
        user = self.env["res.users"].browse(member.user)
        words = []
        if fit and fit.skills:
            words.append(self.env._("knows the matter"))
        if fit and fit.lang:
            words.append(self.env._("speaks %(lang)s", lang=self._lang_name()))
        if fit and fit.territory:
            words.append(
                self.env._("covers %(place)s", place=self.territory_id.complete_name)
            )
        words.append(
            self.env._(
                "the least to do (%(load)s of %(capacity)s)",
                load=member.load,
                capacity=member.capacity or self.team_id.capacity,
            )
        )
        return self.env._(
            "Given to %(name)s: %(why)s", name=user.name, why=", ".join(words)
        )

    def _give(self, user) -> None:
        """Make tickets somebody's. The reason in the history stands for the tracking,
        and one notice for all stands for one mail each."""
        self._quietly().write({"user_id": user.id})
        self.message_subscribe(user.partner_id.ids)

    def _explain(self, routed: dict[int, str], reasons: dict[int, str]) -> None:
        """Keep the reason where it is new, so that a ticket that waits does not say the
        same thing every ten minutes."""
        bodies = {}
        for ticket in self:
            parts = routed.get(ticket.id), reasons.get(ticket.id)
            reason = ". ".join(part.rstrip(".") for part in parts if part) + "."
            if reason != "." and reason != ticket.assign_reason:
                ticket._quietly().assign_reason = reason
                bodies[ticket.id] = reason
        if bodies:
            self.browse(bodies)._message_log_batch(bodies)

    def _quietly(self):
        return self.with_context(tracking_disable=True)

    @api.model
    def _notify_assigned(self, chosen: dict) -> None:
        """Tell everybody what is new on the desk, in one notice."""
        for user_id, tickets in chosen.items():
            user = self.env["res.users"].browse(user_id)
            env = self.with_context(lang=user.lang).env
            rows = Markup().join(
                Markup('<li><a href="/odoo/helpdesk.ticket/%s">%s</a></li>')
                % (ticket.id, ticket.display_name)
                for ticket in tickets[:NAMED]
            )
            env["mail.thread"].message_notify(
                partner_ids=user.partner_id.ids,
                subject=env._("Tickets for you: %(count)s", count=len(tickets)),
                body=Markup("<ul>%s</ul>") % rows,
                force_send=False,
            )

    # Who is away

    @api.model
    @api.readonly
    def action_open_absent(self) -> dict:
        """Open the tickets that wait for somebody who is away."""
        owners = self._read_group([("closed", "=", False)], ["user_id"])
        users = self.env["res.users"].union(*(user for (user,) in owners))
        # That a colleague is away is for all to know.
        away = self.env["crm.service.agent"].sudo()._away(users.sudo())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tickets of Absent Agents"),
            "res_model": "helpdesk.ticket",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": [("user_id", "in", sorted(away)), ("closed", "=", False)],
            "context": {"search_default_group_user": 1},
            "help": Markup('<p class="o_view_nocontent_smiling_face">%s</p>')
            % self.env._("Nobody with open tickets is away"),
        }


def _path(record) -> tuple[int, ...]:
    """Give the ids of the records above one, from the top, and its own."""
    return tuple(int(part) for part in (record.parent_path or "").split("/") if part)
