from ast import literal_eval
from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from ..tools.lead_assign import Asked, HandOut, Seller
from .crm_lead_assign import Given


class HandOutRun:
    """One run of handing out leads to members of teams: who is there, what each got
    before, and the reasons, in the words of the reader."""

    def __init__(self, members):
        self.members = members
        self.leads = members.env["crm.lead"]
        self.shares = members.env["crm.lead.assign.share"]
        self.sellers = members._sellers()
        self.before = {
            (one.team, one.user): (one.wanted, one.got) for one in self.sellers.values()
        }
        self.of_user = defaultdict(list)
        for seller in self.sellers.values():
            self.of_user[seller.user].append(seller)
        self.turns = HandOut()
        names = members.user_id.mapped(lambda user: (user.id, user.name))
        self.labels = {"users": dict(names), "fits": self.leads._fit_labels()}

    def give(self, leads) -> list[Given]:
        """Choose for each lead, in their order."""
        asked = leads._asked()
        groups = self._groups(leads)
        found = [self.choose(asked[lead.id], groups[lead.id]) for lead in leads]
        self.store()
        return [
            Given(lead.id, user, team or lead.team_id.id, reason)
            for lead, (user, team, reason) in zip(leads, found, strict=True)
        ]

    def choose(self, asked: Asked, group: tuple) -> tuple[int, int, str]:
        """Give user, team and reason; of the first groups of sellers that has room."""
        for sellers in group:
            if choice := self.turns.choose(asked, sellers):
                for other in self.of_user[choice.seller.user]:
                    # One desk, however many teams somebody belongs to.
                    other.room = min(other.room, choice.seller.room)
                reason = self.leads._choice_reason(choice, self.labels)
                return choice.seller.user, choice.seller.team, reason
        return 0, 0, self._nobody(group)

    def all_sellers(self) -> tuple:
        return (tuple(self.sellers.values()),)

    def store(self) -> None:
        self.shares._add(self.sellers.values(), self.before)
        self.before = {
            (one.team, one.user): (one.wanted, one.got) for one in self.sellers.values()
        }

    def _nobody(self, group: tuple) -> str:
        env = self.leads.env
        if not self.members:
            return env._("The team has nobody else who could take it.")
        if not self.sellers:
            return env._("Everybody who could take it is away.")
        if not any(group):
            return env._("No member of the team takes leads like this one.")
        return env._("Everybody who could take it has as many open leads as allowed.")

    def _groups(self, leads) -> dict[int, tuple]:
        """Give by lead the sellers who may have it: those who prefer such leads, then
        all whose filter lets it pass. Odoo's own filters of the members decide."""
        plain, preferring = defaultdict(list), defaultdict(list)
        of_team = defaultdict(list)
        for member in self.members.filtered(lambda m: m.id in self.sellers):
            of_team[member.crm_team_id].append(member)
        everybody = [member for some in of_team.values() for member in some]
        for team, mine in leads.grouped("team_id").items():
            # A lead without a team may go to anybody.
            for member in of_team[team] if team else everybody:
                seller = self.sellers[member.id]
                passed = _filtered(mine, member.assignment_domain)
                for lead_id in passed._ids:
                    plain[lead_id].append(seller)
                if literal_eval(member.assignment_domain_preferred or "[]"):
                    liked = _filtered(passed, member.assignment_domain_preferred)
                    for lead_id in liked._ids:
                        preferring[lead_id].append(seller)
        return {
            id_: (tuple(preferring[id_]), tuple(plain[id_]))
            if id_ in preferring
            else (tuple(plain[id_]),)
            for id_ in leads._ids
        }


class CrmTeam(models.Model):
    """Odoo's own assignment of leads, with another way to choose: by fit and by turn
    instead of by chance, and for all leads at once."""

    _inherit = "crm.team"

    @api.model
    def _hand_out_run(self, members) -> HandOutRun:
        """Begin to hand out to some members; nobody else does meanwhile, for each run
        counts what everybody has.

        :raises LockError: if somebody else does
        """
        members.lock_for_update(allow_referencing=True)
        return HandOutRun(members)

    def _allocate_leads(self, creation_delta_days=7):
        """Put leads without a team into one: those that double each other as Odoo does
        it, all others by turn, the teams weighing what their members may get."""
        done = {
            team: {
                "team": team,
                "assigned": set(),
                "merged": set(),
                "duplicates": set(),
            }
            for team in self
            if team.assignment_max
        }
        domains = {team: team._allocatable_domain(creation_delta_days) for team in done}
        self._allocate_doubles(done, domains)
        found = {
            team: self.env["crm.lead"]._search(domain, order="id").get_result_ids()
            for team, domain in domains.items()
        }
        for team, ids in self._choose_teams(found).items():
            leads = self.env["crm.lead"].browse(ids)
            leads.with_context(tracking_disable=True).write({"team_id": team.id})
            done[team]["assigned"].update(ids)
        return done

    def _allocatable_domain(self, days: int) -> Domain:
        # Settings are for administrators to read.
        config = self.env["ir.config_parameter"].sudo()
        delay = float(config.get_param("crm.assignment.delay", default=0))
        now = self.env.cr.now()
        domain = Domain(literal_eval(self.assignment_domain or "[]"))
        domain &= Domain(
            [
                ("create_date", "<=", now - timedelta(hours=delay)),
                ("team_id", "=", False),
                ("user_id", "=", False),
                ("won_status", "!=", "won"),
            ]
        )
        if self.company_id:
            domain &= Domain("company_id", "in", [False, self.company_id.id])
        if days > 0:
            domain &= Domain("create_date", ">", now - timedelta(days=days))
        return domain

    def _allocate_doubles(self, done: dict, domains: dict) -> None:
        """Merge leads of one mail address as Odoo does, and put them into a team.

        Odoo looks for doubles of each lead by a query of its own; one query finds the
        few that have any.
        """
        for team, domain in domains.items():
            waiting = self.env["crm.lead"].search(
                domain & Domain("email_normalized", "!=", False)
            )
            groups = self.env["crm.lead"]._read_group(
                [("email_normalized", "in", waiting.mapped("email_normalized"))],
                ["email_normalized"],
                having=[("__count", ">", 1)],
            )
            shared = {mail for (mail,) in groups}
            doubled = waiting.filtered(
                lambda lead, s=shared: lead.email_normalized in s
            )
            if not doubled:
                continue
            result = team._allocate_leads_deduplicate(doubled)
            for key in ("assigned", "merged", "duplicates"):
                done[team][key].update(result[key])
            self.env["crm.lead"].browse(result["duplicates"]).unlink()

    def _choose_teams(self, found: dict) -> dict:
        """Choose the team of each lead by turn, among those that would take it."""
        shares = self.env["crm.lead.assign.share"]
        before = shares._so_far(self)
        takers = defaultdict(list)
        sellers = {}
        for team, ids in found.items():
            wanted, got = before.get((team.id, 0), (0, 0))
            sellers[team.id] = Seller(
                user=0,
                team=team.id,
                weight=team.assignment_max,
                room=len(ids),
                wanted=wanted,
                got=got,
            )
            for lead_id in ids:
                takers[lead_id].append(sellers[team.id])
        run, chosen = HandOut(), defaultdict(list)
        for lead_id in sorted(takers):
            choice = run.choose(Asked(), tuple(takers[lead_id]))
            chosen[self.browse(choice.seller.team)].append(lead_id)
        shares._add(sellers.values(), before)
        return chosen

    def _assign_and_convert_leads(self, force_quota=False):
        """Give the leads of these teams to their members, the likeliest first."""
        members = self.crm_team_member_ids
        leads = self.env["crm.lead"].search(
            self._get_lead_to_assign_domain(), order="probability desc, id"
        )
        run = self._hand_out_run(members)
        given = [one for one in run.give(leads) if one.user]
        leads._give(given, "auto")
        result = {
            member: {"assigned": self.env["crm.lead"], "quota": max(0, seller.room)}
            for member in members
            if (seller := run.sellers.get(member.id))
        }
        owner = {(m.crm_team_id.id, m.user_id.id): m for m in members}
        by_member = defaultdict(list)
        for one in given:
            by_member[owner[one.team, one.user]].append(one.lead)
        for member, ids in by_member.items():
            result[member]["assigned"] = self.env["crm.lead"].browse(ids)
        return result


def _filtered(leads, domain: str):
    domain = literal_eval(domain or "[]")
    return leads.filtered_domain(domain) if domain else leads
