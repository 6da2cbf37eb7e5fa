"""How many orders a customer still brings, whether he still is one, and what he brings.

Orders: BG/NBD (P. S. Fader, B. G. S. Hardie, K. L. Lee, "Counting Your Customers" the
Easy Way: An Alternative to the Pareto/NBD Model, Marketing Science 24, 2005). A
customer orders at random times with an own rate, and after each order leaves for good
with an own probability. Rates are spread over the customers by a gamma distribution
(r, alpha), the probabilities to leave by a beta distribution (a, b).

Money: Gamma-Gamma (P. S. Fader, B. G. S. Hardie, The Gamma-Gamma Model of Monetary
Value, 2013), which presumes that who orders often orders neither dearer nor cheaper.

Times are weeks. All functions take arrays with one row for each customer.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import (
    betainc,
    betaln,
    digamma,
    expit,
    gammaln,
    hyp2f1,
    ndtr,
    polygamma,
)

Array = np.ndarray

# Fewer customers who came back tell nothing of the others.
FEWEST_BACK = 10
# Half of what lies outside the range: it holds in four cases of five.
TAIL = 0.1
# The logarithms of the parameters stay between these. Shapes above 150 are as good as
# no spread, and the hypergeometric function overflows soon after.
SHAPE, ANY = (-12.0, 5.0), (-12.0, 12.0)
# As near as this to a pole, a parameter is moved away from it.
NEAR = 1e-6
NEVER = 1e-9
BOUNDS = [SHAPE, ANY, SHAPE, SHAPE]
RARE = 1e-3
HALVINGS = 20
CHUNK = 5_000
MONTH = 365.25 / 12 / 7
MOST_ORDERS = 1 << 20


class CannotFitError(ValueError):
    """No model can be made of these customers; ``reason`` names why, ``count`` says
    how many came back."""

    def __init__(self, reason: str, count: int = 0):
        super().__init__(reason)
        self.reason = reason
        self.count = count


class History(NamedTuple):
    """Orders of each customer: how often he came back, how long after the first order
    that was for the last time, and how long ago the first order is."""

    repeats: Array
    recency: Array
    age: Array

    def of(self, which) -> "History":
        return History(*(column[which] for column in self))


class Orders(NamedTuple):
    """A fitted BG/NBD model; of the method "constant", where nobody leaves."""

    r: float
    alpha: float
    a: float
    b: float
    likelihood: float
    method: str = "bg_nbd"


class Money(NamedTuple):
    """A fitted Gamma-Gamma model; of the method "mean", where each customer's own mean
    is expected, and ``mean`` of those who have none."""

    p: float
    q: float
    gamma: float
    mean: float
    likelihood: float
    method: str = "gamma_gamma"


def history(repeats, recency, age) -> History:
    """Make a history of anything like arrays.

    >>> history([1, 0], [2, 0], [9, 5]).age
    array([9., 5.])
    """
    return History(*(np.asarray(c, dtype=float) for c in (repeats, recency, age)))


# Orders


def fit_orders(past: History) -> Orders:
    """Give the parameters that make these histories most likely (2005, eq. 6).

    Where the search for them ends nowhere, the rate of each customer is taken for
    constant (method "constant").

    :raises CannotFitError: "empty" (no customer), "single" (one customer), or "few"
        (too few who came back)

    >>> fit_orders(history([], [], []))  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    CannotFitError: empty
    """
    back = int((past.repeats > 0).sum())
    if len(past.age) < 2:
        raise CannotFitError("single" if len(past.age) else "empty", back)
    if back < FEWEST_BACK:
        raise CannotFitError("few", back)
    rows, weights = np.unique(np.column_stack(past), axis=0, return_counts=True)
    rate = past.repeats.sum() / max(past.age.sum(), 1 / 7)
    starts = [
        (r, r / rate, a, b) for r, a, b in ((1, 1, 2), (0.25, 0.8, 2.5), (3, 0.1, 2))
    ]
    found = _best(_orders_loss, starts, (History(*rows.T), weights), BOUNDS)
    if found is None:
        return _constant(past)
    parameters, loss = found
    return Orders(*parameters, -loss * len(past.age))


def _best(
    loss, starts: list[tuple], data: tuple, bounds: list[tuple]
) -> tuple[list[float], float] | None:
    """Minimise from each start over the logarithms of the parameters; give the best
    end that is one."""
    ends = []
    low, high = np.transpose(bounds)
    for start in starts:
        end = minimize(
            loss,
            np.clip(np.log(start), low, high),
            args=data,
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8},
        )
        inside = (end.x > low) & (end.x < high)
        # A line search gives up where nothing is left to gain, too.
        steep = np.abs(np.asarray(end.jac))[inside]
        if np.isfinite(end.fun) and (steep < 1e-4).all():
            ends.append(end)
    if not ends:
        return None
    best = min(ends, key=lambda end: end.fun)
    return [float(value) for value in np.exp(best.x)], float(best.fun)


def _orders_loss(logs: Array, past: History, weights: Array) -> tuple[float, Array]:
    """Give minus the mean log likelihood, and its slope by the logarithms."""
    r, alpha, a, b = np.exp(logs)
    x, recency, age = past
    came_back = x > 0
    stays = -(r + x) * np.log(alpha + age)
    before = b + np.maximum(x, 1) - 1
    leaves = np.log(a / before) - (r + x) * np.log(alpha + recency)
    either = np.where(came_back, np.logaddexp(stays, leaves), stays)
    left = np.where(came_back, np.exp(leaves - either), 0)
    likelihood = gammaln(r + x) - gammaln(r) + r * logs[1] + either
    likelihood += betaln(a, b + x) - betaln(a, b)
    in_age = (1 - left) / (alpha + age) + left / (alpha + recency)
    in_logs = (1 - left) * np.log(alpha + age) + left * np.log(alpha + recency)
    both = digamma(a + b) - digamma(a + b + x)
    slopes = [
        r * (digamma(r + x) - digamma(r) + logs[1] - in_logs),
        alpha * (r / alpha - (r + x) * in_age),
        a * (both + left / a),
        b * (both + digamma(b + x) - digamma(b) - left / before),
    ]
    total = weights.sum()
    return -(weights @ likelihood) / total, -(np.array(slopes) @ weights) / total


def _constant(past: History) -> Orders:
    """Give rates by the method of moments; nobody leaves.

    >>> model = _constant(history([0, 1, 5], [0, 1, 5], [10, 10, 10]))
    >>> model.method, round(model.r / model.alpha, 6)
    ('constant', 0.2)
    """
    mean, spread = past.repeats.mean(), past.repeats.var()
    r = mean**2 / (spread - mean) if spread > mean else 100.0
    alpha = r * past.age.mean() / mean
    return Orders(float(r), float(alpha), NEVER, 1.0, float("nan"), "constant")


def alive(model: Orders, past: History) -> Array:
    """Give the probability that a customer has not left. Who ordered once only counts
    as alive, for he has had no order after which to leave.

    It follows from eq. 6 of 2005 by Bayes' theorem (P. S. Fader, B. G. S. Hardie,
    Computing P(alive) Using the BG/NBD Model, 2008).

    >>> model = Orders(0.243, 4.414, 0.793, 2.426, 0)
    >>> alive(model, history([2, 0], [30.43, 0], [38.86, 38.86])).round(4)
    array([0.7266, 1.    ])
    """
    r, alpha, a, b = model[:4]
    x, recency, age = past
    odds = np.log(a / (b + np.maximum(x, 1) - 1))
    odds += (r + x) * np.log((alpha + age) / (alpha + recency))
    return np.where(x > 0, expit(-odds), 1.0)


def expected_orders(model: Orders, past: History, weeks) -> Array:
    """Give the orders to expect in the next weeks (2005, eq. 10; for a customer of the
    age 0 without any repeat it is eq. 9).

    The hypergeometric function is taken in Euler's form (NIST Digital Library of
    Mathematical Functions, 15.8.1), where nothing overflows for many orders.

    >>> model = Orders(0.243, 4.414, 0.793, 2.426, 0)
    >>> expected_orders(model, history([2, 0], [30.43, 0], [38.86, 38.86]), 39).round(4)
    array([1.226 , 0.1951])
    """
    r, alpha, a, b = model[:4]
    a = a if abs(a - 1) > NEAR else 1 + NEAR
    b = b if abs(a + b - 1) > NEAR else b + 2 * NEAR
    both = a + b + past.repeats - 1
    part = weeks / (alpha + past.age + weeks)
    series = hyp2f1(a + b - 1 - r, a - 1, both, part)
    if_alive = both / (a - 1) * (1 - (1 - part) ** (a - 1) * series)
    return np.maximum(if_alive, 0) * alive(model, past)


def at_least(model: Orders, past: History, weeks: float, count) -> Array:
    """Give the probability of that many orders or more in the next weeks.

    Of a customer who is alive rate and probability to leave are independent: gamma
    (r + x, alpha + T) and beta (a, b + x). There are n orders where so many come by the
    rate, negative binomial, and he did not leave after any of the first n - 1.

    >>> model = Orders(0.243, 4.414, 0.793, 2.426, 0)
    >>> one = history([2], [30.43], [38.86])
    >>> round(float(sum(at_least(model, one, 39, n)[0] for n in range(1, 500))), 4)
    1.226
    """
    r, alpha, a, b = model[:4]
    count = np.asarray(count, dtype=float)
    part = weeks / (alpha + past.age + weeks)
    come = betainc(count, r + past.repeats, part)
    b = b + past.repeats
    return alive(model, past) * come * np.exp(betaln(a, b + count - 1) - betaln(a, b))


def orders_range(
    model: Orders, past: History, weeks: float, tail: float = TAIL
) -> tuple[Array, Array]:
    """Give two quantiles of the number of orders in the next weeks, exactly.

    >>> model = Orders(0.243, 4.414, 0.793, 2.426, 0)
    >>> orders_range(model, history([2, 0], [30.43, 0], [38.86, 38.86]), 39)
    (array([0, 0]), array([3, 1]))
    """
    return (
        _quantile(model, past, weeks, 1 - tail),
        _quantile(model, past, weeks, tail),
    )


def _quantile(model: Orders, past: History, weeks: float, above: float) -> Array:
    """Give the most orders that are reached with more than a probability."""
    low = np.zeros(len(past.age), dtype=int)
    high = np.ones(len(past.age), dtype=int)
    while True:
        more = at_least(model, past, weeks, high) > above
        if not more.any() or high.max() >= MOST_ORDERS:
            break
        low = np.where(more, high, low)
        high = np.where(more, 2 * high, high)
    while (open_ := np.flatnonzero(high - low > 1)).size:
        middle = (low[open_] + high[open_]) // 2
        more = at_least(model, past.of(open_), weeks, middle) > above
        low[open_] = np.where(more, middle, low[open_])
        high[open_] = np.where(more, high[open_], middle)
    return low


def next_order(model: Orders, past: History) -> Array:
    """Give the weeks after which a customer who is alive has ordered again with a
    probability of one half.

    The time to the next order is Pareto of the second kind (r + x, alpha + T), whose
    mean is infinite for many; so it is the median.

    >>> model = Orders(0.243, 4.414, 0.793, 2.426, 0)
    >>> next_order(model, history([2], [30.43], [38.86])).round(2)
    array([15.67])
    """
    # Who has ordered once may order in a thousand years.
    power = np.minimum(np.log(2) / (model.r + past.repeats), 50)
    return (model.alpha + past.age) * np.expm1(power)


def cumulative(model: Orders, births: Array) -> Array:
    """Give the repeat orders to expect up to the end of each day, since the first.

    :param births: how many customers ordered for the first time on each day

    >>> model = Orders(0.243, 4.414, 0.793, 2.426, 0)
    >>> cumulative(model, np.array([100, 0, 0])).round(3)
    array([0.   , 0.783, 1.558])
    """
    days = np.arange(len(births), dtype=float)
    zero = np.zeros(len(births))
    each = expected_orders(model, History(zero, zero, zero), days / 7)
    size = 2 * len(births)
    both = np.fft.irfft(np.fft.rfft(births, size) * np.fft.rfft(each, size), size)
    return np.maximum(both[: len(births)], 0)


# Money


def fit_money(repeats: Array, means: Array) -> Money:
    """Give the parameters that make these mean amounts most likely (2013, eq. 1a).

    Only who came back and brought money tells something. Where they are too few, the
    expectation has no bound, or the search ends nowhere, the method is "mean".

    :param repeats: how often each came back
    :param means: the mean amount of those orders

    >>> fit_money(np.array([1.0, 2.0]), np.array([-5.0, 30.0]))[3:]
    (30.0, nan, 'mean')
    """
    told = (repeats > 0) & (means > 0)
    x, z = repeats[told], means[told]
    mean = float(np.average(z, weights=x)) if len(z) else 0.0
    plain = Money(0.0, 0.0, 0.0, mean, float("nan"), "mean")
    # The same amount of everybody has no spread to be fitted.
    if len(z) < FEWEST_BACK or np.ptp(z) <= 1e-9 * mean:
        return plain
    starts = [(6.0, 4.0, 3.0), (1.0, 2.0, 1.0), (20.0, 5.0, 1.0)]
    found = _best(_money_loss, starts, (x, z / mean), [ANY] * 3)
    if found is None or found[0][1] <= 1 + NEAR:
        return plain
    (p, q, gamma), loss = found
    # The amounts were in units of their mean.
    likelihood = -len(z) * (loss + np.log(mean))
    return Money(p, q, gamma * mean, p * gamma * mean / (q - 1), float(likelihood))


def _money_loss(logs: Array, x: Array, z: Array) -> tuple[float, Array]:
    """Give minus the mean log likelihood, and its slope by the logarithms."""
    p, q, gamma = np.exp(logs)
    shape, sum_ = p * x, gamma + x * z
    likelihood = gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * logs[2]
    likelihood += (shape - 1) * np.log(z) + shape * np.log(x)
    likelihood -= (shape + q) * np.log(sum_)
    both = digamma(shape + q)
    in_p = x * (both - digamma(shape) + np.log(z) + np.log(x) - np.log(sum_))
    in_q = both - digamma(q) + logs[2] - np.log(sum_)
    in_gamma = q / gamma - (shape + q) / sum_
    slopes = np.array([p * in_p.mean(), q * in_q.mean(), gamma * in_gamma.mean()])
    return -likelihood.mean(), -slopes


def expected_amount(model: Money, repeats: Array, means: Array) -> Array:
    """Give the amount to expect of one order (2013, eq. 5). Who came back and took more
    than he brought counts as having brought nothing.

    >>> model = Money(6.25, 3.74, 15.44, 35.22, 0)
    >>> expected_amount(model, np.array([0.0, 2.0]), np.array([0.0, 22.35])).round(2)
    array([35.22, 24.66])
    """
    means = np.maximum(means, 0)
    if model.method == "mean":
        return np.where((repeats > 0) & (means > 0), means, model.mean)
    p, q, gamma = model[:3]
    return (gamma + repeats * means) * p / (p * repeats + q - 1)


# Lifetime value


def discounted_orders(
    model: Orders, past: History, months: int, discount: float
) -> Array:
    """Give the orders to expect, each worth less the later it comes; those of a month
    at its end.

    :param discount: a year's, 0.1 for 10 %

    >>> model = Orders(0.243, 4.414, 0.793, 2.426, 0)
    >>> one = history([2], [30.43], [38.86])
    >>> discounted_orders(model, one, 12, 0).round(3)
    array([1.563])
    >>> discounted_orders(model, one, 12, 0.1).round(3)
    array([1.49])
    """
    total = np.zeros(len(past.age))
    before = np.zeros(len(past.age))
    for month in range(1, months + 1):
        until = expected_orders(model, past, month * MONTH)
        total += (until - before) / (1 + discount) ** (month / 12)
        before = until
    return total


def value_range(
    orders: Orders,
    money: Money,
    past: History,
    means: Array,
    weeks: float,
    tail: float = TAIL,
) -> tuple[Array, Array]:
    """Give two quantiles of what a customer brings in the next weeks, not discounted.

    The numbers of orders have the probabilities of ``at_least``; above 16 they are
    taken in steps of a quarter. So many orders bring together a gamma variable whose
    rate is one too (2013, section 3): its logarithm is taken for normal, with the mean
    and the variance that it has.

    >>> orders = Orders(0.243, 4.414, 0.793, 2.426, 0)
    >>> money = Money(6.25, 3.74, 15.44, 35.22, 0)
    >>> past = history([2, 0], [30.43, 0], [38.86, 38.86])
    >>> low, high = value_range(orders, money, past, np.array([22.35, 0]), 52)
    >>> low, high.round(0)
    (array([0., 0.]), array([105.,  30.]))
    """
    if money.method == "mean":
        each = expected_amount(money, past.repeats, means)
        return tuple(n * each for n in orders_range(orders, past, weeks, tail))
    low, high = np.zeros(len(past.age)), np.zeros(len(past.age))
    # Who orders as often takes as many steps.
    alike = np.argsort(past.repeats, kind="stable")
    for start in range(0, len(low), CHUNK):
        these = alike[start : start + CHUNK]
        sums = _sums(orders, money, past.of(these), means[these], weeks)
        low[these] = _sum_quantile(*sums, 1 - tail)
        high[these] = _sum_quantile(*sums, tail)
    return low, high


def _sums(orders: Orders, money: Money, past: History, means: Array, weeks: float):
    """Give by steps of the number of orders their probability, and mean and standard
    deviation of the logarithm of what they bring."""
    least, chances = 1, [at_least(orders, past, weeks, 1)]
    steps = []
    while (chances[-1] > RARE).any() and least < MOST_ORDERS:
        following = least + max(1, least // 4) if least >= 16 else least + 1
        steps.append((least + following - 1) / 2)
        least = following
        chances.append(at_least(orders, past, weeks, least))
    masses = -np.diff(np.array([*chances, np.zeros(len(means))]), axis=0)
    counts = money.p * np.array([*steps, least])[:, None]
    shape = money.p * past.repeats + money.q
    total = money.gamma + past.repeats * np.maximum(means, 0)
    middle = digamma(counts) - digamma(shape) + np.log(total)
    return masses, middle, np.sqrt(polygamma(1, counts) + polygamma(1, shape))


def _sum_quantile(masses: Array, middle: Array, spread: Array, above: float) -> Array:
    """Give the sum that is reached with a probability, by halving its logarithm."""
    result = np.zeros(masses.shape[1])
    some = np.flatnonzero(masses.sum(axis=0) > above)
    masses, middle, spread = masses[:, some], middle[:, some], spread[:, some]
    low = (middle - 6 * spread).min(axis=0)
    high = (middle + 6 * spread).max(axis=0)
    for _halving in range(HALVINGS):
        between = (low + high) / 2
        reached = (masses * ndtr((middle - between) / spread)).sum(axis=0) > above
        low = np.where(reached, between, low)
        high = np.where(reached, high, between)
    result[some] = np.exp(low)
    return result
