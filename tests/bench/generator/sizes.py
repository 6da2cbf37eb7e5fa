"""How much of everything: data set S, and L, ten times as much."""

from dataclasses import dataclass, replace

PRODUCTS = 200
SALESPEOPLE = 20
AGENTS = 10
MAILINGS = 50


@dataclass(frozen=True)
class Family:
    """A customer whose history has a known length, which chance does not touch.

    :param every: it is on the list of each so-manieth mailing
    """

    name: str
    people: int
    orders: int
    tickets: int
    interactions: int
    messages: int
    meetings: int
    every: int = 1

    @property
    def ref(self) -> str:
        return f"BENCH-{self.name.upper()}"

    def tenth(self) -> "Family":
        counts = ("orders", "tickets", "interactions", "messages", "meetings")
        less = {name: getattr(self, name) // 10 for name in counts}
        return replace(self, people=max(2, self.people // 10), **less)


# About 100, 10,000 and 100,000 events; what hangs on orders, tickets and mailings
# (invoices, replies, mails opened) comes on top of what is counted here.
SMALL = Family("small", 2, 40, 8, 12, 12, 2, every=5)
MEDIUM = Family("medium", 10, 4_000, 1_000, 1_200, 1_200, 470)
LARGE = Family("large", 50, 40_000, 10_000, 12_000, 12_000, 4_700)
# Events of 1,000 people, each of whom has few.
CROWD = Family("crowd", 1_000, 10_000, 5_000, 5_000, 5_000, 1_000)


@dataclass(frozen=True)
class Size:
    name: str
    scale: int
    families: tuple[Family, ...]

    @property
    def database(self) -> str:
        return f"crm_bench_{self.name.lower()}"

    @property
    def customers(self) -> int:
        return 10_000 * self.scale

    @property
    def orders(self) -> int:
        return 100_000 * self.scale

    @property
    def tickets(self) -> int:
        return 20_000 * self.scale

    @property
    def traces(self) -> int:
        return 100_000 * self.scale

    @property
    def leads(self) -> int:
        return 5_000 * self.scale

    # Together 50,000 messages and contacts: messages come on customers, orders and
    # tickets, a third each.
    @property
    def messages(self) -> int:
        return 10_000 * self.scale

    @property
    def interactions(self) -> int:
        return 15_000 * self.scale

    @property
    def meetings(self) -> int:
        return 5_000 * self.scale


SIZES = {
    size.name: size
    for size in (
        Size("S", 1, (SMALL, MEDIUM.tenth(), LARGE.tenth(), CROWD.tenth())),
        Size("L", 10, (SMALL, MEDIUM, LARGE, CROWD)),
    )
}
