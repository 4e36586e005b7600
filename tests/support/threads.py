"""Many threads at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from runbook_tui.aws.errors import AwsProblem
from runbook_tui.core.problems import Problem


def at_once(number: int, ask: Callable[[int], Any]) -> list[Any]:
    """What ``number`` threads got that asked at the same moment; exceptions are results too."""
    start = threading.Barrier(number)

    def run(place: int) -> Any:
        start.wait()
        try:
            return ask(place)
        except (AwsProblem, Problem) as problem:
            return problem

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))
