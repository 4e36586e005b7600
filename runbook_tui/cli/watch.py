"""``check --watch``: sweeps until it is interrupted, and one line of data for each verdict that reads differently."""

import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from msgspec import json

from runbook_tui.cli.output import coloured, data, tell
from runbook_tui.cli.sweep import Result, Sweep
from runbook_tui.cli.table import row
from runbook_tui.core.verdict import Status

SHORTEST: Final = 1.0  # seconds; an interval below it would only be a load on AWS
LONGEST: Final = 3600.0
USUAL: Final = 30.0
Line = Callable[[datetime, Result, Status | None], str]


def watch(ask: Callable[[], Sweep], every: float, line: Line, sleep: Callable[[float], None]) -> Sweep:
    """Until Ctrl-C: the last whole sweep. KeyboardInterrupt when there was none yet."""
    before: Sweep | None = None
    try:
        while True:
            now = ask()
            former, before = before, now  # an interrupt while it is told must not forget it
            for changed, was in news(former, now):
                data(line(now.finished_at, changed, was))
            sys.stdout.flush()  # whoever reads the other end of a pipe wants to know now
            tell(f"{now.finished_at:%H:%M:%S}Z  {now.sentence}; again in {every:g} s, Ctrl-C ends")
            sleep(every)
    except KeyboardInterrupt:
        if before is None:
            raise
    return before


def news(before: Sweep | None, now: Sweep) -> Iterator[tuple[Result, Status | None]]:
    """What reads differently now, with its former status; at first everything. What was shown and is no longer
    shown (``--failed``) is told once more: it is put right."""
    former: Mapping[tuple[str, str], Result] = {result.key: result for result in before.results} if before else {}
    for result in now.results:
        was = former.get(result.key)
        shown = [not now.only or one.status in now.only for one in (result, was) if one is not None]
        same = was is not None and (was.status, was.because) == (result.status, result.because)
        if any(shown) and not same:
            yield result, was.status if was else None


def as_line(at: datetime, result: Result, was: Status | None) -> str:
    text = row(result, width=len(result.id), place=len(result.where), colour=coloured())
    before = f" (was {was.word})" if was not in (None, result.status) else ""
    return f"{at:%H:%M:%S}Z  {text}{before}"


def as_json_line(at: datetime, result: Result, was: Status | None) -> str:
    """One object a line: a result of ``--format json``, with ``at`` and the status ``before``, null at first."""
    found: dict[str, Any] = {"at": at, "before": was, **json.decode(json.encode(result))}
    return json.encode(found).decode()


LINES: Final[Mapping[str, Line]] = {"table": as_line, "json": as_json_line}
