"""What the review may propose, and what a proposal rests on."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class Present(Struct, frozen=True, kw_only=True):
    """How the service scales now. Sizes in CPU units and MiB; ``out_percent`` starts more tasks."""

    lowest: int
    highest: int
    cpu: int
    memory: int
    out_percent: float = 60.0


class LowerMin(Struct, frozen=True, kw_only=True, tag=True):
    lowest: int

    def __str__(self) -> str:
        return f"at least {self.lowest} tasks instead of {self.lowest + 1}"


class SmallerTask(Struct, frozen=True, kw_only=True, tag=True):
    cpu: int
    memory: int

    def __str__(self) -> str:
        return f"tasks of {self.cpu} CPU units and {self.memory} MiB"


class RaiseMax(Struct, frozen=True, kw_only=True, tag=True):
    highest: int

    def __str__(self) -> str:
        return f"at most {self.highest} tasks"


class ScaleSooner(Struct, frozen=True, kw_only=True, tag=True):
    """A lower threshold in per cent, or twice the step."""

    threshold: float

    def __str__(self) -> str:
        return f"scale out at {self.threshold:g} %, or in steps of twice as many tasks"


class FindLeak(Struct, frozen=True, kw_only=True, tag=True):
    """More tasks hide a leak, they do not mend it."""

    def __str__(self) -> str:
        return "look for a leak: scaling would only hide it"


class Schedule(Struct, frozen=True, kw_only=True, tag=True):
    """On these days (``MON`` …), from ``start`` to before ``end`` (hours of the day in UTC), at least so many tasks.

    ``end`` may be 24, and lies after ``start``.
    """

    days: tuple[str, ...]
    start: int
    end: int
    lowest: int

    def __str__(self) -> str:
        return f"at least {self.lowest} tasks on {','.join(self.days)} from {self.start:02}:00 to {self.end:02}:00 UTC"


Proposal = LowerMin | SmallerTask | RaiseMax | ScaleSooner | FindLeak | Schedule


class Finding(Struct, frozen=True, kw_only=True):
    """``proposal`` is None when the load calls for nothing; ``known`` is false when too little is known to say so."""

    because: str
    proposal: Proposal | None = None
    known: bool = True
    evidence: Mapping[str, Any] = {}


class ScaleOut(Struct, frozen=True, kw_only=True):
    """One scaling out: from the moment the threshold was passed until the new tasks served."""

    seconds: float
