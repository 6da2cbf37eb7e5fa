"""What an action of the ORM takes: seconds in all, in the database, and queries."""

import threading
import time
from collections.abc import Callable
from typing import NamedTuple


class Spent(NamedTuple):
    seconds: float
    in_database: float
    queries: int


def spent(action: Callable[[], object]) -> Spent:
    thread = threading.current_thread()
    # Odoo's cursor counts on the thread, where it finds these.
    thread.query_count, thread.query_time = 0, 0.0
    start = time.perf_counter()
    try:
        action()
        return Spent(time.perf_counter() - start, thread.query_time, thread.query_count)
    finally:
        del thread.query_count, thread.query_time
