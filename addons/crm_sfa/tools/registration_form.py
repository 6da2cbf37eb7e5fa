"""What a reseller may type into the form for a deal, and what of it is wrong."""

import math
from datetime import date, timedelta
from typing import NamedTuple

# Longest text of each field.
LIMITS = {"customer_name": 120, "vat": 40, "email": 254, "phone": 40}
LONGEST_TEXT = 2000
MOST_AMOUNT = 1_000_000_000
FURTHEST = timedelta(days=730)


class Given(NamedTuple):
    """The form as it was sent, and the fields that are wrong in it."""

    texts: dict[str, str]
    amount: float
    until: date | None
    category: int
    wrong: list[str]


def read_registration(form: dict, today: date) -> Given:
    """Read the form; texts stay as they were typed, for another try.

    >>> sent = {"customer_name": " Café Sol ", "phone": "1", "amount": "1500,50",
    ...     "until": "2026-05-01", "category": "x"}
    >>> given = read_registration(sent, date(2026, 4, 1))
    >>> given.texts["customer_name"], given.amount, given.category, given.wrong
    ('Café Sol', 1500.5, 0, [])
    >>> read_registration({"amount": "nan", "until": "soon"}, date(2026, 4, 1)).wrong
    ['customer_name', 'reach', 'amount', 'until']
    >>> late = {"customer_name": "x" * 999, "email": "a", "until": "2026-03-31"}
    >>> read_registration(late, date(2026, 4, 1)).wrong
    ['customer_name', 'amount', 'until']
    """
    texts = {
        name: str(form.get(name) or "").replace("\x00", "").strip()
        for name in (*LIMITS, "description")
    }
    wrong = [name for name, most in LIMITS.items() if len(texts[name]) > most]
    if not texts["customer_name"]:
        wrong.insert(0, "customer_name")
    if len(texts["description"]) > LONGEST_TEXT:
        wrong.append("description")
    if not any(texts[name] for name in ("vat", "email", "phone")):
        wrong.append("reach")
    amount, until = _number(form.get("amount")), _day(form.get("until"))
    if not 0 < amount <= MOST_AMOUNT:
        wrong.append("amount")
    if not until or not today <= until <= today + FURTHEST:
        wrong.append("until")
    category = str(form.get("category") or "")
    is_id = len(category) < 10 and category.isascii() and category.isdigit()
    return Given(texts, amount, until, int(category) if is_id else 0, wrong)


def _number(text) -> float:
    try:
        number = float(str(text or "").strip()[:40].replace(" ", "").replace(",", "."))
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0


def _day(text) -> date | None:
    try:
        return date.fromisoformat(str(text or "").strip()[:10])
    except ValueError:
        return None
