"""P13: the board and the list of tickets, and the form of a ticket."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from lxml import etree

from odoo.tests.form import Form

from odoo.addons.mail.tools.discuss import Store

from tools import odoo as tool

from . import session
from .frame import Result, benchmark, in_turn
from .generator.seed import READER
from .generator.sizes import Size
from .spent import Spent, spent

MODEL = "helpdesk.ticket"
RATIO = 1.1
PAGE = 80
PATIENCE = 60
# The order of helpdesk_mgmt's own model.
STOCK_ORDER = "priority desc, sequence, number desc, id desc"
CHATTER = ["activities", "attachments", "followers", "scheduledMessages"]


class Screens(NamedTuple):
    """What the browser asks for: of a list, a card of the board, and a form."""

    list: dict
    kanban: dict
    form: dict
    order: str | None


class Desk:
    """The tickets as an agent sees them."""

    def __init__(self, size: Size):
        self.database = size.database
        self.queries = {}
        with session.environment(size.database, READER) as env:
            self.ticket_id = (
                env[MODEL].search([("partner_id", "!=", False)], limit=1).id
            )
            self.ours = _screens(env, None)
            leave_out_views(env)
            self.stock = _screens(env, STOCK_ORDER)
        # The views without the suite are cached now, and were rolled back.
        env.registry.clear_all_caches()

    def list(self, screens: Screens) -> Callable[[], float]:
        return self._timed(
            "list",
            lambda tickets: tickets.web_search_read(
                [], screens.list, limit=PAGE, order=screens.order, count_limit=10_001
            ),
        )

    def board(self, screens: Screens) -> Callable[[], float]:
        return self._timed(
            "board",
            lambda tickets: tickets.web_read_group(
                [],
                ["stage_id"],
                ["__count"],
                order=None,
                auto_unfold=True,
                unfold_read_specification=screens.kanban,
                unfold_read_default_limit=PAGE,
            ),
        )

    def form(self, screens: Screens) -> Callable[[], float]:
        def action(tickets):
            ticket = tickets.browse(self.ticket_id)
            ticket.get_views([(False, "form"), (False, "search")], {"toolbar": True})
            ticket.web_read(screens.form)
            store = Store()
            store.add(ticket, request_list=CHATTER, as_thread=True)
            found = ticket.env["mail.message"]._message_fetch(
                domain=None, thread=ticket
            )
            store.add(found["messages"])
            store.get_result()

        return self._timed("form", action)

    def _timed(self, name: str, action: Callable) -> Callable[[], float]:
        def run() -> float:
            with session.environment(self.database, READER, readonly=True) as env:
                taken: Spent = spent(lambda: action(env[MODEL]))
            self.queries[name] = taken.queries
            return taken.seconds

        return run


def leave_out_views(env) -> None:
    """Let the views be as they are without the suite, for this transaction."""
    views = (
        env["ir.model.data"]
        .sudo()
        .search([("model", "=", "ir.ui.view"), ("module", "in", tool.suite())])
    )
    env["ir.ui.view"].sudo().browse(views.mapped("res_id")).active = False


def _screens(env, order: str | None) -> Screens:
    ticket = env[MODEL].search([("partner_id", "!=", False)], limit=1)
    return Screens(
        spec(env, MODEL, "list"),
        spec(env, MODEL, "kanban"),
        Form(ticket)._view["fields_spec"],
        order,
    )


def spec(env, model: str, view_type: str, view_id: int | None = None) -> dict:
    """Give what the web client reads of each record of a view."""
    fields = env[model]._fields
    arch = etree.fromstring(env[model].get_view(view_id, view_type)["arch"])
    names = {node.get("name") for node in arch.iter("field")}
    return {
        name: {"fields": {"display_name": {}}} if fields[name].relational else {}
        for name in sorted(names)
    }


@benchmark("P13", "board, list and form of tickets", sizes=("S", "L"))
def tickets(size: Size) -> Iterator[Result]:
    desk = Desk(size)
    for name, open_ in (
        ("board", desk.board),
        ("list", desk.list),
        ("form", desk.form),
    ):
        sides = (open_(desk.ours), open_(desk.stock))
        in_turn(*sides, rounds=1)  # fills what a server that has run has cached
        sides[1]()
        stock_queries = desk.queries[name]
        sides[0]()
        note = f"{desk.queries[name]} queries against {stock_queries} without our views"
        ours, theirs = in_turn(*sides, rounds=5, patience=PATIENCE)
        yield Result(
            ours * 1000,
            theirs * 1000,
            part=name,
            goal=RATIO if size.name == "L" else None,
            note=note,
        )
