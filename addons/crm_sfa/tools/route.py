"""The order in which the customers of a day are visited, as the crow flies."""

from collections.abc import Sequence
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

EARTH = 6371.0
# Beyond so many stops the order stays as the nearest neighbour gives it.
SHORT = 40


class Point(NamedTuple):
    lat: float
    lon: float


def point(lat: float | None, lon: float | None) -> Point | None:
    """Give a place on earth; None where there is none. 0/0 lies in the sea, and is what
    an address that was never looked up holds.

    >>> point(52.5, 13.4)
    Point(lat=52.5, lon=13.4)
    >>> point(0, 0), point(None, 13.4), point(91, 13.4), point(float("nan"), 1)
    (None, None, None, None)
    >>> point(0, 13.4)
    Point(lat=0.0, lon=13.4)
    """
    try:
        lat, lon = float(lat), float(lon)
    except (TypeError, ValueError):
        return None
    if (lat, lon) == (0, 0) or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    return Point(lat, lon)


def distance(a: Point, b: Point) -> float:
    """Give the kilometres between two places.

    >>> round(distance(Point(52.52, 13.405), Point(48.137, 11.575)))
    504
    >>> round(distance(Point(0, 179.5), Point(0, -179.5)))
    111
    """
    north, east = radians(b.lat - a.lat) / 2, radians(b.lon - a.lon) / 2
    part = cos(radians(a.lat)) * cos(radians(b.lat)) * sin(east) ** 2
    return 2 * EARTH * asin(min(1, sqrt(sin(north) ** 2 + part)))


def length(points: Sequence[Point]) -> float:
    """Give the kilometres of a way through places in their order.

    >>> length([Point(0, 0)]), round(length([Point(0, 0), Point(0, 1), Point(0, 0)]))
    (0, 222)
    """
    return sum(distance(a, b) for a, b in pairwise(points))


def route(start: Point | None, stops: Sequence[Point]) -> list[int]:
    """Give the places of the stops in the order of a short way, which begins at
    `start` (or else at the first stop) and ends where it ends.

    The nearest one comes next; then parts are turned round as long as that makes the
    way shorter, which takes out crossings.

    >>> line = [Point(0, 3), Point(0, 1), Point(0, 2)]
    >>> route(Point(0, 0), line), route(None, line), route(None, [])
    ([1, 2, 0], [0, 2, 1], [])
    >>> corners = [Point(0, 1), Point(0, -1.2), Point(0, -3), Point(0, 4)]
    >>> route(Point(0, 0), corners)
    [2, 1, 0, 3]
    """
    if not stops:
        return []
    left = list(range(len(stops)))
    order = [] if start else [left.pop(0)]
    here = start or stops[0]
    while left:
        nearest = min(left, key=lambda i: (distance(here, stops[i]), i))
        left.remove(nearest)
        order.append(nearest)
        here = stops[nearest]
    return _untangled(start, stops, order) if len(order) <= SHORT else order


def _untangled(start, stops, order: list[int]) -> list[int]:
    """Turn parts of the way round while that makes it shorter (2-opt)."""

    def way(order):
        places = [stops[i] for i in order]
        return length([start, *places] if start else places)

    best, found = way(order), True
    while found:
        found = False
        for first in range(0 if start else 1, len(order) - 1):
            for last in range(first + 2, len(order) + 1):
                turned = order[:first] + order[first:last][::-1] + order[last:]
                if (total := way(turned)) < best - 1e-9:
                    order, best, found = turned, total, True
    return order


def drawing(
    points: Sequence[Point], width: int, height: int, margin: int = 18
) -> list[tuple[int, int]]:
    """Give where places stand in a drawing of some size, north up.

    >>> drawing([Point(0, 0), Point(1, 0), Point(0, 1)], 100, 100, 10)
    [(10, 90), (10, 10), (90, 90)]
    >>> drawing([Point(52, 13)], 100, 60)
    [(50, 30)]
    """
    if not points:
        return []
    middle = sum(p.lat for p in points) / len(points)
    flat = [(_east(p, points[0]) * cos(radians(middle)), -p.lat) for p in points]
    xs, ys = zip(*flat, strict=True)
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    scales = [
        (room - 2 * margin) / size
        for room, size in ((width, wide), (height, high))
        if size > 1e-9
    ]
    scale = min(scales, default=0)
    left, top = (width - wide * scale) / 2, (height - high * scale) / 2
    return [
        (round(left + (x - min(xs)) * scale), round(top + (y - min(ys)) * scale))
        for x, y in flat
    ]


def _east(place: Point, origin: Point) -> float:
    """Degrees east of another place, the short way round the earth."""
    return (place.lon - origin.lon + 180) % 360 - 180
