"""What FIS keeps: templates, experiments, and which client token asked for which."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from runbook_tui.simulator.agenda import Appointment

Undo = Callable[[], None]
FINISHED = ("completed", "stopped", "failed", "cancelled")


class Resource(Struct, frozen=True, kw_only=True):
    """One resource that a target resolved to. ``information`` is what the API tells of it."""

    arn: str
    information: Mapping[str, str]


class Experiment(Struct, kw_only=True):
    """``shown`` is what the API shows; the rest is what happens behind it."""

    shown: dict[str, Any]
    targets: dict[str, Sequence[Resource]]
    undo: dict[str, Undo]
    appointments: list[Appointment]

    @property
    def status(self) -> str:
        return str(self.shown["state"]["status"])

    def to(self, status: str, reason: str) -> None:
        self.shown["state"] = {"status": status, "reason": reason}

    def action_to(self, name: str, status: str, reason: str, at: datetime) -> None:
        action = self.shown["actions"][name]
        action["state"] = {"status": status, "reason": reason}
        if status == "running":
            action["startTime"] = at
        elif status in (*FINISHED, "skipped"):
            action["endTime"] = at


class Store:
    def __init__(self) -> None:
        self.templates: dict[str, dict[str, Any]] = {}
        self.experiments: dict[str, Experiment] = {}
        self.tokens: dict[tuple[str, str], str] = {}
