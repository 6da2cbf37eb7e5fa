"""The periods of the board of results, and how two of them compare."""

from datetime import date, timedelta

from .quota import next_month

SIZES = {"month": 1, "quarter": 3, "year": 12}


def period(today: date, size: str, back: int = 0) -> tuple[date, date]:
    """Give the first and the last day of the period of a day, or of one before it.

    >>> period(date(2026, 5, 20), "quarter")
    (datetime.date(2026, 4, 1), datetime.date(2026, 6, 30))
    >>> period(date(2026, 1, 20), "month", 1)
    (datetime.date(2025, 12, 1), datetime.date(2025, 12, 31))
    >>> period(date(2026, 5, 20), "year", -1)
    (datetime.date(2027, 1, 1), datetime.date(2027, 12, 31))
    """
    count = SIZES[size]
    begun = today.replace(day=1, month=(today.month - 1) // count * count + 1)
    first = next_month(begun, -back * count)
    return first, next_month(first, count) - timedelta(days=1)


def year_before(first: date, last: date) -> tuple[date, date]:
    """Give the same months of the year before.

    >>> year_before(date(2025, 2, 1), date(2025, 2, 28))
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    """
    return next_month(first, -12), next_month(last, -11) - timedelta(days=1)


def share(part: float, whole: float) -> float | None:
    """Give a part of a whole in percent; of nothing there is none.

    >>> share(1, 3), share(1, 0)
    (33.3, None)
    """
    return round(100 * part / whole, 1) if whole else None


def variation(values: list[float]) -> float | None:
    """Give the coefficient of variation in percent: 0 if all have the same.

    >>> variation([10, 10]), variation([0, 20]), variation([5]), variation([0, 0])
    (0.0, 100.0, None, None)
    """
    mean = sum(values) / len(values) if values else 0
    if len(values) < 2 or not mean:
        return None
    variance = sum((value - mean) ** 2 for value in values) / len(values)
    return round(100 * variance**0.5 / abs(mean), 1)
