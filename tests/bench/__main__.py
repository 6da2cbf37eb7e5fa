"""``python -m tests.bench [ID]``: measure, print the table, write ``bench.json``."""

import argparse
import importlib
import re
import sys
from pathlib import Path

from tools.settings import Problem

from . import frame, table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("id", nargs="?", help="such as P15; all if not given")
    wanted = parser.parse_args().id
    for path in sorted(Path(__file__).parent.glob("p*.py")):
        if re.fullmatch(r"p\d+_\w+", path.stem):
            importlib.import_module(f".{path.stem}", __package__)
    results = {}
    try:
        for benchmark in frame.choose(wanted):
            results |= benchmark.run()
            # After each: what was measured outlives a failure of the next.
            frame.write_json(results)
    except Problem as problem:
        sys.exit(f"\n{problem}")
    table.show(results)


if __name__ == "__main__":
    main()
