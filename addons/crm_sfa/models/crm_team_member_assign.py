from odoo import api, fields, models

from ..tools.lead_assign import Seller


class CrmTeamMember(models.Model):
    """What a seller takes of the leads that are handed out, and how many."""

    _inherit = "crm.team.member"

    assignment_weight = fields.Float(
        "Weight",
        default=1.0,
        help="The share of the leads: who has 2 gets twice as many as who has 1, among"
        " those who fit a lead equally well. 0: gets none. Quotas of the period may set"
        " it.",
    )
    assignment_industry_ids = fields.Many2many(
        "res.partner.industry",
        "crm_team_member_industry_rel",
        "member_id",
        "industry_id",
        string="Trades",
        help="Trades that this seller knows. Leads of these go here first.",
    )
    assignment_categ_ids = fields.Many2many(
        "product.category",
        "crm_team_member_categ_rel",
        "member_id",
        "categ_id",
        string="Product Categories",
        help="Products that this seller knows, with all categories below.",
    )
    assignment_lang_ids = fields.Many2many(
        "res.lang",
        "crm_team_member_lang_rel",
        "member_id",
        "lang_id",
        string="Languages",
        help="Languages besides the one in which this seller uses the program.",
    )
    assignment_max = fields.Integer(
        "Most Open Leads",
        help="Nobody gets further leads who has as many open ones already: leads and"
        " deals that are neither won nor lost.",
    )
    lead_open_count = fields.Integer(
        "Open Leads", compute="_compute_lead_open_count", compute_sudo=True
    )
    is_away = fields.Boolean(
        "Away",
        compute="_compute_is_away",
        compute_sudo=True,
        help="Has time off or a stand-in at this moment, and gets no leads.",
    )

    _weight_not_negative = models.Constraint(
        "CHECK (assignment_weight >= 0)", "The weight of a seller is zero or more."
    )

    @api.depends("user_id")
    def _compute_lead_open_count(self):
        counts = self._open_leads()
        for member in self:
            member.lead_open_count = counts.get(member.user_id.id, 0)

    @api.depends("user_id")
    def _compute_is_away(self):
        away = self._away_user_ids()
        for member in self:
            member.is_away = member.user_id.id in away

    def _get_assignment_quota(self, force_quota=False):
        """How many leads somebody may still get. Odoo spreads the leads of a month
        over its days, however much lies on the desk; here the desk counts."""
        self.ensure_one()
        return max(0, self.assignment_max - self.lead_open_count)

    def _open_leads(self) -> dict[int, int]:
        """Count by user what is neither won nor lost."""
        groups = self.env["crm.lead"]._read_group(
            [("user_id", "in", self.user_id.ids), ("won_status", "=", "pending")],
            ["user_id"],
            ["__count"],
        )
        return {user.id: count for user, count in groups}

    def _away_user_ids(self) -> set[int]:
        """Give the users who get nothing now: a stand-in acts for them, they have time
        off, or they have left."""
        now = fields.Datetime.now()
        away = {
            period.absent
            for period in self.env["crm.stand.in"]._periods()
            if period.runs_at(now)
        }
        # Time off of colleagues is read for this one question.
        leaves_sudo = self.env["resource.calendar.leaves"].sudo()
        off = leaves_sudo.search(
            [
                ("resource_id.user_id", "in", self.user_id.ids),
                ("time_type", "=", "leave"),
                ("date_from", "<=", now),
                ("date_to", ">", now),
            ]
        )
        gone = self.user_id.filtered(lambda user: not user.active)
        return away | set(off.resource_id.user_id.ids) | set(gone.ids)

    def _sellers(self) -> dict[int, Seller]:
        """Give those who are there and take part, by id of the membership, with what
        they got so far."""
        away = self._away_user_ids()
        present = self.filtered(
            lambda member: (
                member.user_id.id not in away and not member.assignment_optout
            )
        )
        counts = present._open_leads()
        shares = self.env["crm.lead.assign.share"]._so_far(present.crm_team_id)
        territories = self._territories()
        sellers = {}
        for member in present:
            user = member.user_id
            wanted, got = shares.get((member.crm_team_id.id, user.id), (0, 0))
            sellers[member.id] = Seller(
                user=user.id,
                team=member.crm_team_id.id,
                weight=member.assignment_weight,
                room=member.assignment_max - counts.get(user.id, 0),
                wanted=wanted,
                got=got,
                territories=frozenset(territories.get(user.id, ())),
                products=frozenset(member.assignment_categ_ids.ids),
                trades=frozenset(member.assignment_industry_ids.ids),
                languages=member._languages(),
            )
        return sellers

    def _languages(self) -> frozenset[str]:
        """Say what somebody speaks; unknown where only the program's language is known
        and no further one was named."""
        if not self.assignment_lang_ids:
            return frozenset()
        return frozenset([self.user_id.lang, *self.assignment_lang_ids.mapped("code")])

    def _territories(self) -> dict[int, set[int]]:
        """Give the territories that each user owns or is a member of."""
        ids = self.user_id.ids
        domain = ["|", ("user_id", "in", ids), ("member_ids", "in", ids)]
        found = {}
        # Whose a territory is decides, not who may read it.
        for territory in self.env["crm.territory"].sudo().search(domain):
            for user in territory.user_id | territory.member_ids:
                found.setdefault(user.id, set()).add(territory.id)
        return found
