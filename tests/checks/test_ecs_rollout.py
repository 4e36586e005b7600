"""Whether tasks run and stay up, and whether the last release is out."""

from collections.abc import Iterator

import pytest

from runbook_tui.aws.errors import Unsupported
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.verdict import Status
from tests.support.backend import Case, asked_by, healthy, judged, with_service
from tests.support.backend_site import PROD, Raw, ago
from tests.support.facts import Answers, with_answer, without
from tests.support.raw_ecs import deployment, event, release, stopped

PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN


def steady(minutes: float) -> Raw:
    return event(f"(service {PROD.service}) has reached a steady state.", ago(minutes=minutes))


def trouble(minutes: float) -> Raw:
    return event(f"(service {PROD.service}) was unable to place a task. Reason: Capacity …", ago(minutes=minutes))


def short(*events: Raw, **changes: object) -> Answers:
    """One task of two runs."""
    return with_service(**{"runningCount": 1, "events": list(events), **changes})


def running_cases() -> Iterator[Case]:
    check = "ecs.service.running"
    yield Case(check=check, status=PASS, given=healthy(), says=("2 of 2 tasks running",))
    yield Case(check=check, status=FAIL, given=with_service(runningCount=0), says=("0 of 2",))
    just_now = with_service(runningCount=0, events=[trouble(0.1)])
    yield Case(check=check, status=UNKNOWN, given=just_now, says=("changed a moment ago",))
    fresh = with_service(runningCount=0, events=[], deployments=[deployment(updatedAt=ago(seconds=14))])
    yield Case(check=check, status=UNKNOWN, given=fresh, says=("changed a moment ago",))
    # What counts is the first event after the steady state, not the newest one.
    long_short = short(trouble(1), trouble(11), steady(40), trouble(90))
    yield Case(check=check, status=FAIL, given=long_short, says=("1 of 2", "for 11 min"))
    yield Case(check=check, status=WARN, given=short(trouble(1), trouble(9), steady(40)), says=("replacing a task",))
    yield Case(check=check, status=FAIL, given=short(trouble(2), trouble(12)), says=("for 12 min",))
    yield Case(check=check, status=WARN, given=short(steady(40)))
    yield Case(check=check, status=WARN, given=short())
    spelled = event(f"service {PROD.service} has reached a steady state.", ago(minutes=5))
    yield Case(check=check, status=WARN, given=short(trouble(1), spelled, trouble(60)))
    deploying = short(trouble(30), deployments=[deployment(rolloutState="IN_PROGRESS")])
    yield Case(check=check, status=WARN, given=deploying, says=("a deployment is under way",))
    more = with_service(runningCount=3)
    yield Case(check=check, status=WARN, given=more, says=("3 of 2", "more run than are wanted"))
    yield Case(check=check, status=WARN, given=with_service(pendingCount=1), says=("1 pending",))
    yield Case(check=check, status=PASS, given=with_service(runningCount=0, desiredCount=0), says=("0 of 0",))
    yield Case(check=check, status=SKIP, given=with_service(status="INACTIVE"), says=("blocked by ecs.service.active",))


def released(status: str, given: Answers | None = None, **changes: object) -> Answers:
    raw = {"serviceDeployments": [release(status, **changes)]}
    listed = with_answer(given or healthy(), "ecs", "list_service_deployments", raw)
    return with_answer(listed, "ecs", "describe_service_deployments", raw)


def rolling(minutes: float, failed: int = 0) -> Answers:
    new = deployment(id="ecs-svc/2", rolloutState="IN_PROGRESS", failedTasks=failed, createdAt=ago(minutes=minutes))
    return released("IN_PROGRESS", with_service(deployments=[new, deployment(status="ACTIVE")]))


def steady_cases() -> Iterator[Case]:
    check = "ecs.service.steady"
    yield Case(check=check, status=PASS, given=healthy(), says=("ecs-svc/1, COMPLETED",))
    none = with_answer(healthy(), "ecs", "list_service_deployments", {"serviceDeployments": []})
    yield Case(check=check, status=PASS, given=none)
    unsupported = Unsupported("not simulated", service="ecs", operation="list_service_deployments")
    plain = with_answer(healthy(), "ecs", "list_service_deployments", unsupported)
    yield Case(check=check, status=PASS, given=plain)
    failed = with_service(deployments=[deployment(rolloutState="FAILED", rolloutStateReason="tasks failed to start.")])
    yield Case(check=check, status=FAIL, given=failed, says=("failed: tasks failed to start.",))
    lost = without(failed, "ecs", "list_service_deployments")
    yield Case(check=check, status=FAIL, given=lost, says=("failed",))
    lost_rollback = released("ROLLBACK_FAILED", rollback={"reason": "circuit breaker"})
    yield Case(check=check, status=FAIL, given=lost_rollback, says=("rollback failed: circuit breaker",))
    rolled_back = released("ROLLBACK_SUCCESSFUL", rollback={"reason": "Service deployment rolled back"})
    yield Case(check=check, status=WARN, given=rolled_back, says=("did not go out. Service deployment rolled back",))
    yield Case(check=check, status=WARN, given=released("STOPPED"), says=("STOPPED", "did not go out"))
    yield Case(check=check, status=WARN, given=rolling(14, failed=2), says=("14 min, 2 tasks failed",))
    yield Case(check=check, status=FAIL, given=rolling(16, failed=1), says=("16 min, 1 tasks failed",))
    yield Case(check=check, status=WARN, given=rolling(29), says=("29 min",))
    yield Case(check=check, status=FAIL, given=rolling(31), says=("31 min",))
    baking = released("IN_PROGRESS", createdAt=ago(minutes=3))
    yield Case(check=check, status=WARN, given=baking, says=("service deployment IN_PROGRESS under way for 3 min",))
    back = released("ROLLBACK_IN_PROGRESS", createdAt=ago(minutes=31))
    yield Case(check=check, status=FAIL, given=back, says=("ROLLBACK_IN_PROGRESS under way for 31 min",))
    draining = with_service(deployments=[deployment(), deployment(id="ecs-svc/0", status="ACTIVE")])
    yield Case(check=check, status=WARN, given=draining, says=("1 older still draining",))
    elsewhere = with_service(deployments=[], deploymentController={"type": "CODE_DEPLOY"})
    yield Case(check=check, status=UNKNOWN, given=elsewhere, says=("CODE_DEPLOY tells no rollout state",))
    yield Case(check=check, status=UNKNOWN, given=released("PAUSED"), says=("PAUSED is new to us",))


def dead(*tasks: Raw, given: Answers | None = None) -> Answers:
    listed = {"taskArns": [raw["taskArn"] for raw in tasks]}
    world = with_answer(given or healthy(), "ecs", "list_tasks", listed)
    return with_answer(world, "ecs", "describe_tasks", {"tasks": list(tasks), "failures": []})


def unhealthy(number: int, minutes: float) -> Raw:
    reason = "Task failed ELB health checks in (target-group arn:aws:…)"
    return stopped(
        number, minutes, "ServiceSchedulerInitiated", stoppedReason=reason, containers=[{"name": "app", "exitCode": 0}]
    )


def benign(number: int, minutes: float) -> Raw:
    reason = "Scaling activity initiated by (deployment ecs-svc/1)"
    return stopped(number, minutes, "ServiceSchedulerInitiated", stoppedReason=reason)


def old(number: int, minutes: float) -> Raw:
    """It belonged to a deployment that is gone."""
    return stopped(number, minutes, startedBy="ecs-svc/0")


def crash_cases() -> Iterator[Case]:
    check = "ecs.service.crash-loop"
    yield Case(check=check, status=PASS, given=healthy(), says=("0 tasks failed",))
    yield Case(check=check, status=PASS, given=dead(stopped(1, 5)), says=("1 task failed",))
    yield Case(check=check, status=PASS, given=dead(benign(1, 1), benign(2, 2), benign(3, 3)))
    gone = [stopped(number, 3, "UserInitiated") for number in (1, 2, 3)]
    yield Case(check=check, status=PASS, given=dead(*gone))
    burst = dead(old(1, 14), old(2, 8), old(3, 1))
    yield Case(check=check, status=FAIL, given=burst, says=("3 tasks failed in the last 15 min: 3x container exited",))
    checked = dead(unhealthy(1, 1), unhealthy(2, 5), unhealthy(3, 10))
    yield Case(check=check, status=FAIL, given=checked, says=("3x failed health checks",))
    slow = dead(stopped(1, 29), stopped(2, 40), stopped(3, 55))
    yield Case(check=check, status=FAIL, given=slow, says=("3 tasks of the current deployment",))
    yield Case(check=check, status=WARN, given=dead(stopped(1, 31), stopped(2, 40), stopped(3, 55)))
    yield Case(check=check, status=WARN, given=dead(old(1, 20), old(2, 40), old(3, 55)), says=("3 tasks failed in",))
    yield Case(check=check, status=WARN, given=dead(stopped(1, 2), stopped(2, 3)), says=("2 tasks failed",))
    yield Case(check=check, status=PASS, given=dead(stopped(1, 2), old(2, 61), old(3, 70)), says=("1 task failed",))
    spot = dead(stopped(1, 3, "SpotInterruption", containers=[]))
    yield Case(check=check, status=WARN, given=spot, says=("spot capacity",))
    dying = stopped(1, 0, "TaskFailedToStart")
    del dying["stoppedAt"]
    yield Case(check=check, status=WARN, given=dead(dying, stopped(2, 50)), says=("2 tasks failed",))
    forgotten = with_service(runningCount=0, deployments=[deployment(createdAt=ago(hours=3))])
    yield Case(check=check, status=UNKNOWN, given=forgotten, says=("no stopped task is remembered",))
    young = with_service(runningCount=0, deployments=[deployment(createdAt=ago(minutes=20))])
    yield Case(check=check, status=PASS, given=young)


CASES = [*running_cases(), *steady_cases(), *crash_cases()]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict_of_a_rollout(case: Case) -> None:
    """Each state of tasks and deployments in the table gets the verdict of the catalogue's row, and says why."""
    verdict, _ = judged(case)
    assert verdict.status == case.status, verdict.because
    assert [part for part in case.says if part not in verdict.because] == []


@pytest.mark.parametrize("check", sorted({case.check for case in CASES}))
def test_rollout_needs_are_what_is_asked(check: str) -> None:
    """The permissions that a check declares are those of the calls it makes, no more and no fewer."""
    assert asked_by(check, CASES) == set(all_checks()[check].needs)


def test_evidence_of_a_crash_loop_names_classes_and_codes_only() -> None:
    """A stop reason may hold a connection string: evidence keeps its class, not its text."""
    reason = "Error: connect mongodb+srv://app:hunter2@cluster0.mongodb.net failed"
    tasks = [stopped(number, 1, containers=[{"name": "app", "exitCode": 1, "reason": reason}]) for number in (1, 2, 3)]
    verdict, _ = judged(Case(check="ecs.service.crash-loop", status=FAIL, given=dead(*tasks)))
    assert "hunter2" not in str(verdict)
    assert verdict.evidence["exit_codes"] == [1]
    assert verdict.evidence["stop_codes"] == {"EssentialContainerExited": 3}


def test_the_latest_release_is_the_youngest_not_the_first_listed() -> None:
    """The order of the list is not promised: a rollback listed last is found."""
    arn = "arn:aws:ecs:ap-south-1:123456789012:service-deployment/c/s/newest"
    newest = release("ROLLBACK_SUCCESSFUL", serviceDeploymentArn=arn, createdAt=ago(hours=1))
    listed = {"serviceDeployments": [release(), newest]}
    given = with_answer(healthy(), "ecs", "list_service_deployments", listed)
    given = with_answer(given, "ecs", "describe_service_deployments", {"serviceDeployments": [newest]})
    verdict, reader = judged(Case(check="ecs.service.steady", status=WARN, given=given))
    assert verdict.status is WARN
    assert reader.asked[-1] == ("ecs", "describe_service_deployments", {"serviceDeploymentArns": [arn]})
