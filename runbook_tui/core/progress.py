"""How far a wait has come: what it waits for, what its sources say, and how long it usually takes. Pure."""

from collections.abc import Iterable
from datetime import datetime
from statistics import median
from typing import Final

from msgspec import Struct

from runbook_tui.core.change import Stage
from runbook_tui.core.reading import Progress
from runbook_tui.core.state import RunState, WaitPhase

LATEST: Final = 5  # earlier runs that an expectation rests on


class Awaited(Struct, frozen=True, kw_only=True):
    """What is waited for: ``since`` when, and the task definition that the step's change asked for, if it did.
    ``back``: that change ended a deployment, so that going back is what is wanted."""

    since: datetime
    revision: str = ""
    back: bool = False


class Usual(Struct, frozen=True, kw_only=True):
    """How long this wait took in so many earlier runs: the median, in seconds."""

    seconds: float
    runs: int


class Observation(Struct, frozen=True, kw_only=True):
    """What the sources of a waiting step say now."""

    step: str
    readings: tuple[Progress, ...]
    usual: Usual | None = None


def awaited(state: RunState, step: str) -> Awaited | None:
    """None for a step that has not waited."""
    since = state.steps[step].wait_started_at if step in state.steps else None
    if since is None:
        return None
    made = [one for one in state.changes.values() if one.step == step and one.stage is Stage.DONE]
    sent = [called.parameters for called in made[-1].calls.values()] if made else []
    revision = next((str(one["taskDefinition"]) for one in sent if "service" in one and "taskDefinition" in one), "")
    back = any("serviceDeploymentArn" in one and one.get("stopType") == "ROLLBACK" for one in sent)
    return Awaited(since=since, revision=revision, back=back)


def usual(runs: Iterable[RunState], runbook: str, step: str, environment: str) -> Usual | None:
    """Of runs newest first. Only waits that were met tell how long it takes."""
    took = [
        (seen.wait_ended_at - seen.wait_started_at).total_seconds()
        for run in runs
        if (run.runbook, run.environment) == (runbook, environment)
        and (seen := run.steps.get(step)) is not None
        and seen.wait is WaitPhase.MET
        and seen.wait_started_at is not None
        and seen.wait_ended_at is not None
    ][:LATEST]
    return Usual(seconds=median(took), runs=len(took)) if took else None
