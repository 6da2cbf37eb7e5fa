"""The results as a table."""

from .frame import Result

HEAD = ("", "ours", "theirs", "ratio", "goal", "met", "S to L", "")
MET = {True: "yes", False: "NO", None: ""}


def show(results: dict[str, Result]) -> None:
    lines = [HEAD, *(_cells(key, result) for key, result in results.items())]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    print()
    for line in lines:
        first, *numbers, last = (
            cell.ljust(width) if place in (0, len(widths) - 1) else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        print("  ".join([first, *numbers, last]).rstrip())


def _cells(key: str, result: Result) -> tuple[str, ...]:
    goal = ""
    if result.goal:
        unit = "x" if result.goal_on == "ratio" else result.unit
        goal = f"<= {result.goal:g} {unit}"
    return (
        key,
        _number(result.ours, result.unit),
        _number(result.theirs, result.unit),
        _number(result.ratio, "x"),
        goal,
        MET[result.met],
        _number(result.growth, "x"),
        result.note,
    )


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}"
