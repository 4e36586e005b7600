"""How many requests failed: counted minute by minute from the load balancer's metrics. Pure."""

from collections.abc import Callable, Mapping
from typing import Self

from msgspec import Struct

from runbook_tui.aws.facts.series import Series, Window


class Minute(Struct, frozen=True, kw_only=True):
    """``requests`` found a target of the group, ``failed`` of them were answered 5xx by it.

    ``balancer_failed`` were answered 5xx by the load balancer itself, which does not say for which group.
    ``healthy`` is the fewest healthy hosts that one of its nodes saw, None when nothing was reported;
    ``unconnected`` are connections to the group's targets that did not come about.
    """

    requests: float = 0.0
    failed: float = 0.0
    balancer_failed: float = 0.0
    healthy: float | None = None
    unconnected: float = 0.0

    @property
    def own_balancer_failed(self) -> float:
        """Those that can only be this group's: it had no healthy host, or its targets were not reached."""
        own = self.healthy is None or self.healthy == 0 or self.unconnected > 0
        return self.balancer_failed if own else 0.0

    @property
    def asked(self) -> float:
        return self.requests + self.own_balancer_failed

    @property
    def errors(self) -> float:
        return self.failed + self.own_balancer_failed

    @property
    def rate(self) -> float | None:
        return _share(self.errors, self.asked)


class Traffic(Struct, frozen=True, kw_only=True):
    minutes: tuple[Minute, ...]

    @classmethod
    def of(cls, series: Mapping[str, Series], window: Window) -> Self:
        """``series`` by the names of a minute's fields; a count that is absent is 0, healthy hosts are not."""

        def minute(at: object) -> Minute:
            found = {name: points[at] for name, points in series.items() if at in points}  # type: ignore[index]
            return Minute(**found)

        return cls(minutes=tuple(minute(at) for at in window.minutes))

    @property
    def asked(self) -> float:
        return sum(one.asked for one in self.minutes)

    @property
    def errors(self) -> float:
        return sum(one.errors for one in self.minutes)

    @property
    def balancer_failed(self) -> float:
        """Of the load balancer as a whole, whosever they were."""
        return sum(one.balancer_failed for one in self.minutes)

    @property
    def rate(self) -> float | None:
        """From 0 to 1; None when nobody asked: no traffic is no success."""
        return _share(self.errors, self.asked)

    @property
    def hosts_known(self) -> bool:
        return any(one.healthy is not None for one in self.minutes)

    @property
    def hostless(self) -> int:
        """Minutes in which no host was healthy."""
        return sum(one.healthy == 0 for one in self.minutes)

    def longest(self, holds: Callable[[float], bool]) -> int:
        """The most minutes on end whose rate is so."""
        most = run = 0
        for one in self.minutes:
            run = run + 1 if one.rate is not None and holds(one.rate) else 0
            most = max(most, run)
        return most


def _share(part: float, whole: float) -> float | None:
    return min(1.0, part / whole) if whole > 0 else None
