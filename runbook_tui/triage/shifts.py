"""Which series are judged, and what counts as worse in each. Pure."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from runbook_tui.aws.facts.series import Series, Window
from runbook_tui.triage.onset import Shift, shift

# Counts that CloudWatch leaves out where nothing happened. Others are unknown where they are absent.
COUNTS: Final = (
    "requests",
    "target_5xx",
    "unconnected",
    "elb_5xx",
    "elb_502",
    "elb_503",
    "elb_504",
    "rejected",
)


class Judged(Struct, frozen=True):
    """``least`` is what somebody would call worse, in the series' own unit, or as a share of its median."""

    least: float
    share: bool = False
    falls: bool = False


_JUDGED: Final = {
    "error_rate": Judged(0.01),
    "elb_5xx": Judged(2.0),
    "elb_502": Judged(2.0),
    "elb_503": Judged(2.0),
    "elb_504": Judged(2.0),
    "unconnected": Judged(2.0),
    "p95": Judged(0.5, share=True),
    "healthy": Judged(0.9, falls=True),
    "unhealthy": Judged(0.9),
    "cpu": Judged(12.0),
    "memory": Judged(12.0),
    "requests": Judged(1.0, share=True),
}
# What visitors notice: failed, refused and slow requests, and the hosts that could serve them.
VISITORS: Final = ("error_rate", "elb_5xx", "elb_502", "elb_503", "elb_504", "p95", "healthy")


def filled(series: Mapping[str, Series], window: Window) -> dict[str, Series]:
    """Counts are whole, and ``error_rate`` (failed of what the targets answered, 0 to 1) is beside them."""
    found = dict(series)
    for name in COUNTS:
        if name in series:
            found[name] = {at: series[name].get(at, 0.0) for at in window.minutes}
    if "requests" in found and "target_5xx" in found:
        found["error_rate"] = {
            at: min(1.0, found["target_5xx"].get(at, 0.0) / asked)
            for at, asked in found["requests"].items()
            if asked > 0
        }
    return found


def shifts_of(series: Mapping[str, Series]) -> dict[str, Shift]:
    found = {name: _shift(name, series[name], judged) for name, judged in _JUDGED.items() if name in series}
    return {name: one for name, one in found.items() if one is not None}


def _shift(name: str, points: Series, judged: Judged) -> Shift | None:
    least = judged.least
    if judged.share:
        usual = sorted(points.values())[len(points) // 4] if points else 0.0  # the better quarter: half may be bad
        least = max(judged.least * usual, 1e-3)
    return shift(name, points, least=least, falls=judged.falls)
