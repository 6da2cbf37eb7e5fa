"""What the work queue is made of, and how its items are ordered."""

from typing import NamedTuple

from odoo.fields import Domain
from odoo.tools import SQL

# The points of an item that is due right now, and how many more it gains when late.
DUE_NOW = 60
LATEST = 40
# An item without a deadline gains a point for each hour that it lies, up to this.
WAITED = 30
# What a customer of a class is worth, where the document has no priority of its own.
CLASS_POINTS = {"a": 30, "b": 15}


class WorkSource(NamedTuple):
    """One kind of work: the documents of `model` that match `domain`.

    The rest is SQL over the table: `value` are points of worth, `due` is the deadline
    and `since` the moment since when it lies there, both in UTC and maybe NULL. With
    `sudo` the domain alone says what the reader may see. `slot` (0 to 7) keeps the ids
    of the kinds apart.
    """

    slot: int
    kind: SQL
    model: str
    domain: Domain
    value: SQL
    due: SQL
    since: SQL
    partner: SQL
    user: SQL
    sudo: bool = False


def urgency(due: SQL, since: SQL) -> SQL:
    """Give SQL for the points that time adds.

    They fall from 60 at the deadline to 0 one day before it, and rise by one an hour,
    to 100, after it. Without a deadline each hour of waiting is a point, up to 30.
    """
    now = SQL("(now() AT TIME ZONE 'UTC')")
    late = SQL("EXTRACT(epoch FROM %s - %s) / 3600", now, due)
    waited = SQL("EXTRACT(epoch FROM %s - %s) / 3600", now, since)
    return SQL(
        """CASE WHEN %(due)s IS NULL THEN GREATEST(0, LEAST(%(most)s, %(waited)s))
        WHEN %(late)s >= 0 THEN %(due_now)s + LEAST(%(latest)s, %(late)s)
        ELSE GREATEST(0, %(due_now)s + %(late)s * %(due_now)s / 24) END""",
        due=due,
        late=late,
        waited=waited,
        most=WAITED,
        due_now=DUE_NOW,
        latest=LATEST,
    )
