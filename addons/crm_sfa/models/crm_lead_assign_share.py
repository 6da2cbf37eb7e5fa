from odoo import api, fields, models
from odoo.tools import SQL

# So long a debt of leads is remembered.
MEMORY = "-90d"


class CrmLeadAssignShare(models.Model):
    """What somebody was to get of the leads of one day by weight, and what he got.

    A lead is shared by weight among all who fit it equally well, are there and have
    room; one of them gets it. The difference is whose turn it is next. A line without
    a salesperson is that of a whole team.
    """

    _name = "crm.lead.assign.share"
    _description = "Share of Leads"
    _order = "date desc, id desc"
    _rec_name = "user_id"
    _log_access = False

    date = fields.Date(required=True, readonly=True)
    team_id = fields.Many2one(
        "crm.team", "Sales Team", required=True, readonly=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", "Salesperson", readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="team_id.company_id", store=True)
    wanted = fields.Float("Due by Weight", readonly=True, digits=(16, 2))
    got = fields.Integer(readonly=True)
    difference = fields.Float(
        "Got Less Due",
        compute="_compute_difference",
        store=True,
        digits=(16, 2),
        help="Below zero: so many leads fewer than by weight. It evens out over time.",
    )

    _day_uniq = models.UniqueIndex("(team_id, COALESCE(user_id, 0), date)")

    @api.depends("wanted", "got")
    def _compute_difference(self):
        for share in self:
            share.difference = share.got - share.wanted

    @api.model
    def _so_far(self, teams) -> dict[tuple[int, int], tuple[float, int]]:
        """Give what was due and got lately, by team and user (0: of the whole team)."""
        groups = self.sudo()._read_group(  # what was got counts, whoever asks
            [("team_id", "in", teams.ids), ("date", ">=", f"today {MEMORY}")],
            ["team_id", "user_id"],
            ["wanted:sum", "got:sum"],
        )
        return {
            (team.id, user.id or 0): (wanted, got) for team, user, wanted, got in groups
        }

    @api.model
    def _add(self, sellers, before: dict[tuple[int, int], tuple[float, int]]) -> None:
        """Add what was due and got since ``before`` to the lines of today."""
        lines = []
        for seller in sellers:
            wanted, got = before.get((seller.team, seller.user), (0, 0))
            if (seller.wanted, seller.got) != (wanted, got):
                lines.append(
                    (
                        seller.team,
                        seller.user or None,
                        seller.wanted - wanted,
                        seller.got - got,
                    )
                )
        if not lines:
            return
        self.flush_model()
        # Two runs may add to one line: the second waits for the first.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_lead_assign_share AS share
                    (date, team_id, user_id, company_id, wanted, got, difference)
                SELECT %s, line.team_id, line.user_id, team.company_id, line.wanted,
                       line.got, line.got - line.wanted
                  FROM unnest(%s::int[], %s::int[], %s::float[], %s::int[])
                       AS line (team_id, user_id, wanted, got)
                  JOIN crm_team AS team ON team.id = line.team_id
                    ON CONFLICT (team_id, COALESCE(user_id, 0), date) DO UPDATE
                   SET wanted = share.wanted + excluded.wanted,
                       got = share.got + excluded.got,
                       difference = share.difference + excluded.difference
                """,
                fields.Date.context_today(self),
                *(list(column) for column in zip(*lines, strict=True)),
            )
        )
        self.invalidate_model(flush=False)
