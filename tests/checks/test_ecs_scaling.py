"""Autoscaling: the target and its activities, and the account's quota."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.ecs.scaling import most_within
from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.verdict import Status
from tests.support.backend import Case, asked_by, healthy, judged, with_service
from tests.support.backend_site import PROD, STAGING, Raw, ago
from tests.support.facts import NOON, Answers, with_answer
from tests.support.raw_ecs import service, task_definition
from tests.support.raw_release import target

PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN


def targeted(**changes: Any) -> Answers:
    found = {"ScalableTargets": [target(**changes)]}
    return with_answer(healthy(), "application-autoscaling", "describe_scalable_targets", found)


NONE = with_answer(healthy(), "application-autoscaling", "describe_scalable_targets", {"ScalableTargets": []})


def target_cases() -> Iterator[Case]:
    check = "ecs.scaling.target"
    yield Case(check=check, status=PASS, given=healthy(), says=("2 to 6 tasks",))
    yield Case(check=check, status=PASS, given=healthy(), environment="staging", says=("2 to 4 tasks",))
    yield Case(check=check, status=FAIL, given=NONE, says=("not registered",))
    yield Case(check=check, status=FAIL, given=targeted(MinCapacity=1), says=("min is 1",))
    low = with_answer(
        healthy(),
        "application-autoscaling",
        "describe_scalable_targets",
        {"ScalableTargets": [target(STAGING, MinCapacity=1)]},
    )
    yield Case(check=check, status=WARN, given=low, environment="staging", says=("min is 1, expected 2",))
    yield Case(check=check, status=WARN, given=targeted(MaxCapacity=5), says=("max is 5, expected 6",))
    yield Case(check=check, status=WARN, given=targeted(MaxCapacity=2), says=("nothing is left to scale to",))
    for part, says in (
        ("DynamicScalingInSuspended", "scaling in suspended"),
        ("DynamicScalingOutSuspended", "scaling out suspended"),
        ("ScheduledScalingSuspended", "scheduled scaling suspended"),
    ):
        yield Case(check=check, status=WARN, given=targeted(SuspendedState={part: True}), says=(says,))
    many = with_service(desiredCount=9)
    yield Case(check=check, status=WARN, given=many, says=("desired count 9 is outside 2 to 6",))


def active(*activities: Raw) -> Answers:
    found = {"ScalingActivities": list(activities)}
    return with_answer(healthy(), "application-autoscaling", "describe_scaling_activities", found)


def activity(hours: float, status: str = "Successful", *reasons: str) -> Raw:
    return {
        "ActivityId": "a",
        "StartTime": ago(hours=hours),
        "StatusCode": status,
        "Cause": "alarm",
        "NotScaledReasons": [{"Code": reason} for reason in reasons],
    }


def activity_cases() -> Iterator[Case]:
    check = "ecs.scaling.activity"
    yield Case(check=check, status=PASS, given=healthy(), says=("0 activities",))
    yield Case(check=check, status=PASS, given=active(activity(1), activity(2)), says=("2 activities",))
    yield Case(check=check, status=WARN, given=active(activity(1, "Failed")), says=("1 failed",))
    yield Case(check=check, status=WARN, given=active(activity(1, "Unfulfilled")), says=("1 unfulfilled",))
    yield Case(check=check, status=PASS, given=active(activity(24 * 7 + 1, "Failed")))
    full = active(activity(1, "Failed", "AlreadyAtMaxCapacity"))
    yield Case(check=check, status=WARN, given=full, says=("1 times at its maximum",))
    yield Case(check=check, status=PASS, given=active(activity(1, "Failed", "AlreadyAtDesiredCapacity")))
    spread = active(*(activity(number * 2) for number in range(40)))
    yield Case(check=check, status=PASS, given=spread)
    flapping = active(*(activity(24 + number) for number in range(21)))
    yield Case(check=check, status=WARN, given=flapping, says=("21 activities within a day",))
    yield Case(check=check, status=SKIP, given=NONE, says=("ecs.scaling.target",))


def granted(value: float) -> Answers:
    quota = {"Quota": {"QuotaName": "q", "QuotaCode": "L-3032A538", "Value": value}}
    return with_answer(healthy(), "service-quotas", "get_service_quota", quota)


def by_name(*names: str) -> Answers:
    absent = with_answer(healthy(), "service-quotas", "get_service_quota", Missing("service-quotas:resource", "L-1"))
    found = {"Quotas": [{"QuotaName": name, "Value": 140.0} for name in names]}
    return with_answer(absent, "service-quotas", "list_service_quotas", found)


def sized(**asked: Any) -> Mapping[str, Any]:
    return {"taskDefinition": task_definition(STAGING if "staging" in asked["taskDefinition"] else PROD, cpu="big")}


def quota_cases() -> Iterator[Case]:
    """Prod: 6 tasks of 1 vCPU; staging: 4 of half a vCPU. Together 8."""
    check = "ecs.quota"
    yield Case(check=check, status=PASS, given=healthy(), says=("140 vCPU", "16 at most"))
    yield Case(check=check, status=PASS, given=granted(16))
    yield Case(check=check, status=WARN, given=granted(15.5), says=("enough for 8, too few to deploy",))
    yield Case(check=check, status=WARN, given=granted(8))
    yield Case(check=check, status=FAIL, given=granted(7.9), says=("7.9 vCPU are granted, 8 are needed",))
    yield Case(check=check, status=FAIL, given=granted(0))
    yield Case(check=check, status=PASS, given=by_name("Fargate Spot", "Fargate On-Demand vCPU resource count"))
    yield Case(check=check, status=FAIL, given=by_name("Fargate Spot"), says=("not found",))
    without = with_answer(granted(6), "application-autoscaling", "describe_scalable_targets", {"ScalableTargets": []})
    yield Case(check=check, status=PASS, given=without, says=("6 at most",))  # two tasks each as desired
    unreadable = with_answer(healthy(), "ecs", "describe_task_definition", sized)
    yield Case(check=check, status=UNKNOWN, given=unreadable, says=("no size that can be read",))
    gone = with_answer(healthy(), "ecs", "describe_services", {"services": [service(status="INACTIVE")]})
    yield Case(check=check, status=SKIP, given=gone, says=("blocked by",))


CASES = [*target_cases(), *activity_cases(), *quota_cases()]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict_of_autoscaling(case: Case) -> None:
    """Each state of autoscaling in the table gets the verdict of the catalogue's row, and says why."""
    verdict, _ = judged(case)
    assert verdict.status == case.status, verdict.because
    assert [part for part in case.says if part not in verdict.because] == []


@pytest.mark.parametrize("check", sorted({case.check for case in CASES}))
def test_scaling_needs_are_what_is_asked(check: str) -> None:
    """The permissions that a check declares are those of the calls it makes, no more and no fewer."""
    assert asked_by(check, CASES) == set(all_checks()[check].needs)


@given(st.lists(st.integers(0, 10_000), max_size=30), st.integers(1, 2000))
def test_the_busiest_span_is_the_busiest(minutes: list[int], span: int) -> None:
    """As many as a search over every beginning finds."""
    times = [NOON + timedelta(minutes=minute) for minute in minutes]
    best = max((sum(0 <= other - one <= span for other in minutes) for one in minutes), default=0)
    assert most_within(times, timedelta(minutes=span)) == best
