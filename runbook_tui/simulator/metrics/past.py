"""The past as it was: each service's conditions, as a step function of time."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from runbook_tui.simulator.metrics.condition import Condition
from runbook_tui.simulator.metrics.load import minute_of

_KEPT = timedelta(days=455)


class Past:
    """Minutes are numbered since 1970. What is written down is never changed, only added to."""

    def __init__(self) -> None:
        self._minutes: dict[str, list[int]] = {}
        self._conditions: dict[str, list[Condition | None]] = {}
        self._known: dict[str, Condition] = {}

    def services(self) -> Mapping[str, Condition]:
        """Every service that there ever was, by ``cluster/service``, in its last condition."""
        return self._known

    def begin(self, present: Mapping[str, Condition], at: datetime) -> None:
        """Those have been so for as long as CloudWatch keeps anything."""
        self.write(present, at - _KEPT)

    def write(self, present: Mapping[str, Condition], at: datetime) -> None:
        """So it is from now on. A service that is missing is gone."""
        for key in (*present, *(each for each in self._known if each not in present)):
            self._add(key, present.get(key), minute_of(at))

    def _add(self, key: str, condition: Condition | None, minute: int) -> None:
        minutes, conditions = self._minutes.setdefault(key, []), self._conditions.setdefault(key, [])
        if condition is not None:
            self._known[key] = condition
        if conditions and conditions[-1] == condition:
            return
        if minutes and minutes[-1] == minute:
            conditions[-1] = condition
            return
        minutes.append(minute)
        conditions.append(condition)

    def at(self, key: str, minute: int) -> Condition | None:
        """How a service was; None when there was none."""
        minutes = self._minutes.get(key, ())
        place = bisect_right(minutes, minute)
        return self._conditions[key][place - 1] if place else None

    def stretches(self, key: str, first: int, end: int) -> Iterator[tuple[int, int, Condition]]:
        """From ``first`` to before ``end``, cut where the condition changes; without the stretches of no service."""
        minutes = self._minutes.get(key, [])
        place = max(0, bisect_right(minutes, first) - 1)
        for index in range(place, len(minutes)):
            begin = max(first, minutes[index])
            stop = min(end, minutes[index + 1] if index + 1 < len(minutes) else end)
            condition = self._conditions[key][index]
            if begin >= end:
                return
            if condition is not None and begin < stop:
                yield begin, stop, condition
