"""What a benchmark is, how two sides are timed, and what is told of them."""

import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tools.settings import ROOT, Problem

from .generator import build
from .generator.sizes import SIZES

JSON = ROOT / "bench.json"
ROUNDS = "CRM_BENCH_ROUNDS"


@dataclass(frozen=True)
class Result:
    """One line of the table.

    :param ours: the suite's figure, in ``unit``
    :param theirs: that of what it is compared with, if there is such a thing
    :param part: which part of the benchmark it is
    :param goal: the limit, of the ratio or, where ``goal_on`` says so, of ours
    :param note: what else a reader should know, in a few words
    """

    ours: float
    theirs: float | None = None
    part: str = ""
    unit: str = "ms"
    goal: float | None = None
    goal_on: str = "ratio"
    note: str = ""
    size: str = ""
    growth: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.ours / self.theirs if self.theirs else None

    @property
    def met(self) -> bool | None:
        held = self.ratio if self.goal_on == "ratio" else self.ours
        return None if None in (held, self.goal) else held <= self.goal


@dataclass(frozen=True)
class Benchmark:
    id: str
    title: str
    measure: Callable[..., Iterator[Result]]
    goal: float | None = None
    sizes: tuple[str, ...] = ()

    def run(self) -> dict[str, Result]:
        """Measure, on each size of the data set if it takes one; S comes first."""
        print(f"\n{self.id}: {self.title}", flush=True)
        results = {}
        for result in self._results():
            if result.size == "L" and (small := results.get(self._key(result, "S"))):
                result = replace(result, growth=result.ours / small.ours)
            key = self._key(result, result.size)
            results[key] = result
            print(f"  {key}: {result.ours:,.1f} {result.unit}", flush=True)
        return results

    def _results(self) -> Iterator[Result]:
        if not self.sizes:
            yield from map(self._with_goal, self.measure())
        for name in self.sizes:
            build.ensure(SIZES[name])
            for result in self.measure(SIZES[name]):
                yield self._with_goal(replace(result, size=name))

    def _with_goal(self, result: Result) -> Result:
        return result if result.goal else replace(result, goal=self.goal)

    def _key(self, result: Result, size: str) -> str:
        return ".".join(filter(None, (self.id, size, result.part)))


BENCHMARKS: dict[str, Benchmark] = {}


def benchmark(
    id_: str, title: str, goal: float | None = None, sizes: tuple[str, ...] = ()
) -> Callable:
    """Make a benchmark of a function that yields results.

    :param goal: for results that state none
    :param sizes: the data sets that the function is called with
    """

    def register(measure: Callable[..., Iterator[Result]]):
        BENCHMARKS[id_] = Benchmark(id_, title, measure, goal, sizes)
        return measure

    return register


def wall(action: Callable[[], object]) -> float:
    """Give the seconds that an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def in_turn(
    *sides: Callable[[], float], rounds: int, patience: float = 0
) -> list[float]:
    """Let each side measure itself, one after the other, round by round.

    :param rounds: how often, unless the environment says otherwise
    :param patience: seconds after which no further round begins
    :return: the median of each side
    """
    start = time.monotonic()
    taken = []
    for _round in range(int(os.environ.get(ROUNDS, rounds))):
        taken.append([side() for side in sides])
        if patience and time.monotonic() - start > patience:
            break
    return [statistics.median(side) for side in zip(*taken, strict=True)]


def choose(wanted: str | None) -> list[Benchmark]:
    """Give all benchmarks, or the one of an id.

    :raises Problem: if there is none of that id
    """
    known = sorted(BENCHMARKS)
    if not wanted:
        return [BENCHMARKS[id_] for id_ in known]
    if wanted not in BENCHMARKS:
        raise Problem(f"There is no benchmark {wanted}; there are {', '.join(known)}.")
    return [BENCHMARKS[wanted]]


def write_json(results: dict[str, Result]) -> None:
    """Write the results into ``bench.json``; what was not measured now stays."""
    known = json.loads(JSON.read_text()) if JSON.exists() else {}
    known |= {key: _as_dict(result) for key, result in results.items()}
    JSON.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")


def _as_dict(result: Result) -> dict:
    names = ("ours", "theirs", "ratio", "goal", "met", "unit", "goal_on", "growth")
    values = {name: getattr(result, name) for name in names}
    return {
        name: round(value, 3) if isinstance(value, float) else value
        for name, value in values.items()
        if value is not None or name in names[:5]
    }
