"""The part of P04 that measures the boards of management and sales, against Odoo's own
analysis of sales for the same figures."""

import time
from collections.abc import Callable, Iterator

from odoo.fields import Domain

from . import session
from .frame import Result, in_turn
from .generator.seed import READER
from .generator.sizes import Size
from .spent import Spent, spent

MILLISECONDS = 300
RATIO = 1 / 15
PATIENCE = 240
CODES = ("management", "sales")


class Boards:
    """A board of this year so far, of all of the company."""

    def __init__(self, size: Size, code: str):
        self.database = size.database
        self.code = code
        self.queries = 0

    def ours(self) -> float:
        taken = self._spent(lambda env: env["crm.board"].read_board(self.code))
        self.queries = taken.queries
        return taken.seconds

    def stock(self) -> float:
        """The rows of the same figures: sales and margin by month and team, by month
        and category, and of each customer by month, of this year and the one before."""
        since = Domain("date", ">=", "-1y =1d =1m") & Domain("state", "=", "sale")
        more = ["partner_id", "date:month"]
        if self.code == "sales":
            more = ["date:month", "categ_id"]

        def action(env):
            for group in (["date:month", "team_id"], more):
                env["sale.report"].formatted_read_group(
                    since,
                    group,
                    [
                        "price_subtotal:sum",
                        "margin:sum",
                        "order_reference:count_distinct",
                    ],
                )

        return self._spent(action).seconds

    def _spent(self, action: Callable) -> Spent:
        with session.environment(self.database, READER, readonly=True) as env:
            return spent(lambda: action(env))


def _make(size: Size) -> float:
    """Sum the months up, as the nightly job does, and let the database know."""
    with session.environment(size.database) as env:
        start = time.perf_counter()
        for company in env["res.company"].search(Domain.TRUE):
            company._make_months()
        env.cr.commit()
        return time.perf_counter() - start


def boards(size: Size) -> Iterator[Result]:
    yield Result(_make(size) * 1000, part="make", note="the nightly job")
    for code in CODES:
        board = Boards(size, code)
        board.ours()  # fills what a server that has run for a while has cached
        ours, theirs = in_turn(board.ours, board.stock, rounds=5, patience=PATIENCE)
        note = f"{board.queries} queries"
        time_, ratio = f"{code}.time", f"{code}.ratio"
        yield Result(
            ours * 1000,
            theirs * 1000,
            part=time_,
            goal=MILLISECONDS,
            goal_on="ours",
            note=note,
        )
        yield Result(ours * 1000, theirs * 1000, part=ratio, goal=RATIO)
