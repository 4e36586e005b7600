"""What holds of a service at every instant, whatever is asked of it, by however many."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Self

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runbook_tui.simulator.ecs import events
from runbook_tui.simulator.ecs.scheduler import plan_of
from runbook_tui.simulator.ecs.state import Health, Plan, Stage
from runbook_tui.simulator.image_behaviour import ImageBehaviour
from runbook_tui.simulator.releases import releases_of
from runbook_tui.simulator.server import Simulator
from runbook_tui.simulator.world import World
from tests.support import ecs_stage
from tests.support.ecs_stage import Staged, breaker
from tests.support.stepped import CLUSTER, PROD, advance, client, stepped

pytestmark = pytest.mark.slow

_UNDER_WAY = (Stage.PROVISIONING, Stage.PENDING, Stage.RUNNING)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as simulator:
        yield simulator


@pytest.fixture(scope="module")
def world(simulator: Simulator) -> World:
    return simulator.world


@pytest.fixture(autouse=True)
def _struck(world: World) -> Iterator[None]:
    yield
    ecs_stage.strike(world)


class Watch:
    """Looks at a service whenever anything has happened, and notes what must not be."""

    def __init__(self, world: World, service: Staged) -> None:
        model = next(each for each in world.backend("ecs").services.values() if each.name == service.name)
        self.plan: Plan = plan_of(world, model)
        self.world = world
        self.wrong: list[str] = []
        self.healthy = self._healthy()
        self.known: set[str] = set()

    def __enter__(self) -> Self:
        self.world.watchers.append(self.look)
        return self

    def __exit__(self, *_error: object) -> None:
        self.world.watchers.remove(self.look)

    def look(self) -> None:
        service = self.plan.service
        configuration = service.deployment_configuration
        running = sum(each.stage in _UNDER_WAY for each in self.plan.lives)
        most = service.desired_count * configuration["maximumPercent"] // 100
        if running > most:
            self.wrong.append(f"{running} tasks, {most} allowed")
        least = -(-service.desired_count * configuration["minimumHealthyPercent"] // 100)
        healthy = self._healthy()
        stopped = [
            each
            for each in self.plan.lives
            if each.health is Health.HEALTHY and each.task.stop_code == "ServiceSchedulerInitiated"
        ]
        new = {each.task.id for each in stopped} - self.known
        self.known |= new
        if new and healthy < least:
            self.wrong.append(f"{healthy} healthy tasks left, {least} must stay")
        for rollout in self.plan.rollouts:
            shown = rollout.described["runningCount"]
            counted = sum(each.rollout is rollout and each.stage is Stage.RUNNING for each in self.plan.lives)
            if shown != counted:
                self.wrong.append(f"runningCount {shown}, but {counted} run")

    def _healthy(self) -> int:
        return sum(each.health is Health.HEALTHY and each.wanted for each in self.plan.lives)


_LIMITS = st.sampled_from([(100, 200), (50, 100), (50, 200), (0, 100), (75, 150), (100, 150)])
_BEHAVIOURS = st.sampled_from(
    [
        None,
        ImageBehaviour(),
        ImageBehaviour(crash_after=5),
        ImageBehaviour(crash_after=400),
        ImageBehaviour(ready_status=503),
        ImageBehaviour(memory_mib=9000),
        ImageBehaviour(start_seconds=50),
    ]
)
_tags = iter(range(10**6))


def _deploy(world: World, service: Staged, behaviour: ImageBehaviour | None) -> None:
    tag = f"5.0.{next(_tags)}"
    if behaviour is not None:
        world.images[PROD, ecs_stage.push(world, tag)] = behaviour
    service.update(taskDefinition=ecs_stage.register(world, service.name, tag))


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(
    desired=st.integers(1, 4),
    limits=_LIMITS,
    enabled=st.booleans(),
    releases=st.lists(st.tuples(_BEHAVIOURS, st.integers(5, 400)), min_size=1, max_size=2),
    killed=st.booleans(),
)
def test_limits_hold_at_every_instant(
    world: World,
    desired: int,
    limits: tuple[int, int],
    enabled: bool,
    releases: list[tuple[ImageBehaviour | None, int]],
    killed: bool,
) -> None:
    """Never more tasks than the maximum, no healthy one stopped below the minimum, and counts that are true."""
    minimum, maximum = limits
    configuration = breaker(enable=enabled, rollback=enabled, minimum=minimum, maximum=maximum)
    service = ecs_stage.create(world, desiredCount=desired, deploymentConfiguration=configuration)
    with Watch(world, service) as watch:
        for behaviour, seconds in releases:
            _deploy(world, service, behaviour)
            advance(world, seconds)
            if killed:
                task = service.tasks()[0]["taskArn"] if service.tasks() else None
                if task:
                    world.call("ecs", "StopTask", cluster=CLUSTER, task=task)
        advance(world, 300)
    assert watch.wrong == []
    ecs_stage.strike(world)


@pytest.mark.parametrize(("desired", "threshold"), [(1, 3), (2, 3), (7, 4)])
def test_the_breaker_trips_exactly_at_its_threshold(world: World, desired: int, threshold: int) -> None:
    """Not one failed task earlier, and none is counted after it."""
    service = ecs_stage.create(world, desiredCount=desired, deploymentConfiguration=breaker(rollback=False))
    _deploy(world, service, ImageBehaviour(crash_after=6))
    model = next(each for each in world.backend("ecs").services.values() if each.name == service.name)
    seen: list[tuple[int, str]] = []

    def note() -> None:
        primary = model.deployments[0]
        if not seen or seen[-1] != (primary["failedTasks"], primary["rolloutState"]):
            seen.append((primary["failedTasks"], primary["rolloutState"]))

    world.watchers.append(note)
    advance(world, 900)
    world.watchers.remove(note)
    assert seen == [*((count, "IN_PROGRESS") for count in range(threshold)), (threshold, "FAILED")]


def test_no_task_is_lost(world: World) -> None:
    """Every task that was ever started is listed as running or as stopped, and its interface is gone with it."""
    service = ecs_stage.create(world, desiredCount=3)
    _deploy(world, service, ImageBehaviour(ready_status=503))
    advance(world, 1500)
    started = set()
    for message in service.messages():
        if message.startswith("has started"):
            started |= {each.rstrip(").") for each in message.split() if len(each.rstrip(").")) == 32}
    listed = [*service.tasks(), *service.tasks("STOPPED")]
    assert {each["taskArn"].rpartition("/")[2] for each in listed} == started
    interfaces = {each.private_ip_address for each in world.backend("ec2").enis.values()}
    for task in listed:
        address = task["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
        if task["lastStatus"] == "RUNNING":
            assert address in interfaces
    assert len(interfaces) == len(world.backend("ec2").enis)


def test_sixteen_clients_at_once(simulator: Simulator, world: World) -> None:
    """They deploy, scale, stop and look all at the same time: every answer can be read, and the limits hold."""
    service = ecs_stage.create(world, desiredCount=4)
    definitions = [ecs_stage.register(world, service.name, tag) for tag in ("1.4.1", "1.4.2", "9.9.9")]
    problems: list[str] = []
    clients = [client(simulator, "ecs") for _ in range(16)]

    def work(number: int) -> None:
        ecs: Any = clients[number]
        for step in range(6):
            try:
                match (number + step) % 4:
                    case 0:
                        definition = definitions[(number + step) % 3]
                        ecs.update_service(cluster=CLUSTER, service=service.name, taskDefinition=definition)
                    case 1:
                        arns = ecs.list_tasks(cluster=CLUSTER, serviceName=service.name)["taskArns"]
                        if arns:
                            ecs.stop_task(cluster=CLUSTER, task=arns[number % len(arns)])
                    case 2:
                        advance(world, 20)
                    case _:
                        (found,) = ecs.describe_services(cluster=CLUSTER, services=[service.name])["services"]
                        if found["runningCount"] > 8:
                            problems.append(f"{found['runningCount']} run")
            except Exception as error:  # noqa: BLE001 - whatever it is, the test shall show it
                problems.append(repr(error))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    with Watch(world, service) as watch:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        service.update(taskDefinition=definitions[0])
        service.until_settled()
    assert problems == []
    assert watch.wrong == []


def test_zones_are_balanced_again(world: World) -> None:
    """A service whose tasks all lie in one zone gets one in the other, and says so."""
    service = ecs_stage.create(world)
    network = service.described()["networkConfiguration"]
    subnets = network["awsvpcConfiguration"]["subnets"]
    one = {"awsvpcConfiguration": {**network["awsvpcConfiguration"], "subnets": subnets[:1]}}
    service.update(networkConfiguration=one)
    service.until_settled()
    assert len({each["availabilityZone"] for each in service.tasks()}) == 1
    before = len(service.messages())
    plan = plan_of(world, next(e for e in world.backend("ecs").services.values() if e.name == service.name))
    plan.primary.network = network["awsvpcConfiguration"]  # as when a zone had no room and has now
    service.update(healthCheckGracePeriodSeconds=61)
    service.until(lambda self: any(" is AZ balanced with " in f" {each}" for each in self.messages()[before:]))
    told = service.messages()[before:]
    assert told[0].startswith("is not AZ balanced with 2 tasks in ap-south-1a, 0 tasks in ap-south-1b. AZ Rebal")
    assert any(each.startswith("has started 1 tasks in ap-south-1b to AZ Rebalance: (task ") for each in told)
    assert {each["availabilityZone"] for each in service.tasks()} == {"ap-south-1a", "ap-south-1b"}


def test_what_is_repeated_is_suppressed_and_only_a_hundred_are_kept(world: World) -> None:
    """A steady service says so every six hours; the newest stands first."""
    service = ecs_stage.create(world)
    advance(world, 12 * 3600 + 60)
    assert service.messages().count("has reached a steady state.") == 3
    plan = plan_of(world, next(e for e in world.backend("ecs").services.values() if e.name == service.name))
    for _ in range(3):
        events.complain(world, plan, "was unable to place a task. Reason: X.")
    assert service.messages().count("was unable to place a task. Reason: X.") == 1
    events.say_steady(world, plan)
    events.complain(world, plan, "was unable to place a task. Reason: X.")
    assert service.messages().count("was unable to place a task. Reason: X.") == 2
    for number in range(101):
        events.say(world, plan, f"event {number}")
    assert service.messages() == [f"event {number}" for number in range(1, 101)]


def test_releases_are_forgotten_after_90_days(world: World) -> None:
    """And not a day before."""
    service = ecs_stage.create(world)
    arn, made = service.described()["serviceArn"], service.release()["createdAt"]
    for days, kept in ((89, 1), (91, 0)):
        with world.clock.during(made + timedelta(days=days)):
            assert len(releases_of(world, arn)) == kept
