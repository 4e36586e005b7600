"""The quarterly scaling review's checks: the load, and what it calls for."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.chart import charts_of
from runbook_tui.core.verdict import Status
from runbook_tui.review.series import Measure
from tests.support.backend import Case, asked_by, healthy, judged
from tests.support.backend_site import PROD, Raw, ago
from tests.support.facts import NOON, Answers, with_answer
from tests.support.raw_cloudwatch import alarm
from tests.support.raw_release import target

PASS, WARN, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.SKIP, Status.UNKNOWN

CALM = {
    "cpu": 40.0,
    "cpu_p95": 45.0,
    "cpu_max": 50.0,
    "memory": 30.0,
    "memory_p95": 32.0,
    "memory_max": 35.0,
    "tasks": 2.0,
    "tasks_max": 2.0,
    "requests": 1000.0,
    "latency_p95": 0.2,
    "errors": 3.0,
}
Course = Callable[[str, datetime], float | None]


def measured(course: Course) -> Answers:
    """``course`` gives the value of a measure at an hour."""

    def data(**asked: Any) -> Mapping[str, Any]:
        start, end = asked["StartTime"], asked["EndTime"]
        hours = [start + timedelta(hours=number) for number in range(int((end - start) / timedelta(hours=1)))]
        results = []
        for query in asked["MetricDataQueries"]:
            points = [(at, value) for at in hours if (value := course(query["Id"], at)) is not None]
            results.append(
                {
                    "Id": query["Id"],
                    "StatusCode": "Complete",
                    "Timestamps": [at for at, _ in points],
                    "Values": [value for _, value in points],
                }
            )
        return {"MetricDataResults": results}

    given = with_answer(healthy(), "cloudwatch", "get_metric_data", data)
    given = with_answer(given, "application-autoscaling", "describe_scaling_activities", {"ScalingActivities": []})
    return with_answer(given, "cloudwatch", "describe_alarms", {"MetricAlarms": [], "CompositeAlarms": []})


def always(**changes: float | None) -> Course:
    values: dict[str, float | None] = {**CALM, **changes}
    return lambda name, _: values[name]


def since(days: float, course: Course) -> Course:
    return lambda name, at: course(name, at) if NOON - at <= timedelta(days=days) else None


def evenings(name: str, at: datetime) -> float | None:
    """Four tasks on working days from noon to three."""
    busy = name in ("tasks", "tasks_max") and at.weekday() < 5 and 12 <= at.hour < 15
    return 4.0 if busy else CALM[name]


def leaking(name: str, at: datetime) -> float | None:
    return 60 - (NOON - at) / timedelta(days=3) if name == "memory" else CALM[name]


def gap(name: str, at: datetime) -> float | None:
    return None if timedelta(hours=30) < NOON - at <= timedelta(hours=33) else CALM[name]


def at_most(given: Answers, *found: Raw) -> Answers:
    return with_answer(given, "application-autoscaling", "describe_scalable_targets", {"ScalableTargets": [*found]})


def load_cases() -> Iterator[Case]:
    check = "scaling.load"
    yield Case(check=check, status=PASS, given=measured(always()), says=("90 of 90 days",))
    yield Case(check=check, status=PASS, given=measured(since(41, always())), says=("41 of 90 days",))
    yield Case(check=check, status=PASS, given=measured(always(errors=None)))
    yield Case(check=check, status=WARN, given=measured(since(12, always())), says=("only 12 days",))
    yield Case(check=check, status=UNKNOWN, given=measured(gap), says=("3 of 2160 hours", "in 1 gaps"))
    off = measured(always(tasks=None, tasks_max=None))
    yield Case(check=check, status=UNKNOWN, given=off, says=("Container Insights is off",))
    yield Case(check=check, status=UNKNOWN, given=measured(lambda *_: None), says=("knows nothing",))


def rule_cases() -> Iterator[Case]:
    quiet = measured(always(cpu_p95=12.0, memory_max=30.0))
    yield Case(check="scaling.size", status=PASS, given=measured(always()), says=("0% of the hours",))
    yield Case(check="scaling.size", status=WARN, given=quiet, says=("100%", "512 CPU units and 1024 MiB"))
    three = at_most(quiet, target(MinCapacity=3))
    yield Case(check="scaling.size", status=WARN, given=three, says=("at least 2 tasks instead of 3",))
    yield Case(check="scaling.ceiling", status=PASS, given=measured(always()), says=("0 of 2160",))
    full = measured(lambda name, at: 6.0 if name == "tasks_max" and at.hour == 9 else CALM[name])
    yield Case(check="scaling.ceiling", status=WARN, given=full, says=("90 of 2160 hours", "at most 9 tasks"))
    yield Case(check="scaling.memory", status=PASS, given=measured(always()))
    yield Case(check="scaling.memory", status=WARN, given=measured(leaking), says=("look for a leak",))
    yield Case(check="scaling.rhythm", status=PASS, given=measured(always()))
    weekly = ("15 hours of the week", "at least 4 tasks on MON,TUE,WED,THU,FRI from 12:00 to 15:00")
    yield Case(check="scaling.rhythm", status=WARN, given=measured(evenings), says=weekly)
    for check in ("scaling.size", "scaling.ceiling", "scaling.memory", "scaling.rhythm"):
        yield Case(check=check, status=UNKNOWN, given=measured(since(3, always())))
        yield Case(check=check, status=UNKNOWN, given=measured(lambda *_: None))
        yield Case(check=check, status=SKIP, given=at_most(measured(always())), says=("blocked by",))


def scaled(minutes: float, cause: str = "in state ALARM triggered policy out", **changes: Any) -> Raw:
    return {
        "StartTime": ago(hours=2),
        "EndTime": ago(hours=2) + timedelta(minutes=minutes),
        "StatusCode": "Successful",
        "Cause": f"monitor alarm {PROD.service}-cpu {cause}",
        **changes,
    }


def speed_cases() -> Iterator[Case]:
    """The alarm takes 3 minutes, the health checks of the guide's target group 1."""
    check = "scaling.speed"
    upward = alarm(f"{PROD.service}-cpu", MetricName="CPUUtilization", Threshold=60.0, ComparisonOperator=UPWARD)
    alarms = with_answer(
        measured(always()), "cloudwatch", "describe_alarms", {"MetricAlarms": [upward], "CompositeAlarms": []}
    )

    def after(*activities: Raw) -> Answers:
        found = {"ScalingActivities": [*activities]}
        return with_answer(alarms, "application-autoscaling", "describe_scaling_activities", found)

    yield Case(check=check, status=PASS, given=after(), says=("nothing was scaled out",))
    yield Case(check=check, status=PASS, given=after(scaled(0.5)), says=("in the middle",))
    yield Case(check=check, status=WARN, given=after(scaled(9)), says=("scale out at 50 %",))
    unended = [scaled(9, EndTime=None), scaled(9, StatusCode="Failed"), scaled(9, Cause="scheduled action")]
    yield Case(check=check, status=PASS, given=after(*unended), says=("nothing was scaled out",))
    yield Case(check=check, status=SKIP, given=at_most(after()), says=("blocked by",))


UPWARD = "GreaterThanOrEqualToThreshold"
CASES = [*load_cases(), *rule_cases(), *speed_cases()]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict_of_the_review(case: Case) -> None:
    """Each quarter in the table gets its proposal, or none, and the verdict says why."""
    verdict, _ = judged(case)
    assert verdict.status == case.status, verdict.because
    assert [part for part in case.says if part not in verdict.because] == []


@pytest.mark.parametrize("check", sorted({case.check for case in CASES}))
def test_review_needs_are_what_is_asked(check: str) -> None:
    """The permissions that a check declares are those of the calls it makes, no more and no fewer."""
    assert asked_by(check, CASES) == set(all_checks()[check].needs)


def test_every_measure_is_drawn_or_told() -> None:
    """Charts of what was measured, with the gaps in them."""
    verdict, _ = judged(Case(check="scaling.load", status=UNKNOWN, given=measured(gap)))
    drawn = charts_of(verdict.evidence)
    assert len(drawn) == 6
    assert all(chart.length == 360 for chart in drawn)
    assert [measure for measure in Measure if measure.value not in verdict.evidence] == []


def test_no_sweep_asks_the_review() -> None:
    """A quarter of metrics is read for who reviews it, not for who looks after the service."""
    assert all(all_checks()[case.check].on_request for case in CASES)
