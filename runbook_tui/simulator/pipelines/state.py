"""What is known of the executions of pipelines."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, field

Key = tuple[str, str]  # a stage's and an action's name


class ActionRun(Struct, kw_only=True):
    """``status``: InProgress, Succeeded, Failed, Abandoned. ``token`` is what an approval must name."""

    id: str
    changed: datetime
    status: str = "InProgress"
    summary: str = ""
    token: str = ""
    error: str = ""
    by: str = ""


class Execution(Struct, kw_only=True):
    """``definition`` is the pipeline as it was when it started; ``stage`` is the number of the one that it is in, or
    waits before when ``waiting``."""

    id: str
    definition: Mapping[str, Any]
    started: datetime
    changed: datetime
    status: str = "InProgress"
    stage: int = 0
    waiting: bool = False
    stop_reason: str = ""
    actions: dict[Key, ActionRun] = field(default_factory=dict)

    @property
    def under_way(self) -> bool:
        """What is to stop may still wait for an action to end, and holds its stage until then."""
        return self.status in ("InProgress", "Stopping")

    @property
    def name(self) -> str:
        return str(self.definition["name"])

    @property
    def stages(self) -> Sequence[Mapping[str, Any]]:
        stages: Sequence[Mapping[str, Any]] = self.definition["stages"]
        return stages

    def runs_in(self, stage: Mapping[str, Any]) -> dict[str, ActionRun]:
        return {action: run for (name, action), run in self.actions.items() if name == stage["name"]}


class Closed(Struct, frozen=True, kw_only=True):
    """A stage that no run may enter."""

    reason: str
    by: str
    at: datetime


class Pipelines(Struct):
    """By pipeline, newest first. ``broken``: actions that fail, and what they say, by pipeline and category.
    ``closed``: by pipeline and stage."""

    executions: dict[str, list[Execution]] = field(default_factory=dict)
    broken: dict[Key, str] = field(default_factory=dict)
    closed: dict[Key, Closed] = field(default_factory=dict)
