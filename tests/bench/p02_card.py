"""P02: the customer card, and the customer's form with it."""

from collections.abc import Callable, Iterator

from odoo.tests.form import Form

from odoo.addons.mail.tools.discuss import Store

from tools import odoo as tool

from . import by_hand, session
from .frame import Result, benchmark, in_turn
from .generator.seed import READER
from .generator.sizes import Family, Size
from .spent import Spent, spent

PAGE = 20
MILLISECONDS = 60
QUERIES = 25
FORM_RATIO = 1.15
PATIENCE = 60
CHATTER = [
    "activities",
    "attachments",
    "contact_fields",
    "followers",
    "scheduledMessages",
    "suggestedRecipients",
]


class Card:
    """The card of one customer, or his form, read by the suite and without it."""

    def __init__(self, size: Size, family: Family):
        self.database = size.database
        with session.environment(size.database, READER) as env:
            partner = env["res.partner"].search([("ref", "=", family.ref)])
            self.partner_id = partner.id
            self.persons = partner._crm_family().ids
        self.queries = 0

    def read(self) -> float:
        """The card, as one call of the browser."""
        taken = self._spent(lambda partner: partner.crm_card())
        self.queries = taken.queries
        return taken.seconds

    def by_hand(self) -> float:
        """The same figures and page in plain SQL."""

        def action(partner):
            by_hand.figures(partner.env.cr, self.persons)
            by_hand.timeline(partner.env.cr, self.persons, PAGE)

        return self._spent(action).seconds

    def form(self, spec: dict) -> float:
        """Odoo's own form, without the suite's views."""
        return self._spent(lambda partner: _open_form(partner, spec)).seconds

    def form_with_card(self, spec: dict) -> float:
        def action(partner):
            _open_form(partner, spec)
            partner.crm_card()

        return self._spent(action).seconds

    def _spent(self, action: Callable) -> Spent:
        with session.environment(self.database, READER, readonly=True) as env:
            partner = env["res.partner"].browse(self.partner_id)
            return spent(lambda: action(partner))


def _open_form(partner, spec: dict) -> None:
    """What the web client asks of the server when it opens a form: its views, the
    record, and what the chatter beside it shows."""
    partner.get_views([(False, "form"), (False, "search")], {"toolbar": True})
    partner.web_read(spec)
    store = Store()
    store.add(partner, request_list=CHATTER, as_thread=True)
    found = partner.env["mail.message"]._message_fetch(domain=None, thread=partner)
    store.add(found["messages"])
    store.get_result()


def _form_specs(card: Card) -> tuple[dict, dict]:
    """What the browser asks for to show the form: with the suite's views, without."""
    with session.environment(card.database, READER) as env:
        partner = env["res.partner"].browse(card.partner_id)
        suite = Form(partner)._view["fields_spec"]
        views = (
            env["ir.model.data"]
            .sudo()
            .search([("model", "=", "ir.ui.view"), ("module", "in", tool.suite())])
        )
        env["ir.ui.view"].sudo().browse(views.mapped("res_id")).active = False
        stock = Form(partner)._view["fields_spec"]
    # The views without the suite are cached now, and were rolled back.
    env.registry.clear_all_caches()
    return suite, stock


@benchmark(
    "P02", "customer card in one call; the customer's form with it", sizes=("S", "L")
)
def card(size: Size) -> Iterator[Result]:
    goals = size.name == "L"
    cards = {family.name: Card(size, family) for family in size.families}
    cards["small"].read()  # fills what a server that has run for a while has cached
    for name, one in cards.items():
        ours, theirs = in_turn(one.read, one.by_hand, rounds=5, patience=PATIENCE)
        yield Result(
            ours * 1000,
            theirs * 1000,
            part=name,
            goal=MILLISECONDS if goals else None,
            goal_on="ours",
            note=f"{one.queries} queries; theirs is the same in plain SQL",
        )
    most = max(one.queries for one in cards.values())
    yield Result(most, part="queries", unit="", goal=QUERIES, goal_on="ours")
    for name in ("small", "large"):
        yield _form(cards[name], name, FORM_RATIO if goals else None)


def _form(card: Card, name: str, goal: float | None) -> Result:
    suite, stock = _form_specs(card)
    sides = (lambda: card.form_with_card(suite), lambda: card.form(stock))
    in_turn(*sides, rounds=1)
    ours, theirs = in_turn(*sides, rounds=5, patience=PATIENCE)
    return Result(
        ours * 1000,
        theirs * 1000,
        part=f"form_{name}",
        goal=goal,
        note="theirs is the form without the suite's views and card",
    )
