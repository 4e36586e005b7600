"""A revision with one thing wrong: a new one, a copy otherwise, puts it right; the way back is the old one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from runbook_tui.core.change import Stage
from runbook_tui.core.verdict import Status
from runbook_tui.simulator.names import ENVIRONMENTS
from tests.support.acting import Acting, one_step
from tests.support.fixed import Bench, bench
from tests.support.stepped import CLUSTER, PROD, advance
from tests.support.undoable import refused_when_moved

pytestmark = pytest.mark.slow

FAIL, WARN, PASS = Status.FAIL, Status.WARN, Status.PASS
LONG = 900.0  # a deployment ends within it
PLANTED = "made-up-and-planted"


class Case(Struct, frozen=True, kw_only=True):
    action: str
    check: str
    broken: Callable[[Any, Any], object]
    """Gets moto's model of the revision that the service runs, and its container."""
    status: Status = FAIL


def _plain(_revision: Any, container: Any) -> None:
    container["secrets"] = [one for one in container["secrets"] if one["name"] != "JWT_SECRET"]
    container["environment"] = [*container["environment"], {"name": "JWT_SECRET", "value": PLANTED}]


def _elsewhere(_revision: Any, container: Any) -> None:
    staging = ENVIRONMENTS["staging"].secret_name
    container["secrets"] = [
        {**one, "valueFrom": one["valueFrom"].replace("backend/prod", "backend/staging")}
        if one["name"] == "SMTP_USER"
        else one
        for one in container["secrets"]
    ]
    assert any(staging in one["valueFrom"] for one in container["secrets"])


def _other_port(_revision: Any, container: Any) -> None:
    container["portMappings"] = [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}]
    container["environment"] = [
        {**one, "value": "8080"} if one["name"] == "PORT" else one for one in container["environment"]
    ]


def _other_group(_revision: Any, container: Any) -> None:
    options = {**container["logConfiguration"]["options"], "awslogs-group": ENVIRONMENTS["staging"].log_group}
    container["logConfiguration"] = {"logDriver": "awslogs", "options": options}


CASES = (
    Case(
        action="ecs.set-task-roles",
        check="ecs.taskdef.roles",
        broken=lambda revision, _container: setattr(revision, "task_role_arn", None),
        status=WARN,
    ),
    Case(action="ecs.map-port", check="ecs.taskdef.port", broken=_other_port),
    Case(
        action="ecs.add-health-check",
        check="ecs.taskdef.healthcheck",
        broken=lambda _revision, container: container.pop("healthCheck"),
    ),
    Case(action="ecs.log-to-group", check="ecs.taskdef.logging", broken=_other_group),
    Case(
        action="ecs.harden-container",
        check="ecs.taskdef.hardening",
        broken=lambda _revision, container: container.update(user="root", stopTimeout=2),
        status=WARN,
    ),
    Case(action="ecs.inject-secrets", check="ecs.taskdef.secrets-valuefrom", broken=_elsewhere),
    Case(action="ecs.remove-plain-secrets", check="ecs.taskdef.no-plain-secrets", broken=_plain),
    Case(
        action="ecs.renew-revision",
        check="ecs.taskdef.active",
        broken=lambda _revision, container: container.update(essential=False),
    ),
    Case(
        action="ecs.lift-memory-limit",
        check="ecs.taskdef.size",
        broken=lambda _revision, container: container.update(memory=256),
        status=WARN,
    ),
)


@pytest.fixture(scope="module")
def world() -> Iterator[Bench]:
    with bench() as ready:
        yield ready


def service(world: Bench) -> Any:
    return world.client("ecs").describe_services(cluster=CLUSTER, services=[PROD])["services"][0]


def look(world: Bench) -> Any:
    """What the service runs, as it is told, and the revisions that could be run."""
    present = service(world)
    told = world.client("ecs").describe_task_definition(taskDefinition=present["taskDefinition"])["taskDefinition"]
    active = world.client("ecs").list_task_definitions(familyPrefix=PROD, status="ACTIVE")["taskDefinitionArns"]
    return told, present["desiredCount"], active


def present(world: Bench) -> Any:
    """moto's model of the revision that the service runs."""
    revisions = world.inside.world.backend("ecs").task_definitions[PROD]
    return revisions[int(service(world)["taskDefinition"].rpartition(":")[2])]


@contextmanager
def broken(world: Bench, case: Case) -> Iterator[None]:
    """No API changes a revision: this one was registered so. Afterwards the service is steady again."""
    revision = present(world)
    role, (container,) = revision.task_role_arn, revision.container_definitions
    revision.container_definitions = [dict(container)]
    case.broken(revision, revision.container_definitions[0])
    yield
    revision.task_role_arn, revision.container_definitions = role, [container]
    advance(world.inside.world, LONG)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.action)
def test_it_is_put_right_and_taken_back(world: Bench, tmp_path: Path, case: Case) -> None:
    """Only that changes; the old revision is deployed again by the undo, and no secret is ever told."""
    acting = Acting(world.kit, tmp_path, one_step(case.action), "prod")
    with broken(world, case):
        world.expect({case.check: case.status})
        before = look(world)
        made = acting.made(acting.planned())
        assert made.stage is Stage.DONE, made.reason
        assert made.plan is not None
        assert [call.operation for call in made.plan.calls] == ["register_task_definition", "update_service"]
        world.expect({case.check: PASS})
        again = acting.planned()
        assert again.plan is not None, again.reason
        assert again.plan.idle, again.plan.differences
        undone = acting.undone(made.number)
        assert undone.stage is Stage.DONE, undone.reason
        assert look(world) == before
        acting.close()
    assert PLANTED not in acting.journal.path.read_text()


def test_what_cannot_run_on_fargate(world: Bench, tmp_path: Path) -> None:
    """Another network mode is put right; back to it nothing leads that Fargate would take."""
    present(world).network_mode = "bridge"
    world.expect({"ecs.taskdef.fargate": FAIL})
    world.made(tmp_path, "ecs.run-on-fargate", {})
    advance(world.inside.world, LONG)
    world.expect({"ecs.taskdef.fargate": PASS, "ecs.service.steady": PASS})


def test_it_is_refused_while_a_deployment_runs(world: Bench, tmp_path: Path) -> None:
    """Also when it began between the plan and its confirmation; and a newest revision that nobody runs is named."""
    ecs, case = world.client("ecs"), CASES[2]
    with broken(world, case):
        refused_when_moved(
            world.kit,
            tmp_path,
            case.action,
            lambda: ecs.update_service(cluster=CLUSTER, service=PROD, forceNewDeployment=True),
        )
        assert "deployment" in told(world, tmp_path, case.action)
    known = ecs.describe_task_definition(taskDefinition=PROD)["taskDefinition"]
    taken = ("family", "networkMode", "containerDefinitions", "requiresCompatibilities", "cpu", "memory")
    ecs.register_task_definition(**{name: known[name] for name in taken})
    assert "was not deployed" in told(world, tmp_path / "newest", case.action)
    world.expect({"ecs.taskdef.active": WARN})
    world.made(tmp_path, "ecs.renew-revision", {})
    world.expect({"ecs.taskdef.active": PASS})


def told(world: Bench, folder: Path, action: str) -> str:
    acting = Acting(world.kit, folder, one_step(action), "prod", "told")
    try:
        change = acting.planned()
        assert change.stage is Stage.REFUSED
        return change.reason
    finally:
        acting.close()
