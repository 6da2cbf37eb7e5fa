"""P22: the quota board of a company, and of one seller, over a million order lines.

Theirs is Odoo's own analysis of sales: the same amounts by person, category and month,
of this year and, for the season, of the one before. It knows no quotas.
"""

from collections.abc import Callable, Iterator

from odoo import fields
from odoo.fields import Domain

from tools.settings import Problem

from . import session
from .frame import Result, benchmark, in_turn
from .generator.seed import READER
from .generator.sizes import Size
from .spent import spent

PATIENCE = 120
METRICS = ("order", "margin")
# What a card of the board shows.
SPEC = {
    name: {}
    for name in (
        "display_name", "metric", "progress", "attained_rate", "attained", "amount",
        "gap", "run_rate", "expected",
    )
} | {"team_id": {"fields": {"display_name": {}}}}  # fmt: skip


class Board:
    """Each seller has two quotas of this year; the company has one a category too."""

    def __init__(self, size: Size, whose: str):
        self.database = size.database
        self.whose = whose
        self.queries = 0

    def ours(self) -> float:
        return self._measure(self._read)

    def theirs(self) -> float:
        return self._measure(self._stock)

    def _measure(self, read: Callable) -> float:
        with session.environment(self.database) as env:
            sellers = self._prepare(env)
            manager = env["res.users"].search([("login", "=", READER)])
            manager.group_ids += env.ref("sales_team.group_sale_manager")
            user = sellers[:1] if self.whose == "seller" else manager
            env = env(user=user.id)
            env.invalidate_all()
            taken = spent(lambda: read(env))
            self.queries = taken.queries
        return 1000 * taken.seconds

    def _read(self, env) -> None:
        found = env["crm.quota"].web_search_read(self._mine(env), SPEC, limit=40)
        if not any(record["attained"] for record in found["records"]):
            raise Problem("P22: nothing is attained of any quota.")

    def _stock(self, env) -> None:
        since = Domain("date", ">=", "-1y =1d =1m") & Domain("state", "=", "sale")
        groups = [["user_id", "date:month"]]
        if self.whose == "company":
            groups.append(["categ_id", "date:month"])
        for group in groups:
            env["sale.report"].formatted_read_group(
                self._mine(env) & since, group, ["price_subtotal:sum", "margin:sum"]
            )

    def _mine(self, env) -> Domain:
        return Domain("user_id", "=", env.uid) if self.whose == "seller" else Domain([])

    def _prepare(self, env):
        """Give the sellers, the busiest first, who now have quotas."""
        groups = env["sale.order"]._read_group(
            [("user_id", "!=", False)], ["user_id"], order="__count desc"
        )
        sellers = env["res.users"].union(*(user for (user,) in groups))
        categories = env["product.category"].search([])
        year = fields.Date.today().year
        env["crm.quota"].create(
            [
                {
                    "metric": metric,
                    "amount": 100_000,
                    "state": "running",
                    "date_from": f"{year}-01-01",
                    "date_to": f"{year}-12-31",
                }
                | whom
                for metric in METRICS
                for whom in [{"user_id": user.id} for user in sellers]
                + [{"categ_id": category.id} for category in categories]
            ]
        )
        env.flush_all()
        return sellers


@benchmark("P22", "quota board over a million order lines", sizes=("S", "L"))
def quota_board(size: Size) -> Iterator[Result]:
    for whose in ("company", "seller"):
        board = Board(size, whose)
        board.ours()  # fills what a server that has run for a while has cached
        note = f"{board.queries} queries"
        ours, theirs = in_turn(board.ours, board.theirs, rounds=3, patience=PATIENCE)
        yield Result(ours, theirs, part=whose, note=note)
