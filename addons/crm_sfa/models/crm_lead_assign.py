from collections import defaultdict
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_base.tools.territory import Address

from ..tools.lead_assign import Asked, Choice

# Leads that one notice names.
NAMED = 20


class Given(NamedTuple):
    """A lead that goes to somebody, or to nobody, and why."""

    lead: int
    user: int
    team: int
    reason: str


class CrmLead(models.Model):
    """Whose a lead is, and why."""

    _inherit = "crm.lead"

    industry_id = fields.Many2one(
        "res.partner.industry",
        "Trade",
        compute="_compute_industry_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        help="Who knows the trade gets the lead first.",
    )
    interest_categ_id = fields.Many2one(
        "product.category",
        "Interested in",
        index="btree_not_null",
        help="What they ask about. Who knows these products gets the lead first.",
    )
    assign_log_ids = fields.One2many(
        "crm.lead.assign.log", "lead_id", "Assignments", readonly=True
    )
    assign_reason = fields.Char(
        "Why This Salesperson",
        compute="_compute_assign_reason",
        help="The reason of the last assignment.",
    )
    may_hand_back = fields.Boolean(
        compute="_compute_may_hand_back", export_string_translation=False
    )

    @api.depends("partner_id")
    def _compute_industry_id(self):
        for lead in self:
            partner = lead.partner_id.commercial_partner_id
            lead.industry_id = partner.industry_id or lead.industry_id

    @api.depends("assign_log_ids")
    def _compute_assign_reason(self):
        for lead in self:
            lead.assign_reason = lead.assign_log_ids.sorted("id")[-1:].reason

    @api.depends_context("uid")
    @api.depends("user_id", "won_status")
    def _compute_may_hand_back(self):
        leads = self.env.user.has_group("sales_team.group_sale_salesman_all_leads")
        for lead in self:
            mine = lead.user_id and (leads or lead.user_id == self.env.user)
            lead.may_hand_back = bool(mine and lead.won_status == "pending")

    def write(self, vals):
        if "user_id" not in vals or self.env.context.get("crm_assigning"):
            return super().write(vals)
        before = {lead.id: lead.user_id for lead in self}
        result = super().write(vals)
        self._log_by_hand(before)
        return result

    def _log_by_hand(self, before: dict) -> None:
        changed = self.filtered(lambda lead: lead.user_id != before[lead.id])
        # Sellers write leads, and nobody writes the log by hand.
        self.env["crm.lead.assign.log"].sudo().create(
            [
                {
                    "lead_id": lead.id,
                    "user_id": lead.user_id.id,
                    "previous_user_id": before[lead.id].id,
                    "team_id": lead.team_id.id,
                    "company_id": lead.company_id.id,
                    "kind": "hand",
                    "reason": self.env._("Set by %(name)s", name=self.env.user.name),
                }
                for lead in changed
            ]
        )

    def action_hand_back(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand the Lead Back"),
            "res_model": "crm.lead.hand.back",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_lead_id": self.id},
        }

    def _hand_back(self, reason: str) -> None:
        """Give a lead to the next one, who is none of those who handed it back."""
        self.ensure_one()
        self.check_access("write")
        if not self.may_hand_back:
            raise UserError(
                self.env._(
                    "“%(lead)s” is not yours to hand back: it belongs to somebody else,"
                    " or is closed.",
                    lead=self.name,
                )
            )
        # The next one is chosen among all, and takes a lead one may see no more.
        lead_sudo = self.sudo()
        logs_sudo = lead_sudo.assign_log_ids.filtered(lambda log: log.kind == "back")
        refused = set(logs_sudo.previous_user_id.ids) | {lead_sudo.user_id.id}
        given = lead_sudo._choose_next(refused)
        why = self.env._(
            "Handed back by %(name)s: %(reason)s. %(next)s",
            name=lead_sudo.user_id.name,
            reason=reason.strip().rstrip("."),
            next=given.reason,
        )
        lead_sudo._give([given._replace(reason=why)], "back")
        lead_sudo._message_log(body=why)

    def _choose_next(self, refused: set[int]) -> Given:
        members = self.team_id.crm_team_member_ids.filtered(
            lambda member: member.user_id.id not in refused
        )
        run = self.env["crm.team"]._hand_out_run(members)
        return run.give(self)[0]

    def _asked(self) -> dict[int, Asked]:
        """Say by lead what it asks for; no query of its own for each."""
        matcher = self.env["crm.territory"]._matcher()
        paths = self.env["crm.lead"]._territory_paths()
        found = {}
        for lead in self:
            territory = lead.partner_id.territory_id.id
            if not territory:
                territory = matcher.find(lead._territory_address())
            found[lead.id] = Asked(
                territories=paths.get(territory, ()),
                products=_path(lead.interest_categ_id),
                trade=lead.industry_id.id or 0,
                language=lead.lang_id.code or lead.partner_id.lang or "",
            )
        return found

    @api.model
    def _territory_paths(self) -> dict[int, tuple[int, ...]]:
        # Where somebody lives decides, not who may read the territory.
        territories_sudo = (
            self.env["crm.territory"].sudo().search([("active", "=", True)])
        )
        return {territory.id: _path(territory) for territory in territories_sudo}

    def _territory_address(self) -> Address:
        return Address(
            company=self.company_id.id or None,
            country=self.country_id.id or None,
            state=self.state_id.id or None,
            zip=self.zip or "",
            trade=self.industry_id.id or None,
        )

    @api.model
    def _choice_reason(self, choice: Choice, labels: dict) -> str:
        """Say in one sentence why somebody gets a lead."""
        name = labels["users"][choice.seller.user]
        met = [labels["fits"][fit] for fit in choice.fits]
        if choice.equals > 1:
            turn = self.env._(
                "next by weight among %(count)s, got %(got)s of %(due)s due",
                count=choice.equals,
                got=choice.seller.got,
                due=round(choice.seller.wanted, 1),
            )
            met.append(turn)
        elif met:
            met.append(self.env._("nobody fits better"))
        else:
            met.append(self.env._("the only one who is there and has room"))
        return self.env._("%(name)s: %(why)s", name=name, why=", ".join(met))

    @api.model
    def _fit_labels(self) -> dict[str, str]:
        return {
            "territory": self.env._("covers the territory"),
            "language": self.env._("speaks the language"),
            "product": self.env._("knows the products"),
            "trade": self.env._("knows the trade"),
        }

    @api.model
    def _give(self, given: list[Given], kind: str) -> None:
        """Write who gets which lead: one write for each seller, one for the log."""
        leads = self.browse([one.lead for one in given])
        before = {lead.id: lead.user_id.id for lead in leads}
        by_target = defaultdict(list)
        for one in given:
            by_target[one.user, one.team].append(one.lead)
        for (user, team), ids in by_target.items():
            self.browse(ids)._give_to(user, team)
        # After all writes, so that what follows from them is computed once.
        self._bulk_follow(leads)
        self._log_given(given, before, kind)
        self._notify_given(given)

    def _give_to(self, user: int, team: int) -> None:
        """One write for all. The log stands for the tracking of each."""
        leads = self.with_context(tracking_disable=True, crm_assigning=True)
        vals = {"user_id": user or False} | ({"team_id": team} if team else {})
        fresh = leads.filtered(lambda lead: user and lead.type == "lead")
        for part, more in ((fresh, fresh._opportunity_vals()), (leads - fresh, {})):
            if part:
                part.write(vals | more)

    def _opportunity_vals(self) -> dict:
        """What Odoo's own assignment writes to make deals of leads, for many."""
        if not self:
            return {}
        vals = self[:1]._convert_opportunity_data(self[:1].partner_id)
        # Each keeps its own, or gets that of its team.
        vals.pop("stage_id", None)
        return vals

    @api.model
    def _log_given(self, given: list[Given], before: dict, kind: str) -> None:
        # Nobody writes the log by hand.
        self.env["crm.lead.assign.log"].sudo().create(
            [
                {
                    "lead_id": one.lead,
                    "user_id": one.user or False,
                    "previous_user_id": before.get(one.lead),
                    "team_id": one.team or False,
                    "company_id": self.browse(one.lead).company_id.id,
                    "kind": kind,
                    "reason": one.reason,
                }
                for one in given
            ]
        )

    @api.model
    def _notify_given(self, given: list[Given]) -> None:
        """Tell everybody what is new, in one notice."""
        leads = defaultdict(list)
        for one in given:
            if one.user and one.user != self.env.uid:
                leads[one.user].append(one.lead)
        for user_id, ids in leads.items():
            user = self.env["res.users"].browse(user_id)
            env = self.with_context(lang=user.lang).env
            rows = Markup().join(
                Markup('<li><a href="/odoo/crm.lead/%s">%s</a></li>')
                % (lead.id, lead.name)
                for lead in self.browse(ids[:NAMED])
            )
            env["mail.thread"].message_notify(
                partner_ids=user.partner_id.ids,
                subject=env._("Leads for you: %(count)s", count=len(ids)),
                body=Markup("<ul>%s</ul>") % rows,
                force_send=False,
            )


def _path(record) -> tuple[int, ...]:
    """Give the ids of the records above one, from the top, and its own."""
    return tuple(int(part) for part in (record.parent_path or "").split("/") if part)
