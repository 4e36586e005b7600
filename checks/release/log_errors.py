"""What the application's log says of a rollout (guide 9.2)."""

import re
from collections import Counter
from typing import Any, Final

from msgspec import Struct

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Unsupported
from runbook_tui.aws.facts.log_class import classes, is_deadly, is_quiet
from runbook_tui.aws.facts.log_query import NotFinished
from runbook_tui.aws.facts.rollout_series import HOUR, WEEK
from runbook_tui.aws.facts.series import Window
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail

SHOWN: Final = 5
MUCH: Final = 0.05  # of all lines
TIMES: Final = 2
LEAST: Final = 1.0  # line a minute is nothing to speak of
# Whatever else the site looks for: the process ends, or a promise was left alone.
DEADLY: Final = ("FATAL", "UnhandledPromiseRejection", "unhandledRejection", "heap out of memory")


class _Heard(Struct, frozen=True, kw_only=True):
    """``errors`` counts all, ``lines`` are the newest of them; ``scanned`` is None where nobody counted all lines."""

    lines: tuple[str, ...]
    errors: int
    minutes: int
    scanned: int | None

    @property
    def rate(self) -> float:
        return self.errors / self.minutes


@check(
    "roll.log-errors",
    guide="9.2",
    severity="high",
    scope="environment",
    needs=["logs:FilterLogEvents", "logs:GetQueryResults", "logs:StartQuery"],
)
def log_errors(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The log tells of no more errors than a week before, and of none that is new."""
    window = Window.before(aws.now(), site.roll.window_min)
    hour = Window.before(aws.now(), HOUR).earlier(WEEK)
    now, before = together(lambda: _heard(aws, site, env, window), lambda: _heard(aws, site, env, hour))
    kinds, known = classes(now.lines), classes(before.lines)
    new = Counter({kind: count for kind, count in kinds.items() if kind not in known})
    evidence: dict[str, Any] = {
        "errors": now.errors,
        "minutes": now.minutes,
        "lines": "not counted" if now.scanned is None else now.scanned,
        "before_a_minute": round(before.rate, 2),
        "top": dict(kinds.most_common(SHOWN)),
        "new": [kind for kind, _ in new.most_common(SHOWN)],
    }
    remedy = "look into the new errors; roll back when visitors notice them"
    deadly = sum(is_deadly(line) for line in now.lines)
    if deadly:
        return fail(f"{deadly} lines tell of a process that ended or a promise left alone", remedy, **evidence)
    much = [kind for kind, count in new.items() if now.scanned and count > MUCH * now.scanned]
    if much:
        because = f"a new error in more than {MUCH:.0%} of {now.scanned} lines: {much[0]}"
        return fail(because, remedy, **evidence)
    concerns = []
    if now.rate > TIMES * max(before.rate, LEAST):
        concerns.append(f"{now.rate:.1f} error lines a minute, {before.rate:.1f} a week before")
    if new:
        concerns.append(f"{len(new)} new kinds of errors, such as {new.most_common(1)[0][0]}")
    good = f"{now.errors} error lines in {now.minutes} min, none of a new kind"
    return warn_or_pass(concerns, good, remedy, **evidence)


def _heard(aws: Aws, site: Site, env: Environment, window: Window) -> _Heard:
    """By Logs Insights; where it fails, or is not there, by the events themselves."""
    texts = tuple(dict.fromkeys((*site.obs.error_patterns, *DEADLY)))
    minutes = len(window.minutes)
    try:
        found = aws.log_query.query(env.log_group, query(texts), window.start, window.end)
    except (NotFinished, Unsupported):
        found = aws.log_query.events(env.log_group, texts, window.start, window.end)
        loud = tuple(line for line in found.lines if not is_quiet(line))
        return _Heard(lines=loud, errors=len(loud), minutes=minutes, scanned=None)
    return _Heard(lines=found.lines, errors=found.matched, minutes=minutes, scanned=found.scanned)


def query(texts: tuple[str, ...]) -> str:
    """Lines that hold one of the texts in any case, but for those whose own level says that they are no error."""
    wanted = "|".join(re.escape(text).replace("/", r"\/") for text in texts)
    quiet = r'"level":\s*("(trace|debug|verbose|http|silly|info|notice)"|[123]0\b)'
    return (
        f"fields @message | filter @message like /(?i)({wanted})/ | filter @message not like /{quiet}/"
        f" | sort @timestamp desc"
    )
