"""What sales to expect, from three sides, each with a range.

The range holds in four cases of five, if the future is like the past.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import date
from statistics import fmean, stdev
from typing import NamedTuple

# So many standard deviations lie on both sides in four cases of five.
WIDTH = 1.2816
# Fewer points than this show no trend.
FEW = 8
ORIGINS = 6


class Forecast(NamedTuple):
    """What to expect; ``method`` names what it was made by, ``error`` is the mean error
    of a period in the back-test and ``naive`` that of the naive forecast there."""

    expected: float
    low: float
    high: float
    method: str
    error: float | None = None
    naive: float | None = None


class Deal(NamedTuple):
    amount: float
    probability: float


class Buyer(NamedTuple):
    """A customer's orders: how many, the first, the last, and their mean amount."""

    orders: int
    first: date
    last: date
    mean: float


def of_pipeline(deals: Iterable[Deal]) -> Forecast:
    """Expect of each deal its amount by its probability.

    >>> of_pipeline([Deal(1000, 50), Deal(200, 100)])
    Forecast(expected=700.0, low=200.0, high=1200.0, method='deals')
    >>> of_pipeline([]).method
    'none'
    """
    deals = [
        Deal(deal.amount, min(max(deal.probability, 0), 100) / 100) for deal in deals
    ]
    if not deals:
        return Forecast(0.0, 0.0, 0.0, "none")
    expected = sum(amount * chance for amount, chance in deals)
    spread = math.sqrt(
        sum(amount**2 * chance * (1 - chance) for amount, chance in deals)
    )
    # No less than what is certain, no more than all of it.
    certain = sum(amount for amount, chance in deals if chance == 1)
    total = sum(amount for amount, _chance in deals)
    low = max(expected - WIDTH * spread, min(certain, expected))
    high = min(expected + WIDTH * spread, max(total, expected))
    return Forecast(float(expected), float(low), float(high), "deals")


def of_rhythm(buyers: Iterable[Buyer], today: date, days: int) -> Forecast:
    """Expect customers to order on in their own rhythm.

    Whoever has waited for longer than his rhythm and a half counts less and less, and
    after three times the rhythm not at all. One order shows no rhythm.

    >>> monthly = Buyer(13, date(2025, 1, 1), date(2025, 12, 27), 100)
    >>> forecast = of_rhythm([monthly], date(2026, 1, 10), 60)
    >>> forecast.expected, forecast.method
    (200.0, 'rhythm')
    >>> of_rhythm([monthly], date(2026, 6, 1), 60).expected
    0.0
    >>> of_rhythm([monthly._replace(orders=1)], date(2026, 1, 10), 60).method
    'none'
    """
    expected = variance = 0.0
    known = False
    for buyer in buyers:
        if buyer.orders < 2:
            continue
        known = True
        gap = max((buyer.last - buyer.first).days / (buyer.orders - 1), 1)
        waited = (today - buyer.last).days / gap
        alive = min(max(2 - waited / 1.5, 0), 1)
        count = days / gap * alive
        expected += count * buyer.mean
        variance += count * buyer.mean**2
    if not known:
        return Forecast(0.0, 0.0, 0.0, "none")
    spread = WIDTH * math.sqrt(variance)
    low = max(expected - spread, min(expected, 0))
    return Forecast(expected, low, expected + spread, "rhythm")


def of_trend(values: Sequence[float], horizon: int, season: int = 52) -> Forecast:
    """Expect of the coming periods what their history lets expect.

    Too short a history goes on at its mean, an empty one at nothing; both are named.

    >>> of_trend([], 13).method
    'none'
    >>> of_trend([10, 20], 2)
    Forecast(expected=30.0, low=17.18..., high=42.81..., method='mean')
    """
    if not any(values):
        return Forecast(0.0, 0.0, 0.0, "none")
    if len(values) < FEW:
        expected = fmean(values) * horizon
        deviation = stdev(values) if len(values) > 1 else abs(values[0])
        spread = WIDTH * deviation * math.sqrt(horizon)
        return Forecast(expected, expected - spread, expected + spread, "mean")
    expected = sum(curve(values, horizon, season))
    ours, naive, totals = back_test(values, horizon, season)
    if len(totals) < 3:
        totals = [stdev(values) * math.sqrt(horizon)]
    spread = WIDTH * math.sqrt(fmean(error**2 for error in totals))
    return Forecast(
        expected, expected - spread, expected + spread, "trend", ours, naive
    )


def curve(values: Sequence[float], horizon: int, season: int = 52) -> list[float]:
    """Give the coming periods: the mean of what several simple models say.

    None of them is best everywhere, and their mean is seldom far from the best. The
    seasonal one takes part when two years are known.
    """
    import numpy as np
    from statsforecast.models import AutoETS, AutoTheta, Naive, SeasonalNaive

    history = np.asarray(values, dtype=float)
    # What does not change has no trend to be fitted.
    if np.ptp(history) == 0:
        return [float(history[-1])] * horizon
    models = [Naive(), AutoETS(season_length=1), AutoTheta(season_length=1)]
    if season > 1 and len(history) >= 2 * season:
        models.append(SeasonalNaive(season_length=season))
    curves = [model.forecast(y=history, h=horizon)["mean"] for model in models]
    return [float(value) for value in np.mean(curves, axis=0)]


def back_test(
    values: Sequence[float], horizon: int, season: int = 52
) -> tuple[float | None, float | None, list[float]]:
    """Forecast the past from what was known before it, at some moments of it.

    :return: mean error of a period, that of the naive forecast, errors of the sums
    """
    ours, naive, totals = [], [], []
    latest = len(values) - horizon
    step = max(horizon // 3, 1)
    for cut in list(range(latest, FEW - 1, -step))[:ORIGINS]:
        past, future = values[:cut], values[cut : cut + horizon]
        told = curve(past, horizon, season)
        ours += [abs(a - b) for a, b in zip(told, future, strict=True)]
        naive += [abs(past[-1] - value) for value in future]
        totals.append(sum(told) - sum(future))
    if not ours:
        return None, None, []
    return fmean(ours), fmean(naive), totals
