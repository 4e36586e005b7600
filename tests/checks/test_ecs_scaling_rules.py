"""When a service scales out and in: policies read together with the alarms that call them."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from runbook_tui.aws.facts.alarms import MetricAlarm
from runbook_tui.aws.facts.autoscaling import ScalingPolicy
from runbook_tui.aws.facts.border import parse
from runbook_tui.aws.facts.scaling_rule import CPU, MEMORY, read_rules
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Status
from tests.support.backend import Case, asked_by, healthy, judged
from tests.support.backend_site import PROD, SITE, STAGING, Raw, with_environment
from tests.support.facts import Answers, with_answer
from tests.support.raw_release import alarm, plain_alarm, policy, policy_arn, tracking, usage

PASS, WARN, FAIL, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.UNKNOWN
UP, DOWN = "GreaterThanOrEqualToThreshold", "LessThanThreshold"
OUT, IN = policy("out", 1), policy("in", -1)
OUT_ALARM, IN_ALARM = alarm("out", UP, 60.0), alarm("in", DOWN, 30.0)
BY_CPU, BY_MEMORY = "ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"
TRACKED = (tracking("cpu", BY_CPU), tracking("memory", BY_MEMORY))
TRACKING_ALARMS = tuple(alarm(f"TargetTracking-{name}", UP, 60.0, AlarmActions=["x"]) for name in ("cpu", "memory"))


def world(policies: list[Raw] | tuple[Raw, ...], alarms: list[Raw] | tuple[Raw, ...]) -> Answers:
    given_ = with_answer(
        healthy(), "application-autoscaling", "describe_scaling_policies", {"ScalingPolicies": list(policies)}
    )
    found = {"MetricAlarms": list(alarms), "CompositeAlarms": []}
    return with_answer(given_, "cloudwatch", "describe_alarms", found)


def stepped(change: int, low: float | None, high: float | None, kind: str = "ChangeInCapacity") -> Raw:
    bounds = {"MetricIntervalLowerBound": low, "MetricIntervalUpperBound": high}
    step = {"ScalingAdjustment": change, **{name: value for name, value in bounds.items() if value is not None}}
    configuration = {"AdjustmentType": kind, "StepAdjustments": [step]}
    return policy("out" if change >= 0 else "in", change, StepScalingPolicyConfiguration=configuration)


def only(metric: str, name: str, comparison: str, threshold: float, policy_name: str = "") -> Raw:
    return plain_alarm(name, metric, comparison, threshold, AlarmActions=[policy_arn(policy_name or name)])


def out_cases() -> Iterator[Case]:
    check = "ecs.scaling.out"
    yield Case(check=check, status=PASS, given=healthy(), says=("CPU and memory scale out at 60 %",))
    yield Case(check=check, status=PASS, given=world(TRACKED, TRACKING_ALARMS))
    above = alarm("out", "GreaterThanThreshold", 60.0)
    yield Case(check=check, status=PASS, given=world([OUT, IN], [above, IN_ALARM]))
    two = [only(CPU, "c", UP, 60.0, "out"), only(MEMORY, "m", UP, 60.0, "out")]
    yield Case(check=check, status=PASS, given=world([OUT], two))
    late = stepped(1, 10.0, None)
    yield Case(check=check, status=PASS, given=world([late], [alarm("out", UP, 50.0)]))
    yield Case(check=check, status=WARN, given=world([late], [OUT_ALARM]), says=("CPU scales out at 70 %",))
    yield Case(check=check, status=FAIL, given=world([], []), says=("on CPU or memory",))
    half = [only(CPU, "out", UP, 60.0)]
    yield Case(check=check, status=FAIL, given=world([OUT], half), says=("nothing scales out on memory",))
    yield Case(check=check, status=FAIL, given=world([TRACKED[0]], TRACKING_ALARMS), says=("on memory",))
    staging = [{**half[0], "Dimensions": usage("x", CPU, STAGING)["MetricStat"]["Metric"]["Dimensions"]}]
    yield Case(check=check, status=WARN, given=world([OUT], staging), environment="staging", says=("on memory",))
    yield Case(check=check, status=FAIL, given=world([OUT], staging), says=("on CPU or memory",))
    wrong = alarm("out", UP, 75.0)
    yield Case(check=check, status=WARN, given=world([OUT], [wrong]), says=("CPU scales out at 75 %, expected 60 %",))
    tracked = [tracking("cpu", BY_CPU, 50.0), tracking("memory", BY_MEMORY)]
    yield Case(check=check, status=WARN, given=world(tracked, TRACKING_ALARMS), says=("CPU scales out at 50 %",))
    yield Case(check=check, status=FAIL, given=world([OUT, IN], [IN_ALARM]), says=("no alarm calls out",))
    yield Case(check=check, status=PASS, given=world([OUT, IN], [OUT_ALARM]))  # that is another check's finding
    gone = world(TRACKED, TRACKING_ALARMS[:1])
    yield Case(check=check, status=WARN, given=gone, says=("alarm TargetTracking-memory of memory was deleted",))
    quiet = alarm("out", UP, 60.0, ActionsEnabled=False)
    yield Case(check=check, status=FAIL, given=world([OUT], [quiet]), says=("actions of alarm out are turned off",))
    predictive = {"PolicyName": "p", "PolicyType": "PredictiveScaling"}
    both = world([OUT, IN, predictive], [OUT_ALARM, IN_ALARM])
    yield Case(check=check, status=WARN, given=both, says=("p is of type PredictiveScaling",))
    yield Case(check=check, status=UNKNOWN, given=world([predictive], []), says=("PredictiveScaling",))
    odd = alarm("out", UP, 60.0)
    odd["Metrics"][0]["Expression"] = "AVG([cpu, memory])"
    yield Case(check=check, status=UNKNOWN, given=world([OUT], [odd]), says=("alarm out of out cannot be read",))
    exact = stepped(4, 0.0, None, "ExactCapacity")
    yield Case(check=check, status=FAIL, given=world([exact], [OUT_ALARM]))
    back = policy("out", -1, StepScalingPolicyConfiguration=IN["StepScalingPolicyConfiguration"])
    yield Case(check=check, status=FAIL, given=world([back], [OUT_ALARM]))


TRACKING_SITE = with_environment("prod", autoscale=replace(PROD.scaling, mode="target_tracking"))


def in_cases() -> Iterator[Case]:
    check = "ecs.scaling.in"
    yield Case(check=check, status=PASS, given=healthy(), says=("less than 30 %",))
    yield Case(check=check, status=FAIL, given=world([OUT], [OUT_ALARM]), says=("nothing scales in",))
    yield Case(check=check, status=FAIL, given=world([OUT, IN], [OUT_ALARM]), says=("no alarm calls in",))
    separate = [OUT_ALARM, only(CPU, "c", DOWN, 30.0, "in"), only(MEMORY, "m", DOWN, 30.0, "in")]
    yield Case(check=check, status=WARN, given=world([OUT, IN], separate), says=("looks at CPU alone", "memory alone"))
    one = [OUT_ALARM, only(CPU, "in", DOWN, 30.0)]
    yield Case(check=check, status=WARN, given=world([OUT, IN], one), says=("in looks at CPU alone",))
    other = [OUT_ALARM, alarm("in", DOWN, 40.0)]
    yield Case(check=check, status=WARN, given=world([OUT, IN], other), says=("scales in at 40 %, expected 30 %",))
    fights = [OUT_ALARM, alarm("in", DOWN, 60.0)]
    yield Case(check=check, status=FAIL, given=world([OUT, IN], fights), says=("60 % scale out already",))
    deeper = stepped(-1, None, -10.0)
    yield Case(check=check, status=PASS, given=world([OUT, deeper], [OUT_ALARM, alarm("in", DOWN, 40.0)]))
    yield Case(check=check, status=WARN, given=world(TRACKED, TRACKING_ALARMS), says=("by target tracking",))
    note = ("below about 54 %, not 30 %",)
    yield Case(check=check, status=PASS, given=world(TRACKED, TRACKING_ALARMS), site=TRACKING_SITE, says=note)
    kept = [tracking("cpu", BY_CPU, DisableScaleIn=True), tracking("memory", BY_MEMORY, DisableScaleIn=True)]
    held = world(kept, TRACKING_ALARMS)
    yield Case(check=check, status=WARN, given=held, site=TRACKING_SITE, says=("kept from scaling in",))
    yield Case(check=check, status=FAIL, given=held, says=("nothing scales in",))
    yield Case(check=check, status=FAIL, given=world([], []), site=TRACKING_SITE)
    predictive = {"PolicyName": "p", "PolicyType": "PredictiveScaling"}
    yield Case(check=check, status=UNKNOWN, given=world([predictive], []))


CASES = [*out_cases(), *in_cases()]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict_of_scaling_rules(case: Case) -> None:
    """Each set of policies and alarms in the table gets the verdict of the catalogue's row, and says why."""
    verdict, _ = judged(case)
    assert verdict.status == case.status, verdict.because
    assert [part for part in case.says if part not in verdict.because] == []


@pytest.mark.parametrize("check", sorted({case.check for case in CASES}))
def test_scaling_rules_need_what_is_asked(check: str) -> None:
    """The permissions that a check declares are those of the calls it makes, no more and no fewer."""
    assert asked_by(check, CASES) == set(all_checks()[check].needs)


def rules_of(policies: list[Raw], alarms: list[Raw], site: Site = SITE) -> Any:
    found = [parse(raw, ScalingPolicy) for raw in policies]
    return read_rules(found, [parse(raw, MetricAlarm) for raw in alarms], site.ecs.cluster, PROD.service)


_BOUNDS = st.none() | st.floats(-50, 50, allow_nan=False)


@given(st.integers(-5, 5), _BOUNDS, _BOUNDS, st.floats(0, 100), st.booleans())
def test_a_step_goes_one_way(change: int, low: float | None, high: float | None, at: float, upward: bool) -> None:
    """A policy scales out only from an alarm that rings upward and by a positive change, never before its threshold."""
    name = "out" if change >= 0 else "in"
    found = rules_of([stepped(change, low, high)], [alarm(name, UP if upward else DOWN, at)])
    assert bool(found.out) <= (upward and change > 0)
    assert bool(found.inward) <= (not upward and change < 0)
    assert all(rule.threshold >= at for rule in found.out)
    assert all(rule.threshold <= at for rule in found.inward)


@given(st.lists(st.floats(1, 100), min_size=1, max_size=5))
def test_the_lowest_threshold_scales_first(thresholds: list[float]) -> None:
    """Of several policies the most eager one decides when more tasks start."""
    policies = [policy(f"p{number}", 1) for number in range(len(thresholds))]
    alarms = [alarm(f"p{number}", UP, at) for number, at in enumerate(thresholds)]
    assert rules_of(policies, alarms).out_at(CPU) == min(thresholds)
