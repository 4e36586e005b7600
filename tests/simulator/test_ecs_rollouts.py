"""Deployments over simulated time: good ones, bad ones, rollbacks, and what the API shows of them."""

import itertools
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from runbook_tui.simulator.image_behaviour import ImageBehaviour
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.server import Simulator
from runbook_tui.simulator.world import World
from tests.support import ecs_stage
from tests.support.ecs_stage import Staged, breaker
from tests.support.stepped import CLUSTER, PROD, advance, client, stepped

pytestmark = pytest.mark.slow

FAILED = "ECS deployment circuit breaker: tasks failed to start."


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


def _stable(simulator: Simulator, service: Staged) -> bool:
    """What boto3's own waiter thinks of it."""
    from botocore.exceptions import WaiterError

    waiter = client(simulator, "ecs").get_waiter("services_stable")
    try:
        waiter.wait(cluster=CLUSTER, services=[service.name], WaiterConfig={"Delay": 0, "MaxAttempts": 1})
    except WaiterError:
        return False
    return True


def _numbered(messages: list[str], service: Staged, deployment: str) -> list[str]:
    """With the names that change replaced."""
    ids = {each["taskArn"].rpartition("/")[2] for status in ("RUNNING", "STOPPED") for each in service.tasks(status)}
    out = []
    for message in messages:
        for each in ids:
            message = message.replace(each, "ID")  # noqa: PLW2901 - one name after another
        out.append(message.replace(service.group, "ARN").replace(deployment, "ecs-svc/N"))
    return out


def _kinds(messages: list[str]) -> list[str]:
    """Each kind once, in the order of its first time: tasks come and go together or one by one."""
    plain = (re.sub(r"\b\d+ (?=tasks|targets|running)", "N ", each) for each in messages)
    return list(dict.fromkeys(each.replace("(task ID) (task ID)", "(task ID)") for each in plain))


def test_a_good_release(simulator: Simulator, world: World) -> None:
    """New tasks beside the old ones, the old ones drained and stopped; every event to the letter."""
    service = ecs_stage.create(world)
    before, old = len(service.messages()), {each["taskArn"] for each in service.tasks()}
    definition = ecs_stage.register(world, service.name, "1.4.1")
    made = service.update(taskDefinition=definition)
    assert [(each["status"], each["rolloutState"]) for each in made["deployments"]] == [
        ("PRIMARY", "IN_PROGRESS"),
        ("ACTIVE", "COMPLETED"),
    ]
    new = made["deployments"][0]["id"]
    assert made["deployments"][0]["rolloutStateReason"] == f"ECS deployment {new} in progress."
    assert service.release()["status"] == "PENDING"
    assert not _stable(simulator, service)
    seconds = service.until_settled()
    assert 60 < seconds < 300
    assert _stable(simulator, service)
    assert _kinds(_numbered(service.messages()[before:], service, new)) == [
        "has started N tasks: (task ID).",
        "registered N targets in (target-group ARN)",
        "deregistered N targets in (target-group ARN)",
        "has begun draining connections on N tasks.",
        "has stopped N running tasks: (task ID).",
        "(deployment ecs-svc/N) deployment completed.",
        "has reached a steady state.",
    ]
    stopped = {each["taskArn"]: each for each in service.tasks("STOPPED")}
    assert stopped.keys() == old
    for task in stopped.values():
        assert (task["stopCode"], task["stoppedReason"]) == (
            "ServiceSchedulerInitiated",
            f"Scaling activity initiated by (deployment {new})",
        )
        assert task["containers"][0]["exitCode"] in (0, 143)
        assert task["stoppingAt"] + timedelta(seconds=30) <= task["executionStoppedAt"] < task["stoppedAt"]
    release = service.release()
    assert (release["status"], release["targetServiceRevision"]["runningTaskCount"]) == ("SUCCESSFUL", 2)
    (revision,) = world.call(
        "ecs", "DescribeServiceRevisions", serviceRevisionArns=[release["targetServiceRevision"]["arn"]]
    )["serviceRevisions"]
    images = world.call("ecr", "DescribeImages", repositoryName=PROD, imageIds=[{"imageTag": "1.4.1"}])
    assert revision["containerImages"][0]["imageDigest"] == images["imageDetails"][0]["imageDigest"]
    assert revision["taskDefinition"] == definition == service.described()["taskDefinition"]


def test_a_missing_image_trips_the_breaker_and_is_rolled_back(simulator: Simulator, world: World) -> None:
    """In 8 to 12 minutes; and the waiter passes afterwards, with the old release: that trap is real."""
    service = ecs_stage.create(world)
    good = service.primary()
    before = len(service.messages())
    bad = service.update(taskDefinition=ecs_stage.register(world, service.name, "9.9.9"))["deployments"][0]["id"]
    seconds = service.until(lambda self: len(self.described()["deployments"]) == 2 and self.primary()["id"] != bad)
    assert 8 * 60 <= seconds <= 12 * 60
    primary, failed = service.described()["deployments"]
    assert (primary["id"], primary["rolloutState"], primary["taskDefinition"]) == (
        good["id"],
        "IN_PROGRESS",
        good["taskDefinition"],
    )
    assert primary["rolloutStateReason"] == (
        f"ECS deployment circuit breaker: rolling back to deploymentId {good['id']}."
    )
    assert (failed["id"], failed["status"], failed["rolloutState"], failed["rolloutStateReason"]) == (
        bad,
        "ACTIVE",
        "FAILED",
        FAILED,
    )
    assert failed["failedTasks"] == 3
    release = service.release()
    assert release["status"] == "ROLLBACK_IN_PROGRESS"
    assert release["deploymentCircuitBreaker"] == {"status": "TRIGGERED", "failureCount": 3, "threshold": 3}
    service.until_settled()
    assert _stable(simulator, service)
    assert service.release()["status"] == "ROLLBACK_SUCCESSFUL"
    assert service.release()["rollback"]["reason"] == (
        "Service deployment rolled back because the circuit breaker threshold was exceeded."
    )
    assert service.described()["taskDefinition"] == good["taskDefinition"]
    told = service.messages()[before:]
    assert f"(deployment {bad}) deployment failed: tasks failed to start." in told
    assert f"rolling back to deployment {good['id']}." in told
    placing = [each for each in told if each.startswith("was unable to place a task. Reason: CannotPullContainerError")]
    assert len(placing) == 1, "repeated ones are suppressed"
    for task in service.tasks("STOPPED"):
        assert task["startedBy"] == bad
        assert "exitCode" not in task["containers"][0]


def test_without_a_completed_deployment_it_stalls(world: World) -> None:
    """The first release is the bad one: nothing to go back to, and no more tasks."""
    service = ecs_stage.create(world, settled=False, taskDefinition=ecs_stage.register(world, "stalled", "9.9.8"))
    service.until(lambda self: bool(self.primary()["rolloutState"] == "FAILED"))
    tried = len(service.tasks("STOPPED"))
    advance(world, 1200)
    assert len(service.described()["deployments"]) == 1
    assert service.tasks() == []
    assert len(service.tasks("STOPPED")) <= tried + 1
    assert service.release()["status"] == "ROLLBACK_FAILED"


def test_without_a_rollback_the_failed_release_stays_primary(world: World) -> None:
    """And the old tasks go on serving."""
    service = ecs_stage.create(world, deploymentConfiguration=breaker(rollback=False))
    old = {each["taskArn"] for each in service.tasks()}
    service.update(taskDefinition=ecs_stage.register(world, service.name, "9.9.7"))
    service.until(lambda self: bool(self.primary()["rolloutState"] == "FAILED"))
    advance(world, 900)
    assert {each["taskArn"] for each in service.tasks()} == old
    assert [each["status"] for each in service.described()["deployments"]] == ["PRIMARY", "ACTIVE"]
    assert service.release()["status"] == "STOPPED"


def test_without_a_breaker_it_is_tried_for_ever_ever_more_slowly(world: World) -> None:
    """The time between two tries grows; ECS says once that it cannot start tasks consistently."""
    service = ecs_stage.create(world, deploymentConfiguration=breaker(enable=False, rollback=False))
    service.update(taskDefinition=ecs_stage.register(world, service.name, "9.9.6"))
    starts: list[float] = []
    seen: set[str] = set()
    for _ in range(180):
        advance(world, 20)
        new = {each["taskArn"]: each for each in service.tasks() if each["lastStatus"] != "RUNNING"}
        if new.keys() - seen:
            starts.append(min(each["createdAt"].timestamp() for arn, each in new.items() if arn not in seen))
            seen |= new.keys()
    pauses = [later - earlier for earlier, later in itertools.pairwise(starts)]
    assert len(pauses) >= 3
    assert all(later > 0.8 * earlier for earlier, later in itertools.pairwise(pauses))
    assert pauses[-1] > 1.5 * pauses[0]
    assert service.primary()["rolloutState"] == "IN_PROGRESS"
    assert service.messages().count("is unable to consistently start tasks successfully.") == 1


def test_an_unready_release_fails_its_health_checks(world: World) -> None:
    """Tasks run, are found unhealthy after the grace period, are replaced, and count as failures."""
    service = ecs_stage.create(world)
    digest = ecs_stage.push(world, "2.0.0-unready")
    world.images[PROD, digest] = ImageBehaviour(ready_status=503)
    before, good = len(service.messages()), service.primary()["id"]
    service.update(taskDefinition=ecs_stage.register(world, service.name, "2.0.0-unready"))
    service.until(lambda self: bool(self.primary()["id"] == good))
    told = _numbered(service.messages()[before:], service, good)
    assert (
        "(task ID) (port 3000) is unhealthy in (target-group ARN) due to "
        "(reason Health checks failed with these codes: [503])." in told
    )
    assert any(re.search(r"\. Amazon ECS replaced [12] tasks due to an unhealthy status\.$", each) for each in told)
    reasons = {each["stoppedReason"] for each in service.tasks("STOPPED")}
    assert f"Task failed ELB health checks in (target-group {service.group})" in reasons
    assert {each["stopCode"] for each in service.tasks("STOPPED")} == {"ServiceSchedulerInitiated"}
    service.until_settled()


@pytest.mark.parametrize(
    ("behaviour", "exit_code", "reason"),
    [
        (ImageBehaviour(crash_after=4), 1, None),
        (ImageBehaviour(memory_mib=9000), 137, "OutOfMemoryError: Container killed due to memory usage"),
        (ImageBehaviour(out_of_heap_after=9), 134, None),
    ],
    ids=["crash", "memory", "heap"],
)
def test_a_container_that_ends_by_itself(
    world: World, behaviour: ImageBehaviour, exit_code: int, reason: str | None
) -> None:
    """Its exit code and reason, and three of them are enough."""
    service = ecs_stage.create(world)
    tag = f"3.0.{exit_code}"
    world.images[PROD, ecs_stage.push(world, tag)] = behaviour
    service.update(taskDefinition=ecs_stage.register(world, service.name, tag))
    service.until_settled()
    ended = [each for each in service.tasks("STOPPED") if each["stopCode"] == "EssentialContainerExited"]
    assert len(ended) >= 3
    assert {each["stoppedReason"] for each in ended} == {"Essential container in task exited"}
    assert {(each["containers"][0]["exitCode"], each["containers"][0].get("reason")) for each in ended} == {
        (exit_code, reason)
    }
    assert service.release()["deploymentCircuitBreaker"]["failureCount"] == 3


def test_a_deployment_is_stopped_and_rolled_back_by_hand(world: World) -> None:
    """Even without a rollback configured; once over it cannot be stopped again."""
    service = ecs_stage.create(world, deploymentConfiguration=breaker(rollback=False))
    good = service.primary()["id"]
    service.update(taskDefinition=ecs_stage.register(world, service.name, "9.9.5"))
    advance(world, 60)
    arn = service.release()["serviceDeploymentArn"]
    world.call("ecs", "StopServiceDeployment", serviceDeploymentArn=arn)
    assert service.release()["status"] == "ROLLBACK_REQUESTED"
    advance(world, 6)
    assert service.release()["status"] == "ROLLBACK_IN_PROGRESS"
    service.until_settled()
    assert (service.primary()["id"], service.release()["status"]) == (good, "ROLLBACK_SUCCESSFUL")
    with pytest.raises(Refused) as raised:
        world.call("ecs", "StopServiceDeployment", serviceDeploymentArn=arn, stopType="ROLLBACK")
    assert raised.value.code == "ConflictException"
    with pytest.raises(Refused) as raised:
        world.call("ecs", "StopServiceDeployment", serviceDeploymentArn=f"{arn}x")
    assert raised.value.code == "ServiceDeploymentNotFoundException"
    with pytest.raises(Refused) as raised:
        world.call("ecs", "ContinueServiceDeployment", serviceDeploymentArn=arn, hookId="h", action="CONTINUE")
    assert raised.value.code == "NotSimulated"


def test_an_aborted_deployment_leaves_everything_as_it_is(world: World) -> None:
    """No more tasks of the new release, and none of the old ones stopped."""
    service = ecs_stage.create(world)
    old = {each["taskArn"] for each in service.tasks()}
    service.update(taskDefinition=ecs_stage.register(world, service.name, "9.9.4"))
    advance(world, 30)
    arn = service.release()["serviceDeploymentArn"]
    world.call("ecs", "StopServiceDeployment", serviceDeploymentArn=arn, stopType="ABORT")
    assert service.release()["status"] == "STOP_REQUESTED"
    advance(world, 900)
    assert service.release()["status"] == "STOPPED"
    assert {each["taskArn"] for each in service.tasks()} == old


def test_a_forced_deployment_repeats_the_same_release(world: World) -> None:
    """Another deployment and other tasks, the same task definition."""
    service = ecs_stage.create(world)
    before, old = service.primary(), {each["taskArn"] for each in service.tasks()}
    service.update(forceNewDeployment=True)
    service.until_settled()
    assert service.primary()["id"] != before["id"]
    assert service.primary()["taskDefinition"] == before["taskDefinition"]
    assert not old & {each["taskArn"] for each in service.tasks()}


def test_the_same_task_definition_again_is_no_deployment(world: World) -> None:
    """Nor is another count, a grace period, or the configuration of deployments."""
    service = ecs_stage.create(world)
    before = service.primary()["id"]
    service.update(
        taskDefinition=service.described()["taskDefinition"],
        healthCheckGracePeriodSeconds=90,
        deploymentConfiguration={"maximumPercent": 150},
        enableExecuteCommand=True,
    )
    described = service.described()
    assert [each["id"] for each in described["deployments"]] == [before]
    assert described["healthCheckGracePeriodSeconds"] == 90
    assert described["enableExecuteCommand"] is True
    configuration = described["deploymentConfiguration"]
    assert (configuration["maximumPercent"], configuration["minimumHealthyPercent"]) == (150, 100)
    assert configuration["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}


def test_a_newer_deployment_stops_the_one_under_way(world: World) -> None:
    """The bad one's service deployment is stopped, and the good one comes through."""
    service = ecs_stage.create(world)
    service.update(taskDefinition=ecs_stage.register(world, service.name, "9.9.3"))
    advance(world, 40)
    bad = service.release()["serviceDeploymentArn"]
    service.update(taskDefinition=ecs_stage.register(world, service.name, "1.4.1"))
    assert len(service.described()["deployments"]) == 3
    service.until_settled()
    assert service.release()["status"] == "SUCCESSFUL"
    found = world.call("ecs", "DescribeServiceDeployments", serviceDeploymentArns=[bad])["serviceDeployments"]
    assert found[0]["status"] == "STOPPED"


def test_an_inactive_task_definition_cannot_be_deployed(world: World) -> None:
    """A service that runs one scales on, but is not updated to it."""
    service = ecs_stage.create(world, taskDefinition=ecs_stage.register(world, "leaving"))
    world.call("ecs", "DeregisterTaskDefinition", taskDefinition="leaving:1")
    for members in ({"taskDefinition": "leaving:1"}, {"forceNewDeployment": True}):
        with pytest.raises(Refused, match="TaskDefinition is inactive") as raised:
            service.update(**members)
        assert raised.value.code == "ClientException"
    service.update(desiredCount=3)
    service.until(lambda self: len([each for each in self.tasks() if each["lastStatus"] == "RUNNING"]) == 3)
    with pytest.raises(Refused, match="not found"):
        service.update(taskDefinition="nobody:1")


def _ring(world: World, name: str, value: str) -> None:
    world.call("cloudwatch", "SetAlarmState", AlarmName=name, StateValue=value, StateReason="test")


def _alarm(world: World, name: str) -> dict[str, Any]:
    world.call(
        "cloudwatch",
        "PutMetricAlarm",
        AlarmName=name,
        Namespace="Test",
        MetricName=name,
        Statistic="Sum",
        Period=3600,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="ignore",
    )
    _ring(world, name, "OK")
    return {**breaker(), "alarms": {"alarmNames": [name], "enable": True, "rollback": True}}


def test_an_alarm_rolls_a_deployment_back_even_when_all_its_tasks_run(world: World) -> None:
    """While it bakes; the old tasks are gone by then and are started anew."""
    service = ecs_stage.create(world)
    good = service.primary()
    service.update(deploymentConfiguration=_alarm(world, "rings"))
    service.update(taskDefinition=ecs_stage.register(world, service.name, "1.4.1"))
    service.until(lambda self: len(self.described()["deployments"]) == 1)
    assert service.primary()["rolloutState"] == "IN_PROGRESS"
    bad = service.primary()["id"]
    _ring(world, "rings", "ALARM")
    service.until(lambda self: bool(self.primary()["id"] == good["id"]))
    assert f"(deployment {bad}) deployment failed: alarm detected." in service.messages()
    assert service.release()["alarms"] == {
        "status": "TRIGGERED",
        "alarmNames": ["rings"],
        "triggeredAlarmNames": ["rings"],
    }
    service.until_settled()
    assert service.release()["status"] == "ROLLBACK_SUCCESSFUL"
    assert {each["taskDefinitionArn"] for each in service.tasks()} == {good["taskDefinition"]}


def test_an_alarm_that_rang_before_is_not_watched(world: World) -> None:
    """A deployment that repairs what rings must be possible."""
    service = ecs_stage.create(world)
    service.update(deploymentConfiguration=_alarm(world, "rang"))
    _ring(world, "rang", "ALARM")
    definition = ecs_stage.register(world, service.name, "1.4.1")
    service.update(taskDefinition=definition)
    service.until_settled(minutes=90)
    assert service.described()["taskDefinition"] == definition
