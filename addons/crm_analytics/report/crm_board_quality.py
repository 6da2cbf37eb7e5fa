from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.board import percent
from .crm_board import View

# How complete: from so many percent to so many.
STEPS = ((0, 24), (25, 49), (50, 74), (75, 99), (100, 100))


class CrmBoardQuality(models.AbstractModel):
    """How good the data of the customers are at this moment. There is no period, for
    nobody keeps what they were."""

    _name = "crm.board.quality"
    _inherit = "crm.board"
    _description = "Board of the Quality of the Customer Base"

    _limits = {"territory_id": "crm.territory", "user_id": "res.users"}
    _has_period = False

    @api.model
    def _content(self, view):
        parts = self._parts(view)
        counts = self._count(view, {key: part[-1] for key, part in parts.items()})
        steps = self._steps()
        spread = self._count(view, {str(at): step for at, step in enumerate(steps)})
        return {
            "tiles": [
                *self._part_tiles(view, parts, counts),
                self._late_tile(view),
                self._duplicates_tile(view),
            ],
            "blocks": [
                self._spread_chart(view, steps, spread),
                self._gaps_chart(view, parts, counts),
            ],
        }

    @api.model
    def _customers(self, view: View) -> Domain:
        """Companies, be they of a group or not, and people who belong to none; not our
        own people."""
        domain = (
            (Domain("parent_id", "=", False) | Domain("is_company", "=", True))
            & Domain("partner_share", "=", True)
            & self._of_company(view)
            & self._of_territory(view, "territory_id")
        )
        if view.user_id:
            domain &= Domain("user_id", "=", view.user_id)
        return domain

    @api.model
    def _count(self, view: View, domains: dict[str, Domain]) -> dict[str, int]:
        """Count customers of several kinds in one pass."""
        partners = self.env["res.partner"]
        query = partners._search(self._customers(view))
        query.order = None
        # Each condition stands for itself: it is about the contact and nothing joined.
        conditions = [
            partners._search(domain, active_test=False).where_clause or SQL("TRUE")
            for domain in domains.values()
        ]
        [row] = self.env.execute_query(
            query.select(
                *(SQL("count(*) FILTER (WHERE %s)", one) for one in conditions)
            )
        )
        return dict(zip(domains, row, strict=True))

    @api.model
    def _parts(self, view: View) -> dict[str, tuple]:
        """Give label, formula, whether less is better, and the domain of each figure;
        all but the first are shares of the customers."""
        env = self.env
        return {
            "customers": (
                env._("Customers"),
                env._(
                    "Companies, and people who belong to none. Left out: archived"
                    " contacts and our own people."
                ),
                0,
                Domain.TRUE,
            ),
            "complete": (
                env._("Complete"),
                env._("Customers of whom all is known that the rules ask for."),
                1,
                Domain("completeness", "=", 100),
            ),
            "stale": (
                env._("Stale details"),
                env._(
                    "Customers with a phone, mail or address that was not confirmed for"
                    " longer than the rules allow. Left out: their people."
                ),
                -1,
                Domain("has_stale_details", "=", True),
            ),
            "no_owner": (
                env._("Without a salesperson"),
                env._("Customers whose salesperson is empty."),
                -1,
                Domain("user_id", "=", False),
            ),
            "no_territory": (
                env._("Without a territory"),
                env._("Customers that no territory's rule fits, nor anybody put in."),
                -1,
                Domain("territory_id", "=", False),
            ),
            "no_class": (
                env._("Without a class"),
                env._("Customers without a value class in this company."),
                -1,
                Domain("value_class", "=", False),
            ),
            "consent": (
                env._("May get marketing"),
                env._(
                    "Customers who may get marketing by e-mail, by the consent ledger,"
                    " the rule of the company and the blacklist."
                ),
                1,
                Domain("may_email_marketing", "=", True) & Domain("email", "!=", False),
            ),
        }

    @api.model
    def _part_tiles(self, view, parts, counts) -> list[dict]:
        tiles = []
        for key, (label, formula, better, domain) in parts.items():
            action = self._open(label, "res.partner", self._customers(view) & domain)
            tile = self._tile(
                key, label, [counts[key]], formula, "count", better, action
            )
            if key != "customers":
                tile["share"] = percent(counts[key], counts["customers"])
            tiles.append(tile)
        return tiles

    @api.model
    def _late_tile(self, view) -> dict:
        statuses, label = self.env["crm.contact.status"], self.env._("Contact overdue")
        late = (
            Domain("company_id", "=", view.company.id)
            & Domain("is_overdue", "=", True)
            & self._of_territory(view, "partner_id.territory_id")
        )
        if view.user_id:
            late &= Domain("user_id", "=", view.user_id)
        return self._tile(
            "late",
            label,
            [statuses.search_count(late)],
            self.env._(
                "Customers who had no contact within the time that their contact policy"
                " sets. Left out: customers without a policy."
            ),
            better=-1,
            action=self._open(label, statuses._name, late, ("list",)),
        )

    @api.model
    def _duplicates_tile(self, view) -> dict:
        pairs, label = self.env["crm.duplicate"], self.env._("Possible duplicates")
        waiting = (
            Domain("state", "=", "new")
            & Domain("res_model", "=", "res.partner")
            & self._of_company(view)
        )
        return self._tile(
            "duplicates",
            label,
            [pairs.search_count(waiting)],
            self.env._(
                "Pairs of contacts that may be one and wait for a decision; of the"
                " whole company, whatever the filter."
            ),
            better=-1,
            action=self._open(label, pairs._name, waiting, ("list",)),
        )

    # Charts

    @api.model
    def _steps(self) -> list[Domain]:
        # Nobody scored yet is like nothing known.
        return [
            Domain("completeness", ">=", low) & Domain("completeness", "<=", high)
            if low
            else Domain("completeness", "<=", high) | Domain("completeness", "=", False)
            for low, high in STEPS
        ]

    @api.model
    def _spread_chart(self, view, steps, spread) -> dict:
        labels = [
            f"{low}–{high} %" if low < high else f"{low} %" for low, high in STEPS
        ]
        return self._chart(
            "completeness",
            self.env._("How complete the customers are"),
            labels,
            [(self.env._("Customers"), list(spread.values()))],
            actions=[
                self._open(label, "res.partner", self._customers(view) & step)
                for label, step in zip(labels, steps, strict=True)
            ],
        )

    @api.model
    def _gaps_chart(self, view, parts, counts) -> dict:
        gaps = {key: part for key, part in parts.items() if part[2] < 0}
        return self._chart(
            "gaps",
            self.env._("What is missing"),
            [part[0] for part in gaps.values()],
            [(self.env._("Customers"), [counts[key] for key in gaps])],
            actions=[
                self._open(part[0], "res.partner", self._customers(view) & part[-1])
                for part in gaps.values()
            ],
        )
