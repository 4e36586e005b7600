"""Triage of the world of a fork: what went wrong in it, and what triage says of that."""

from collections.abc import Sequence
from typing import Any, Final
from unittest.mock import patch

from msgspec.structs import replace

from runbook_tui.aws.reader import SessionReader
from runbook_tui.simulator import scenarios, story
from runbook_tui.triage import gather
from runbook_tui.triage.diagnosis import Diagnosis, diagnose
from runbook_tui.triage.parts import PARTS
from runbook_tui.triage.snapshot import Unseen
from runbook_tui.wiring.triage import look, triage
from tests.support.facts import action_of
from tests.support.standing import Standing
from tests.support.stepped import CLUSTER, PROD

PATIENT_S: Final = 40.0  # on a busy machine; what is asked is answered at once, or never
ANEW = "redeploy"  # in the place of a fault: the service is told to start its tasks anew
COSTS = "costs"  # the same: costs are asked for
TALE = "scenario:"  # before a bundled scenario's name


def triaged(world: Standing, faults: Sequence[str], seconds: float = 0.0) -> Diagnosis:
    """After these faults or scenarios, one after the other, and after a time."""
    for name in faults:
        _go_wrong(world, name)
    world.wait(seconds)
    with world._as_it_is(), patch.object(gather, "LIMIT_S", PATIENT_S):
        return triage(world._kit, "prod", costs=COSTS in faults)


def _go_wrong(world: Standing, name: str) -> None:
    if name == ANEW:
        world.client("ecs").update_service(cluster=CLUSTER, service=PROD, forceNewDeployment=True)
    elif name == COSTS:
        return
    elif name.startswith(TALE):
        path = scenarios.FOLDER / f"{name.removeprefix(TALE)}.yaml"
        with world.world.lock:
            story.play(world.world, story.load(path))
    else:
        world.fault(name)


def asked_by_triage(world: Standing) -> frozenset[str]:
    """IAM actions of everything that it asks."""
    asked: set[str] = set()
    read = SessionReader._once

    def hearing(self: Any, service: str, operation: str, *more: Any) -> Any:
        asked.add(action_of(service, operation))
        return read(self, service, operation, *more)

    with patch.object(SessionReader, "_once", hearing):
        triaged(world, [COSTS])
    return frozenset(asked - {""})


def blinded(world: Standing, faults: Sequence[str], seconds: float) -> dict[str, Diagnosis]:
    """What is said of the same moment with all parts (``""``), and with each of them unseen in its turn."""
    for name in faults:
        _go_wrong(world, name)
    world.wait(seconds)
    kit = world._kit
    env = kit.site.environment("prod")
    with world._as_it_is(), patch.object(gather, "LIMIT_S", PATIENT_S):
        whole = look(kit, "prod")
    without = {
        one.name: replace(whole, **{one.name: Unseen(operation=one.operation, why=f"denied: {one.name}")})
        for one in PARTS
    }
    return {name: diagnose(one, kit.site, env) for name, one in {"": whole, **without}.items()}
