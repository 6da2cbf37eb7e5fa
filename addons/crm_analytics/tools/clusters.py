"""Groups of customers who behave alike: k-means on robustly scaled features.

How many groups there are is chosen by the silhouette (Rousseeuw 1987, "Silhouettes: a
graphical aid to the interpretation and validation of cluster analysis"), with the words
of Kaufman and Rousseeuw (1990) for what its value means. How far the groups can be
relied on is told by groups of resamples (Hennig 2007, "Cluster-wise assessment of
cluster stability"), compared by the adjusted Rand index (Hubert and Arabie 1985).

Everything drawn by chance is drawn from one seed, and sums are added by one thread: the
same customers give the same groups.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

SEED = 20_260_101
FEWEST_CUSTOMERS = 20
FEWEST, MOST = 2, 8
# The silhouette compares each with each, so it looks at so many customers at most.
SAMPLE = 4000
# More customers than this are read by k-means in batches.
MANY = 50_000
STARTS = 5
RESAMPLES = 20
# So many robust standard deviations from the middle are far; farther counts as so far.
FAR = 4.0
# A mean is told as peculiar from so many standard deviations on.
PECULIAR = 0.3


class Feature(NamedTuple):
    """One thing that customers are compared by.

    :param code: the column of the query, unique among all sources
    :param label: what is measured, as people say it
    :param high: what is said of a group that has much of it, e.g. "buys often"
    :param low: what is said of one that has little of it
    :param log: compared by its order of magnitude (counts and money)
    :param missing: what a customer has that the source does not know; None is the
        median of the others, which tells nothing of the customer
    """

    code: str
    label: str
    high: str
    low: str
    log: bool = False
    missing: float | None = 0.0


class Choice(NamedTuple):
    """How well so many groups fit. ``inertia`` is the mean squared distance from the
    centre."""

    groups: int
    silhouette: float
    inertia: float


class Found(NamedTuple):
    """What was found; arrays have one row per customer.

    :param columns: which of the features vary, and were compared
    :param profile: for each group and compared column how many standard deviations its
        mean lies above that of all
    :param stability: adjusted Rand index of each resample
    """

    columns: list[int]
    labels: np.ndarray
    distances: np.ndarray
    profile: np.ndarray
    choices: list[Choice]
    stability: list[float]


class TooFew(ValueError):
    """There are not enough customers who differ."""


def fill(values: np.ndarray, missing: Sequence[float | None]) -> None:
    """Put in place what a source did not know.

    >>> table = np.array([[1, np.nan], [np.nan, 4], [3, 2]], dtype="float32")
    >>> fill(table, [0.0, None])
    >>> table.tolist()
    [[1.0, 3.0], [0.0, 4.0], [3.0, 2.0]]
    """
    for column, value in enumerate(missing):
        cells = values[:, column]
        unknown = np.isnan(cells)
        if value is None:
            value = 0.0 if unknown.all() else float(np.nanmedian(cells))
        cells[unknown] = value


def scale(values: np.ndarray, logs: Sequence[bool]) -> tuple[np.ndarray, list[int]]:
    """Make columns comparable: in the logarithm where asked, from the median, in robust
    standard deviations. What is the same for all is left out.

    Where more than half of the customers have the same value, the quartiles show no
    width, and the plain standard deviation takes their place.

    :return: the scaled columns, and which they are

    >>> scaled, columns = scale(np.array([[1.0, 5], [2, 5], [3, 5]]), [False, False])
    >>> columns, [round(float(one), 2) for one in scaled[:, 0]]
    ([0], [-1.35, 0.0, 1.35])
    """
    from sklearn.preprocessing import RobustScaler

    columns = [at for at in range(values.shape[1]) if np.ptp(values[:, at]) > 0]
    scaled = values[:, columns].astype(np.float32)
    for at, column in enumerate(columns):
        if logs[column]:
            # Refunds make money negative: its size counts, with its sign.
            cells = scaled[:, at]
            scaled[:, at] = np.sign(cells) * np.log1p(np.abs(cells))
    if not columns:
        return scaled, columns
    quartiles = np.percentile(scaled, [25, 75], axis=0)
    narrow = quartiles[0] == quartiles[1]
    scaled = RobustScaler(unit_variance=True, copy=False).fit_transform(scaled)
    scaled[:, narrow] /= scaled[:, narrow].std(axis=0)
    return np.clip(scaled, -FAR, FAR, out=scaled), columns


def find(
    values: np.ndarray,
    logs: Sequence[bool],
    wanted: int = 0,
    tell: Callable[[float], None] = lambda share: None,
) -> Found:
    """Find the groups of customers who behave alike.

    Groups are counted from 0, those of the largest mean of the first column first.

    :param values: one row per customer, filled, in a fixed order
    :param wanted: so many groups; 0 chooses
    :param tell: is told how much is done, from 0 to 1
    :raises TooFew: fewer customers than ``FEWEST_CUSTOMERS``, or all behave alike
    """
    from sklearn.cluster import KMeans, MiniBatchKMeans
    from threadpoolctl import threadpool_limits

    if len(values) < FEWEST_CUSTOMERS:
        raise TooFew
    scaled, columns = scale(values, logs)
    if not columns:
        raise TooFew
    with threadpool_limits(limits=1):
        sample = _sample(scaled)
        choices = choose(sample, tell)
        groups = wanted or best(choices).groups
        groups = min(groups, max(choice.groups for choice in choices))
        tell(0.5)
        kind = MiniBatchKMeans if len(scaled) > MANY else KMeans
        model = kind(groups, n_init=STARTS, random_state=SEED).fit(scaled)
        tell(0.7)
        stability = stabilities(sample, model)
        labels = _in_order(model.predict(scaled), values[:, 0])
    distances = np.empty(len(scaled), dtype=np.float32)
    for group in range(labels.max() + 1):
        mine = labels == group
        centre = scaled[mine].mean(axis=0)
        distances[mine] = np.linalg.norm(scaled[mine] - centre, axis=1)
    return Found(
        columns, labels, distances, peculiar(scaled, labels), choices, stability
    )


def _sample(scaled: np.ndarray) -> np.ndarray:
    if len(scaled) <= SAMPLE:
        return scaled
    draw = np.random.default_rng(SEED)
    return scaled[np.sort(draw.choice(len(scaled), SAMPLE, replace=False))]


def choose(
    sample: np.ndarray, tell: Callable[[float], None] = lambda share: None
) -> list[Choice]:
    """Try all numbers of groups; no more than there are customers who differ.

    >>> points = np.array([[0.0], [0.1], [5], [5.1], [9], [9.1]], dtype="float32")
    >>> [choice.groups for choice in choose(points)]
    [2, 3, 4, 5]
    >>> best(choose(points)).groups
    3
    """
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    different = len(np.unique(sample, axis=0))
    choices = []
    for groups in range(FEWEST, min(MOST, different - 1) + 1):
        model = KMeans(groups, n_init=STARTS, random_state=SEED).fit(sample)
        score = silhouette_score(sample, model.labels_)
        inertia = model.inertia_ / len(sample)
        choices.append(Choice(groups, round(float(score), 4), round(float(inertia), 4)))
        tell(0.5 * (groups - FEWEST + 1) / (MOST - FEWEST + 1))
    if not choices:
        # Two kinds of customers, and all of a kind are the same.
        choices.append(Choice(different, 1.0, 0.0))
    return choices


def best(choices: Sequence[Choice]) -> Choice:
    """Give the highest silhouette; of equal ones the fewest groups.

    >>> best([Choice(2, 0.5, 9), Choice(3, 0.5, 8), Choice(4, 0.4, 7)]).groups
    2
    """
    return max(choices, key=lambda choice: (choice.silhouette, -choice.groups))


def stabilities(sample: np.ndarray, model) -> list[float]:
    """Find the groups again in resamples drawn with replacement; tell how far each
    agrees on all of the sample: 1 is the same groups, 0 what chance gives."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    draw = np.random.default_rng(SEED)
    told, found = model.predict(sample), []
    for _turn in range(RESAMPLES):
        rows = draw.integers(len(sample), size=len(sample))
        groups = min(model.n_clusters, len(np.unique(sample[rows], axis=0)))
        again = KMeans(groups, n_init=1, random_state=SEED).fit(sample[rows])
        found.append(float(adjusted_rand_score(told, again.predict(sample))))
    return found


def _in_order(labels: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Number the groups by the mean of a column, the largest first."""
    groups = np.unique(labels)
    means = [float(values[labels == group].mean()) for group in groups]
    rank = np.empty(labels.max() + 1, dtype=np.int32)
    for at, index in enumerate(sorted(range(len(groups)), key=lambda i: -means[i])):
        rank[groups[index]] = at
    return rank[labels]


def peculiar(scaled: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Tell by how many standard deviations the mean of each group lies above that of
    all.

    >>> peculiar(np.array([[0.0], [0], [2], [2]]), np.array([0, 0, 1, 1])).tolist()
    [[-1.0], [1.0]]
    """
    mean, width = scaled.mean(axis=0), scaled.std(axis=0)
    groups = range(labels.max() + 1)
    means = np.array([scaled[labels == group].mean(axis=0) for group in groups])
    return (means - mean) / np.where(width > 0, width, 1)


def name(
    features: Sequence[Feature], profile: Sequence[float], others: str, count: int = 2
) -> str:
    """Name a group by what sets it apart.

    :param others: the name of a group that nothing sets apart

    >>> orders = Feature("orders", "Orders", "buys often", "buys seldom")
    >>> tickets = Feature("tickets", "Tickets", "many tickets", "few tickets")
    >>> name([orders, tickets], [1.2, -0.4], "like most")
    'buys often, few tickets'
    >>> name([orders, tickets], [0.1, -0.2], "like most")
    'like most'
    """
    far = sorted(range(len(profile)), key=lambda at: (-abs(profile[at]), at))
    words = [
        features[at].high if profile[at] > 0 else features[at].low
        for at in far[:count]
        if abs(profile[at]) >= PECULIAR
    ]
    return ", ".join(words) or others


def names(
    features: Sequence[Feature], profiles: Sequence[Sequence[float]], others: str
) -> list[str]:
    """Name all groups; those of the same two words by one more, then by a number.

    >>> orders = Feature("orders", "Orders", "buys often", "buys seldom")
    >>> names([orders], [[2.0], [1.0], [-1.0]], "like most")
    ['buys often', 'buys often (2)', 'buys seldom']
    """
    given = [name(features, profile, others) for profile in profiles]
    doubled = {one for one in given if given.count(one) > 1}
    given = [
        name(features, profile, others, 3) if one in doubled else one
        for one, profile in zip(given, profiles, strict=True)
    ]
    seen: dict[str, int] = {}
    told = []
    for one in given:
        seen[one] = seen.get(one, 0) + 1
        told.append(f"{one} ({seen[one]})" if seen[one] > 1 else one)
    return told
