"""P18, forecast: the last quarter of the CDNOW sample's weekly sales, held out.

Not seconds but errors are measured: the mean absolute error of a week, in dollars.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from statistics import fmean

from tools.settings import LOCAL, ROOT, Problem

from .frame import Result, benchmark

SAMPLE = LOCAL / "data" / "CDNOW_sample.txt"
QUARTER = 13
# Fewer weeks before the forecast are no fair history for it.
SHORTEST = 30
Model = Callable[[Sequence[float], int], Sequence[float]]


@benchmark("P18", "forecast of weekly sales, against naive, seasonal naive and ETS", 1)
def forecast() -> Iterator[Result]:
    values = weekly_sales()
    ours, *others = models().values()
    names = list(models())[1:]
    # The quarter that the goal is about, then every third week before it.
    latest = len(values) - QUARTER
    yield _result(
        "held_out", [error(m, values, latest) for m in (ours, *others)], names
    )
    origins = range(latest, SHORTEST - 1, -3)
    errors = [
        fmean(error(model, values, cut) for cut in origins) for model in (ours, *others)
    ]
    note = f"mean of {len(origins)} quarters; "
    yield _result("rolling", errors, names, note)


def _result(part: str, errors: list[float], names: list[str], note: str = "") -> Result:
    ours, *others = errors
    told = ", ".join(f"{n} {e:.0f}" for n, e in zip(names, others, strict=True))
    print(f"  {part}: ours {ours:.0f}, {told}", flush=True)
    return Result(ours, min(others), part=part, unit="$", note=f"{note}{told}")


def weekly_sales() -> list[float]:
    """Sum up the sample by full weeks from Monday."""
    if not SAMPLE.exists():
        raise Problem("The CDNOW sample is missing: `make demo` fetches it.")
    sales = Counter()
    for line in SAMPLE.read_text().splitlines():
        if line.strip():
            _master, _customer, day, _quantity, dollars = line.split()
            day = datetime.strptime(day, "%Y%m%d").date()
            sales[day - timedelta(days=day.weekday())] += float(dollars)
    # The sample ends on a Tuesday: its last week is none.
    return [sales[monday] for monday in sorted(sales)[:-1]]


def models() -> dict[str, Model]:
    from statsforecast.models import AutoETS, Naive, SeasonalNaive

    # The tool has no need of Odoo.
    sys.path.insert(0, str(ROOT / "addons" / "crm_sfa" / "tools"))
    from forecast import curve

    # There is one year and a half: a season of a quarter is the longest that can be
    # seen twice.
    return {
        "ours": curve,
        "naive": _of(Naive),
        "seasonal naive": _of(lambda: SeasonalNaive(season_length=QUARTER)),
        "ETS": _of(lambda: AutoETS(season_length=1)),
    }


def _of(make: Callable) -> Model:
    import numpy as np

    return lambda past, horizon: make().forecast(y=np.asarray(past), h=horizon)["mean"]


def error(model: Model, values: list[float], cut: int) -> float:
    """Give the mean error of the quarter that follows the first weeks."""
    told = model(values[:cut], QUARTER)
    truth = values[cut : cut + QUARTER]
    return fmean(abs(a - b) for a, b in zip(told, truth, strict=True))
