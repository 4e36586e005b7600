"""A rollout: what runs, how the newest deployment goes, and what a rollback would go back to."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.errors import Missing, Unsupported
from runbook_tui.aws.facts.image_reference import read_image
from runbook_tui.aws.facts.releases import Release, before
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.verdict import Status
from tests.support.backend import Case, asked_by, healthy, judged
from tests.support.backend_site import PROD, arn
from tests.support.facts import Answers, with_answer
from tests.support.raw_ecs import (
    DIGEST,
    FORMER_DIGEST,
    container,
    deployment,
    former_release,
    release,
    running_container,
    service,
    service_revision,
    task,
    task_definition,
)
from tests.support.raw_release import describe_images, image, manifest

PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
OTHER = "sha256:" + "5" * 64


def running(*containers: Any, given: Answers | None = None, **changes: Any) -> Answers:
    """Tasks with these containers; None for one without."""
    found = [task(number, containers=[one] if one else [], **changes) for number, one in enumerate(containers)]
    world = with_answer(given or healthy(), "ecs", "list_tasks", {"taskArns": [one["taskArn"] for one in found]})
    return with_answer(world, "ecs", "describe_tasks", {"tasks": found, "failures": []})


def deploying(given: Answers) -> Answers:
    found = {"services": [service(deployments=[deployment(rolloutState="IN_PROGRESS")])]}
    return with_answer(given, "ecs", "describe_services", found)


def with_image(detail: Any, parts: Any, given: Answers | None = None) -> Answers:
    world = with_answer(given or healthy(), "ecr", "describe_images", detail)
    return with_answer(world, "ecr", "batch_get_image", parts)


NO_PARTS = {"images": [], "failures": [{"failureCode": "ImageNotFound"}]}


def new_image_cases() -> Iterator[Case]:
    check, good, bad = "deploy.image-new", running_container(), running_container(OTHER)
    yield Case(check=check, status=PASS, given=healthy(), says=("2 tasks run the image",))
    mixed = running(good, bad)
    yield Case(check=check, status=WARN, given=deploying(mixed), says=("1 of 2 tasks", "under way"))
    yield Case(check=check, status=FAIL, given=mixed, says=("1 of 2 tasks run another image",))
    yield Case(check=check, status=FAIL, given=running(bad, bad), says=("2 of 2 tasks",))
    yield Case(check=check, status=FAIL, given=running(), says=("no task is running",))
    yield Case(check=check, status=UNKNOWN, given=running(good, running_container("")), says=("1 task is not known",))
    yield Case(check=check, status=UNKNOWN, given=running(good, None))
    gone = with_image(Missing("ecr:image", "x"), NO_PARTS)
    yield Case(check=check, status=FAIL, given=gone, says=("ECR has no image asharvi-backend-prod:1a2b3c4",))
    parts = manifest({"manifests": [{"digest": OTHER, "platform": {"architecture": "amd64", "os": "linux"}}]})
    several = with_image(describe_images, parts, running(bad, good))
    yield Case(check=check, status=PASS, given=several)


def healthy_task_cases() -> Iterator[Case]:
    check = "deploy.tasks-healthy"
    good, sick, new = (running_container(health_status=one) for one in ("HEALTHY", "UNHEALTHY", "UNKNOWN"))
    yield Case(check=check, status=PASS, given=healthy(), says=("2 tasks running and healthy",))
    yield Case(check=check, status=FAIL, given=running(), says=("no task is running",))
    yield Case(check=check, status=FAIL, given=running(good, sick), says=("1 of 2 tasks unhealthy",))
    yield Case(check=check, status=WARN, given=running(good, new), says=("the health of 1 task is not known",))
    yield Case(check=check, status=WARN, given=running(good, None), says=("not known",))
    starting = running(new, lastStatus="PENDING")
    yield Case(check=check, status=WARN, given=starting, says=("1 of 1 task not running yet",))


def newest(status: str = "SUCCESSFUL", **changes: Any) -> Answers:
    raw = {"serviceDeployments": [release(status, **changes)]}
    world = with_answer(healthy(), "ecs", "list_service_deployments", raw)
    return with_answer(world, "ecs", "describe_service_deployments", raw)


def counted(failures: int, status: str = "MONITORING", threshold: int = 3) -> Answers:
    count = {"status": status, "failureCount": failures, "threshold": threshold}
    return newest("IN_PROGRESS", deploymentCircuitBreaker=count)


def breaker_cases() -> Iterator[Case]:
    check = "roll.breaker"
    yield Case(check=check, status=PASS, given=healthy(), says=("SUCCESSFUL, 0 of 3 failures",))
    yield Case(check=check, status=PASS, given=counted(1), says=("IN_PROGRESS, 1 of 3",))
    yield Case(check=check, status=WARN, given=counted(2), says=("2 tasks failed, at 3",))
    yield Case(check=check, status=WARN, given=counted(5, threshold=10))
    yield Case(check=check, status=PASS, given=counted(4, threshold=10))
    yield Case(check=check, status=PASS, given=counted(0, threshold=0))
    yield Case(check=check, status=FAIL, given=counted(3, "TRIGGERED"), says=("triggered: 3 tasks failed",))
    yield Case(check=check, status=SKIP, given=counted(2, "DISABLED"), says=("ecs.service.circuit-breaker",))
    for status in ("ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"):
        yield Case(check=check, status=FAIL, given=newest(status, statusReason="why"), says=(status, "why"))
    off = newest("ROLLBACK_SUCCESSFUL", deploymentCircuitBreaker={"status": "DISABLED"})
    yield Case(check=check, status=FAIL, given=off, says=("ECS gives no reason",))
    hooked = newest("IN_PROGRESS", lifecycleHookDetails=[{"hookId": "approve", "status": "AWAITING_ACTION"}])
    yield Case(check=check, status=WARN, given=hooked, says=("hook approve awaits",))
    none = with_answer(healthy(), "ecs", "list_service_deployments", {"serviceDeployments": []})
    yield Case(check=check, status=UNKNOWN, given=none, says=("lists no deployment",))


def releases(*raw: Any, revisions: Any = None) -> Answers:
    world = with_answer(healthy(), "ecs", "list_service_deployments", {"serviceDeployments": list(raw)})
    if revisions is None:
        return world
    return with_answer(world, "ecs", "describe_service_revisions", {"serviceRevisions": list(revisions)})


def described(**changes: Any) -> Answers:
    raw = {"taskDefinition": task_definition(**changes)}
    return with_answer(healthy(), "ecs", "describe_task_definition", raw)


def target_cases() -> Iterator[Case]:
    check = "roll.rollback-target"
    now, was = service_revision(7, DIGEST), service_revision(6, FORMER_DIGEST)
    yield Case(check=check, status=PASS, given=healthy(), says=(f"back to {PROD.task_family}:6, sha256:666666666666",))
    yield Case(check=check, status=WARN, given=releases(release()), says=("the only release so far",))
    again = service_revision(7, DIGEST, serviceRevisionArn=was["serviceRevisionArn"])
    forced = releases(release(), former_release(), revisions=[now, again])
    yield Case(check=check, status=WARN, given=forced, says=("the only release so far",))
    moved = service_revision(7, FORMER_DIGEST, serviceRevisionArn=was["serviceRevisionArn"])
    yield Case(check=check, status=WARN, given=releases(release(), former_release(), revisions=[now, moved]))
    failed = releases(release("ROLLBACK_FAILED"), former_release(status="STOPPED"))
    yield Case(check=check, status=FAIL, given=failed, says=("none of 2 deployments",))
    under_way = releases(release("IN_PROGRESS"), former_release(), revisions=[was])
    yield Case(check=check, status=PASS, given=under_way, says=(":6",))
    gone = with_answer(healthy(), "ecr", "describe_images", Missing("ecr:image", "x"))
    yield Case(check=check, status=FAIL, given=gone, says=("gone from ECR",))
    retired = described(status="INACTIVE")
    yield Case(check=check, status=WARN, given=retired, says=(":6 is INACTIVE",))
    retagged = with_answer(healthy(), "ecr", "describe_images", {"imageDetails": [image(FORMER_DIGEST)]})
    yield Case(check=check, status=WARN, given=retagged, says=("tag v6 means another image",))
    pinned = service_revision(6, FORMER_DIGEST)
    pinned["containerImages"][0]["image"] += f"@{FORMER_DIGEST}"
    by_digest = with_answer(retagged, "ecs", "describe_service_revisions", {"serviceRevisions": [now, pinned]})
    yield Case(check=check, status=PASS, given=by_digest)
    elsewhere = service_revision(6, "", containerImages=[{"containerName": "app", "image": "node:24"}])
    foreign = releases(release(), former_release(), revisions=[now, elsewhere])
    yield Case(check=check, status=UNKNOWN, given=foreign, says=("another registry",))
    yield Case(check=check, status=UNKNOWN, given=releases(), says=("90 days", f"{PROD.task_family}:6"))
    plain = with_answer(healthy(), "ecs", "list_service_deployments", Unsupported("not simulated"))
    yield Case(check=check, status=UNKNOWN, given=plain, says=("does not list deployments",))
    alone = with_answer(releases(), "ecs", "list_task_definitions", {"taskDefinitionArns": []})
    yield Case(check=check, status=UNKNOWN, given=alone, says=("is none",))


CASES = [*new_image_cases(), *healthy_task_cases(), *breaker_cases(), *target_cases()]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict_of_a_release(case: Case) -> None:
    """Each state of a release in the table gets the verdict of the catalogue's row, and says why."""
    verdict, _ = judged(case)
    assert verdict.status == case.status, verdict.because
    assert [part for part in case.says if part not in verdict.because] == []


@pytest.mark.parametrize("check", sorted({case.check for case in CASES}))
def test_release_needs_are_what_is_asked(check: str) -> None:
    """The permissions that a check declares are those of the calls it makes, no more and no fewer."""
    assert asked_by(check, CASES) == set(all_checks()[check].needs)


def ran(family: str, digest: str) -> Release:
    return Release(task_definition=family, image=read_image("x"), digest=digest)


_RELEASES = st.lists(st.builds(ran, st.sampled_from("abc"), st.sampled_from("123")), max_size=6)


@given(_RELEASES, st.sampled_from("abcd"))
def test_going_back_goes_to_another_release(found: list[Release], running_now: str) -> None:
    """The target is listed, differs from what runs, and nothing newer differs from it."""
    target = before(found, running_now)
    current = next((one for one in found if one.task_definition == running_now), None)
    same = [one for one in found if current is not None and one == current]
    if target is None:
        assert len(same) == len(found)
        return
    assert target != current
    assert found[: found.index(target)] == same[: found.index(target)]


def test_a_container_that_is_not_the_site_s_is_not_looked_at() -> None:
    """An agent's image does not make a release."""
    agent = {"name": "agent", "healthStatus": "UNHEALTHY", "imageDigest": OTHER}
    tasks = [task(number, containers=[agent, running_container()]) for number in (1, 2)]
    world = with_answer(healthy(), "ecs", "describe_tasks", {"tasks": tasks, "failures": []})
    definition = {"taskDefinition": task_definition(containerDefinitions=[container(name="agent"), container()])}
    world = with_answer(world, "ecs", "describe_task_definition", definition)
    for check in ("deploy.image-new", "deploy.tasks-healthy"):
        assert judged(Case(check=check, status=PASS, given=world))[0].status is PASS


def test_revisions_are_asked_in_one_request() -> None:
    """Twenty releases back, each revision once, however often it was deployed."""
    raw = [former_release(serviceDeploymentArn=arn("ecs", f"d/{number}")) for number in range(30)]
    _, reader = judged(Case(check="roll.rollback-target", status=PASS, given=releases(release(), *raw)))
    (asked,) = [given for _, operation, given in reader.asked if operation == "describe_service_revisions"]
    assert len(asked["serviceRevisionArns"]) == 2
