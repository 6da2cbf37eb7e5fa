"""P04: the boards, against Odoo's own analyses for the same figures."""

from collections.abc import Callable, Iterator

from odoo.fields import Domain

from . import p04_boards, session
from .frame import Result, benchmark, in_turn
from .generator.seed import READER
from .generator.sizes import Size
from .spent import Spent, spent

MILLISECONDS = 300
RATIO = 1 / 15
PATIENCE = 60


class Board:
    """A leader's year: of all people, and of one."""

    def __init__(self, size: Size, whose: str):
        self.database = size.database
        self.queries = 0
        with session.environment(size.database, READER) as env:
            order = env["sale.order"].search([("user_id", "!=", False)], limit=1)
            self.user_id = order.user_id.id if whose == "person" else None

    def ours(self) -> float:
        def action(env):
            env["crm.sales.report"].read_results("year", user_id=self.user_id)

        taken = self._spent(action)
        self.queries = taken.queries
        return taken.seconds

    def stock(self) -> float:
        """Order income and offers of two years by month in the analysis of sales; won,
        lost and open deals in the analysis of the pipeline."""
        mine = Domain("user_id", "=", self.user_id) if self.user_id else Domain.TRUE
        since = Domain("date", ">=", "-1y =1d =1m")
        closed = Domain("date_closed", ">=", "-1y =1d =1m")
        amounts = ["__count", "expected_revenue:sum"]

        def action(env):
            sales, deals = env["sale.report"], env["crm.lead"]
            deals = deals.with_context(active_test=False)
            for state in ("=", "!="):
                sales.formatted_read_group(
                    mine & since & Domain("state", state, "sale"),
                    ["date:month"],
                    ["price_subtotal:sum", "order_reference:count_distinct"],
                )
            deals.formatted_read_group(
                mine & closed,
                ["date_closed:month", "won_status"],
                [*amounts, "day_close:avg"],
            )
            deals.formatted_read_group(
                mine & Domain("won_status", "=", "pending"), ["stage_id"], amounts
            )

        return self._spent(action).seconds

    def _spent(self, action: Callable) -> Spent:
        with session.environment(self.database, READER, readonly=True) as env:
            return spent(lambda: action(env))


@benchmark("P04", "boards against stock sales analysis", sizes=("S", "L"))
def results(size: Size) -> Iterator[Result]:
    for whose in ("all", "person"):
        board = Board(size, whose)
        board.ours()  # fills what a server that has run for a while has cached
        ours, theirs = in_turn(board.ours, board.stock, rounds=5, patience=PATIENCE)
        note = f"{board.queries} queries"
        yield Result(
            ours * 1000,
            theirs * 1000,
            part=f"{whose}.time",
            goal=MILLISECONDS,
            goal_on="ours",
            note=note,
        )
        yield Result(
            ours * 1000,
            theirs * 1000,
            part=f"{whose}.ratio",
            goal=RATIO,
            note="Odoo's has no contacts, quotas and funnel",
        )
    yield from p04_boards.boards(size)
