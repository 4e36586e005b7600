"""Triage of the world of a fork: what went wrong in it, and what triage says of that."""

from collections.abc import Sequence
from typing import Final
from unittest.mock import patch

from runbook_tui.simulator import scenarios, story
from runbook_tui.triage import gather
from runbook_tui.triage.diagnosis import Diagnosis
from runbook_tui.wiring.triage import triage
from tests.support.standing import Standing
from tests.support.stepped import CLUSTER, PROD

PATIENT_S: Final = 40.0  # on a busy machine; what is asked is answered at once, or never
ANEW = "redeploy"  # in the place of a fault: the service is told to start its tasks anew
TALE = "scenario:"  # before a bundled scenario's name


def triaged(world: Standing, faults: Sequence[str], seconds: float = 0.0) -> Diagnosis:
    """After these faults or scenarios, one after the other, and after a time."""
    for name in faults:
        _go_wrong(world, name)
    world.wait(seconds)
    with world._as_it_is(), patch.object(gather, "LIMIT_S", PATIENT_S):
        return triage(world._kit, "prod")


def _go_wrong(world: Standing, name: str) -> None:
    if name == ANEW:
        world.client("ecs").update_service(cluster=CLUSTER, service=PROD, forceNewDeployment=True)
    elif name.startswith(TALE):
        path = scenarios.FOLDER / f"{name.removeprefix(TALE)}.yaml"
        with world.world.lock:
            story.play(world.world, story.load(path))
    else:
        world.fault(name)
