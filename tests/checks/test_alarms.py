"""The alarms of guide section 8: whether they are there, sound, heard and quiet."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.verdict import Status
from tests.support import raw_cloudwatch as raw
from tests.support.backend import Case, asked_by, judged
from tests.support.backend_site import PROD, SITE, STAGING, Raw, ago
from tests.support.watched import changed, healthy, with_alarms, without_alarm

PASS, WARN, FAIL, SKIP = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP


def one_of(check: str, **worlds: Any) -> Iterator[Case]:
    for world in worlds.values():
        status, given, *says = world
        yield Case(check=check, status=status, given=given, says=tuple(says))


def errors_of_targets() -> Iterator[Case]:
    instead = "prod-5xx"
    name = "asharvi-backend-prod-5xx"
    no_group = raw.dimensions(LoadBalancer=raw.BALANCER)
    zone = raw.of_targets() + raw.dimensions(AvailabilityZone="ap-south-1a")
    other = raw.errors(AlarmName=name, Dimensions=raw.of_targets(STAGING))
    off = raw.errors(ActionsEnabled=False)
    math = raw.share()["Metrics"]
    fraction = [*math[:2], {"Id": "rate", "Expression": "errors/requests", "ReturnData": True}]
    filled = [*math[:2], {"Id": "rate", "Expression": "FILL(errors,0)", "ReturnData": True}]
    yield from one_of(
        "alarm.5xx-target",
        well=(PASS, healthy(), name),
        none=(FAIL, without_alarm(instead), "no alarm on HTTPCode_Target_5XX_Count"),
        of_balancer=(FAIL, without_alarm(instead, raw.errors(Dimensions=no_group)), "no alarm"),
        of_zone=(FAIL, without_alarm(instead, raw.errors(Dimensions=zone)), "no alarm"),
        of_staging=(FAIL, without_alarm(instead, other), "no alarm"),
        downward=(FAIL, without_alarm(instead, raw.errors(ComparisonOperator="LessThanThreshold")), "no alarm"),
        off=(FAIL, without_alarm(instead, off), "switched off"),
        through=(PASS, without_alarm(instead, off, composites=(raw.composite(f'ALARM("{name}")'),))),
        rate=(PASS, without_alarm(instead, raw.share()), "5xx-rate"),
        fraction=(PASS, without_alarm(instead, raw.share(Metrics=fraction, Threshold=0.05))),
        far_rate=(WARN, without_alarm(instead, raw.share(Threshold=50.0)), "50%", "5%"),
        rate_of_others=(FAIL, without_alarm(instead, raw.share("HTTPCode_Target_4XX_Count")), "no alarm"),
        far=(WARN, without_alarm(instead, raw.errors(Threshold=1000.0)), "3000 errors", "10 errors"),
        near=(WARN, without_alarm(instead, raw.errors(Threshold=0.0)), "0 errors in 5 minutes"),
        five_minutes=(PASS, without_alarm(instead, raw.errors(Period=300, EvaluationPeriods=1, DatapointsToAlarm=1))),
        average=(WARN, without_alarm(instead, raw.errors(Statistic="Average")), "statistic Average"),
        missing=(WARN, without_alarm(instead, raw.errors(TreatMissingData="missing")), "treated as missing"),
        unsaid=(WARN, without_alarm(instead, raw.errors(TreatMissingData=None)), "treated as missing"),
        filled=(PASS, without_alarm(instead, raw.share(Metrics=filled, Threshold=10.0, TreatMissingData="missing"))),
        better=(PASS, without_alarm("no-such", raw.errors(AlarmName="a", Statistic="Average")), name),
    )


def of_balancer() -> Iterator[Case]:
    instead = "alb-5xx"
    with_group = raw.errors_of_balancer(Dimensions=raw.of_targets())
    elsewhere = raw.errors_of_balancer(Dimensions=raw.dimensions(LoadBalancer="app/other/1"))
    check = "alarm.5xx-elb"
    yield from one_of(
        check,
        well=(PASS, healthy(), "asharvi-backend-alb-5xx"),
        none=(FAIL, without_alarm(instead), "HTTPCode_ELB_5XX_Count of asharvi-backend-alb"),
        with_group=(FAIL, without_alarm(instead, with_group), "LoadBalancer alone"),
        elsewhere=(FAIL, without_alarm(instead, elsewhere), "no alarm"),
    )
    staging_only = replace(SITE, environments={"staging": STAGING})
    yield Case(check=check, status=SKIP, given=without_alarm(instead), site=staging_only, says=("no production",))


def hosts() -> Iterator[Case]:
    instead = "prod-unhealthy"
    few: Raw = {"MetricName": "HealthyHostCount", "ComparisonOperator": "LessThanThreshold", "Statistic": "Minimum"}
    yield from one_of(
        "alarm.unhealthy-hosts",
        well=(PASS, healthy(), "asharvi-backend-prod-unhealthy"),
        none=(FAIL, without_alarm(instead), "no alarm on UnHealthyHostCount"),
        few=(PASS, without_alarm(instead, raw.unhealthy(**few, Threshold=2.0))),
        none_left=(WARN, without_alarm(instead, raw.unhealthy(**few, Threshold=1.0)), "one healthy host"),
        upward=(FAIL, without_alarm(instead, raw.unhealthy(MetricName="HealthyHostCount")), "no alarm"),
        average=(WARN, without_alarm(instead, raw.unhealthy(Statistic="Average")), "statistic Average"),
        of_many=(WARN, without_alarm(instead, raw.unhealthy(Threshold=3.0)), "one unhealthy host"),
        always=(WARN, without_alarm(instead, raw.unhealthy(Threshold=0.0)), "no unhealthy host at all"),
        late=(WARN, without_alarm(instead, raw.unhealthy(Period=300)), "after 900 s"),
        hasty=(WARN, without_alarm(instead, raw.unhealthy(DatapointsToAlarm=1)), "after 60 s"),
    )


def slow() -> Iterator[Case]:
    instead = "prod-p95"
    average = raw.latency(ExtendedStatistic=None, Statistic="Average")
    yield from one_of(
        "alarm.latency",
        well=(PASS, healthy(), "asharvi-backend-prod-p95"),
        p90=(PASS, without_alarm(instead, raw.latency(ExtendedStatistic="p90"))),
        p99=(PASS, without_alarm(instead, raw.latency(ExtendedStatistic="p99"))),
        p999=(WARN, without_alarm(instead, raw.latency(ExtendedStatistic="p99.9")), "p90 to p99"),
        p50=(WARN, without_alarm(instead, raw.latency(ExtendedStatistic="p50")), "p90 to p99"),
        average=(WARN, without_alarm(instead, average), "no alarm on TargetResponseTime"),
        none=(WARN, without_alarm(instead), "no alarm on TargetResponseTime"),
        far=(WARN, without_alarm(instead, raw.latency(Threshold=30.0)), "30 s", "1 s"),
    )


def limits() -> Iterator[Case]:
    silent: Raw = {"AlarmActions": [], "OKActions": []}
    own = [one for one in raw.all_alarms() if "Utilization" not in one["AlarmName"] and "tasks" not in one["AlarmName"]]
    quiet_cpu = raw.busy(**silent)
    told = raw.composite(f"ALARM({PROD.service}-CPUUtilization) OR ALARM({PROD.service}-5xx)")
    tracking = raw.busy(AlarmName="TargetTracking-service/x-AlarmHigh-1")
    samples: Raw = {
        "Namespace": "AWS/ECS",
        "MetricName": "CPUUtilization",
        "Statistic": "SampleCount",
        "Threshold": 6.0,
    }
    yield from one_of(
        "alarm.scaling",
        well=(PASS, healthy(), "notify somebody"),
        none=(FAIL, with_alarms(*own), "no alarm on CPU, memory or tasks"),
        only_tracking=(FAIL, with_alarms(*own, tracking), "no alarm on CPU"),
        only_cpu=(WARN, with_alarms(*own, raw.busy()), "nobody is told of memory", "nobody is told of tasks"),
        silent=(WARN, without_alarm("prod-CPU", quiet_cpu), "nobody is told of CPU"),
        through=(PASS, without_alarm("prod-CPU", quiet_cpu, composites=(told,))),
        too_low=(
            WARN,
            without_alarm("prod-CPU", raw.busy(Threshold=60.0, ComparisonOperator="GreaterThanOrEqualToThreshold")),
            "rings at 60 %",
        ),
        never=(WARN, without_alarm("prod-CPU", raw.busy(Threshold=100.0)), "never rings"),
        beyond=(WARN, without_alarm("prod-tasks", raw.at_most(Threshold=7.0)), "does not ring at 6 tasks"),
        samples=(PASS, without_alarm("prod-tasks", raw.at_most(**samples))),
        of_staging=(WARN, without_alarm("prod-Memory"), "nobody is told of memory"),
    )


def heard() -> Iterator[Case]:
    instead, name = "prod-5xx", f"{PROD.service}-5xx"
    child = raw.errors(AlarmActions=[], OKActions=[])
    other = raw.errors(AlarmActions=["arn:aws:sns:ap-south-1:123456789012:other"])
    grand = (raw.composite(f'ALARM("{name}")', "inner", AlarmActions=[]), raw.composite("ALARM(inner)", "outer"))
    gone = changed("sns", "get_topic_attributes", Missing("sns:topic", raw.TOPIC))
    off = raw.composite(f"ALARM('{name}')", ActionsEnabled=False)
    yield from one_of(
        "alarm.actions",
        well=(PASS, healthy(), "7 matters tell asharvi-backend-alerts"),
        nobody=(FAIL, without_alarm(instead, child), f"{name} tells nobody"),
        somebody=(FAIL, without_alarm(instead, other), f"{name} tells somebody else"),
        off=(FAIL, without_alarm(instead, raw.errors(ActionsEnabled=False)), f"actions of {name} are switched off"),
        gone=(FAIL, gone, "does not exist"),
        through=(PASS, without_alarm(instead, child, composites=(raw.composite(f'ALARM("{name}")'),))),
        through_two=(PASS, without_alarm(instead, child, composites=grand)),
        by_arn=(PASS, without_alarm(instead, child, composites=(raw.composite(f"ALARM({child['AlarmArn']})"),))),
        negated=(FAIL, without_alarm(instead, child, composites=(raw.composite(f'NOT ALARM("{name}")'),)), "nobody"),
        composite_off=(FAIL, without_alarm(instead, child, composites=(off,)), "nobody"),
        two=(PASS, without_alarm(instead, raw.errors(AlarmName="release", AlarmActions=[]), raw.errors())),
        no_end=(WARN, without_alarm(instead, raw.errors(OKActions=[])), f"when {name} is over"),
        nothing=(SKIP, with_alarms(), "blocked by alarm.5xx-target"),
    )


def states() -> Iterator[Case]:
    instead = "prod-5xx"
    ring: Raw = {
        "StateValue": "ALARM",
        "StateReason": "Threshold Crossed: 3 out of 5",
        "StateUpdatedTimestamp": ago(hours=1),
    }
    blind: Raw = {"StateValue": "INSUFFICIENT_DATA", "StateTransitionedTimestamp": ago(hours=25)}
    young: Raw = {"StateValue": "INSUFFICIENT_DATA", "StateTransitionedTimestamp": ago(hours=23)}
    named = raw.alarm("asharvi-backend-prod-orders", Namespace="Asharvi", MetricName="Orders", **ring)
    foreign = raw.alarm("website", Namespace="AWS/CloudFront", MetricName="5xxErrorRate", **ring)
    staging = raw.errors(STAGING, **ring)
    above = raw.composite(f'ALARM("{PROD.service}-5xx") AND ALARM("x")', StateValue="ALARM")
    restless = {"AlarmHistoryItems": [raw.change(f"{PROD.service}-p95", minutes) for minutes in (1, 9, 18, 27, 36, 45)]}
    past = {"AlarmHistoryItems": [raw.change(f"{PROD.service}-p95", minutes) for minutes in (1, 9, 18, 27, 36, 65)]}
    yield from one_of(
        "alarm.states",
        well=(PASS, healthy(), "all OK"),
        critical=(FAIL, without_alarm(instead, raw.errors(**ring)), "asharvi-backend-prod-5xx is in ALARM: Threshold"),
        hosts=(FAIL, without_alarm("prod-unhealthy", raw.unhealthy(**ring)), "asharvi-backend-prod-unhealthy"),
        other=(WARN, without_alarm("prod-CPU", raw.busy(**ring)), "CPUUtilization is in ALARM"),
        shared=(WARN, without_alarm("alb-5xx", raw.errors_of_balancer(**ring)), "alb-5xx is in ALARM"),
        named=(WARN, without_alarm("no-such", named), "orders is in ALARM"),
        foreign=(PASS, without_alarm("no-such", foreign)),
        staging=(PASS, without_alarm("staging-5xx", staging)),
        composite=(WARN, without_alarm("no-such", composites=(above,)), "asharvi-backend-prod is in ALARM"),
        blind=(WARN, without_alarm("prod-CPU", raw.busy(**blind)), "no data for more than a day"),
        young=(PASS, without_alarm("prod-CPU", raw.busy(**young))),
        restless=(WARN, changed("cloudwatch", "describe_alarm_history", restless), "6 times within an hour"),
        past=(PASS, changed("cloudwatch", "describe_alarm_history", past)),
        nothing=(SKIP, with_alarms(raw.scaling()), "blocked by alarm.5xx-target"),
    )


CASES = [*errors_of_targets(), *of_balancer(), *hosts(), *slow(), *limits(), *heard(), *states()]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict_on_alarms(case: Case) -> None:
    """Each set of alarms of the table gets the verdict of the catalogue's row, and says why."""
    verdict, _ = judged(case)
    assert verdict.status == case.status, verdict.because
    assert [part for part in case.says if part not in verdict.because] == []


@pytest.mark.parametrize("check", sorted({case.check for case in CASES}))
def test_alarm_needs_are_what_is_asked(check: str) -> None:
    """The permissions that a check declares are those of the calls it makes, no more and no fewer."""
    assert asked_by(check, CASES) == set(all_checks()[check].needs)
