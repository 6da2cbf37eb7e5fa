"""What to expect of the demand for one thing, period by period, and its season.

The forecasts are those of ``crm_sfa``: see its ``tools/forecast.py``.
"""

import math
from collections.abc import Sequence
from datetime import date
from statistics import fmean, stdev
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo.addons.crm_sfa.tools.forecast import FEW, WIDTH, curve, of_trend

MONTHS = 12
# A mean error is this much smaller than the standard deviation of normal errors.
OF_MEAN_ERROR = math.sqrt(math.pi / 2)
# A change by less than so many percent is none.
STEADY = 10


class Expectation(NamedTuple):
    """What to expect: of each period, and of all together.

    :param periods: expected, low and high of each
    :param before: the sum of as many periods before, or of those there are
    :param error: mean error of a period in the back-test; ``naive`` is that of the
        forecast "as in the last period"
    """

    periods: list[tuple[float, float, float]]
    expected: float
    low: float
    high: float
    before: float
    method: str
    error: float | None
    naive: float | None


def expect(values: Sequence[float], horizon: int, season: int) -> Expectation:
    """Expect of the coming periods what the known ones let expect; never less than
    nothing.

    >>> expect([], 3, 12).method
    'none'
    >>> expect([10, 10, 10], 2, 12).periods
    [(10.0, 10.0, 10.0), (10.0, 10.0, 10.0)]
    >>> told = expect([5.0] * 12, 3, 12)
    >>> told.expected, told.before, told.method
    (15.0, 15.0, 'trend')
    """
    sums = of_trend(values, horizon, season)
    before = float(sum(values[-horizon:]))
    told = [max(one, 0.0) for one in (sums.expected, sums.low, sums.high)]
    periods: list[tuple[float, float, float]] = []
    if sums.method != "none":
        if len(values) < FEW:
            middle = [float(fmean(values))] * horizon
        else:
            middle = curve(values, horizon, season)
        spread = WIDTH * _deviation(values, sums.error)
        periods = [
            (max(one, 0.0), max(one - spread, 0.0), max(one + spread, 0.0))
            for one in middle
        ]
    return Expectation(periods, *told, before, sums.method, sums.error, sums.naive)


def _deviation(values: Sequence[float], error: float | None) -> float:
    """Give the standard deviation of one period: from the errors of the back-test, or
    where history is too short for one from the history itself."""
    if error is not None:
        return OF_MEAN_ERROR * error
    return stdev(values) if len(values) > 1 else abs(float(values[0]))


def direction(change: float | None) -> str:
    """Name a change in percent.

    >>> direction(25), direction(-11), direction(5), direction(None)
    ('rising', 'falling', 'steady', 'unknown')
    """
    if change is None:
        return "unknown"
    if abs(change) < STEADY:
        return "steady"
    return "rising" if change > 0 else "falling"


def days(first: date, last: date, size: str) -> list[date]:
    """Give the first days of the whole months or weeks between two days.

    >>> days(date(2026, 1, 15), date(2026, 4, 29), "month")
    [datetime.date(2026, 2, 1), datetime.date(2026, 3, 1)]
    >>> days(date(2026, 1, 1), date(2026, 1, 18), "week")
    [datetime.date(2026, 1, 5), datetime.date(2026, 1, 12)]
    """
    if size == "month":
        step = relativedelta(months=1)
        day = first.replace(day=1)
    else:
        step = relativedelta(weeks=1)
        day = first - relativedelta(days=first.weekday())
    if day < first:
        day += step
    told = []
    while day + step - relativedelta(days=1) <= last:
        told.append(day)
        day += step
    return told


def season_index(values: Sequence[float], first: int) -> list[float | None]:
    """Give for January to December how a month stands to its surroundings: 100 is as
    all months.

    Each month is divided by the centred mean of twelve months, in which the season
    evens out (classical multiplicative decomposition: Hyndman and Athanasopoulos,
    "Forecasting: Principles and Practice", 3rd ed., 3.4). It takes two years; a month
    without such a mean has no index.

    :param values: months without a gap
    :param first: the month of the first one, 1 to 12

    >>> year = [50.0] + [100.0] * 10 + [150.0]
    >>> season_index(year * 3, 1)[:3], season_index(year * 3, 1)[11]
    ([50.0, 100.0, 100.0], 150.0)
    >>> season_index(year, 1)[0]
    """
    ratios: list[list[float]] = [[] for _month in range(MONTHS)]
    half = MONTHS // 2
    if len(values) >= 2 * MONTHS:
        for at in range(half, len(values) - half):
            around = values[at - half : at + half + 1]
            mean = (sum(around) - (around[0] + around[-1]) / 2) / MONTHS
            if mean > 0:
                ratios[(first - 1 + at) % MONTHS].append(values[at] / mean)
    means = [fmean(one) if one else None for one in ratios]
    known = [one for one in means if one is not None]
    whole = fmean(known) if known else 0
    return [
        None if one is None or not whole else round(100 * one / whole, 1)
        for one in means
    ]
