"""Which alarms are taken for those of the guide, and for sound ones: whatever names and numbers they have."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from checks.observability import sound_alarms
from runbook_tui.aws.facts.alarms import MetricAlarm
from runbook_tui.aws.facts.cloudwatch import Alarms
from runbook_tui.catalogue import wanted_alarms
from runbook_tui.simulator.metrics.alarm import Alarm, Datapoint, State, judge
from tests.support import raw_cloudwatch as raw
from tests.support.backend_site import PROD, SITE, STAGING, Raw

THRESHOLDS = st.floats(0, 1000)
PERIODS = st.sampled_from([60, 120, 300])
BEGAN = datetime(2026, 11, 23, tzinfo=UTC)
KINDS = {
    "errors": (raw.errors, wanted_alarms.errors_of_targets),
    "hosts": (raw.unhealthy, wanted_alarms.unhealthy_hosts),
    "latency": (raw.latency, wanted_alarms.slow_answers),
}


def alarms(*given: Raw) -> Alarms:
    return Alarms(metric=tuple(MetricAlarm.from_api(one) for one in given))


def names(found: tuple[MetricAlarm, ...]) -> set[str]:
    return {one.alarm_name for one in found}


@given(st.sampled_from(sorted(KINDS)), st.permutations(raw.of_targets()), st.booleans())
def test_the_order_of_dimensions_means_nothing(kind: str, order: list[Raw], staging: bool) -> None:
    """An alarm is of the environment whose target group it names, in whatever order."""
    make, find = KINDS[kind]
    others = raw.of_targets(STAGING)
    alarm = make(PROD, Dimensions=others if staging else order)
    assert names(find(alarms(alarm), SITE, PROD)) == (set() if staging else {alarm["AlarmName"]})
    assert names(find(alarms(alarm), SITE, STAGING)) == ({alarm["AlarmName"]} if staging else set())


@given(st.sampled_from(sorted(KINDS)), st.text(min_size=1, max_size=10), st.text(max_size=10))
def test_one_dimension_more_is_another_metric(kind: str, name: str, value: str) -> None:
    """CloudWatch keeps metrics apart by all of their dimensions: such an alarm watches something else."""
    assume(name not in ("LoadBalancer", "TargetGroup"))
    make, find = KINDS[kind]
    alarm = make(PROD, Dimensions=[*raw.of_targets(), {"Name": name, "Value": value}])
    assert find(alarms(alarm), SITE, PROD) == ()


@given(st.sampled_from(sorted(KINDS)), st.lists(st.integers(0, 3), max_size=6))
def test_other_alarms_change_nothing(kind: str, noise: list[int]) -> None:
    """What is found is found among many, and only once."""
    make, find = KINDS[kind]
    others = [raw.busy(), raw.scaling(), raw.errors_of_balancer(), raw.latency(STAGING)]
    crowd = [others[number] for number in noise]
    assert names(find(alarms(*crowd, make(PROD), *crowd), SITE, PROD)) == {make(PROD)["AlarmName"]}


def ringing(settings: Raw, values: list[float]) -> State | None:
    """What the simulator makes of such datapoints, oldest first; it has a judge of its own."""
    alarm = Alarm(arn="x", settings=settings, composite=False, updated=BEGAN, changed=BEGAN)
    points = [
        Datapoint(at=BEGAN + timedelta(seconds=number * settings["Period"]), value=value, samples=1)
        for number, value in enumerate(values)
    ]
    return judge(alarm, points).state


@given(st.integers(0, 200), PERIODS, st.integers(1, 5), st.data())
def test_so_many_errors_make_it_ring(threshold: int, period: int, periods: int, data: st.DataObject) -> None:
    """One error more in as few periods as it takes, and the alarm rings; at the threshold itself it does not."""
    needed = data.draw(st.integers(1, periods))
    settings: dict[str, Any] = raw.errors(
        Threshold=float(threshold), Period=period, EvaluationPeriods=periods, DatapointsToAlarm=needed
    )
    least = sound_alarms.errors_to_ring(MetricAlarm.from_api(settings)) * period * periods / 300 / needed
    assert round(least, 6) == threshold
    quiet = [0.0] * (periods - needed)
    assert ringing(settings, [*quiet, *([least + 1] * needed)]) is State.ALARM
    assert ringing(settings, [*quiet, *([round(least, 6)] * needed)]) is State.OK


@given(THRESHOLDS, PERIODS, st.integers(1, 5))
def test_five_times_the_site_s_is_far(threshold: float, period: int, periods: int) -> None:
    """A count is far from the site's when it is more than five times, or less than a fifth of it."""
    given = raw.errors(Threshold=threshold, Period=period, EvaluationPeriods=periods, DatapointsToAlarm=None)
    alarm = MetricAlarm.from_api(given)
    in_five_minutes = threshold * 300 / period
    assume(min(abs(in_five_minutes - 2), abs(in_five_minutes - 50)) > 1e-6)
    far = any("far from the site" in one for one in sound_alarms.about_errors(alarm, SITE))
    assert far is not (2 <= in_five_minutes <= 50)


@given(st.floats(0.001, 1), st.booleans())
def test_a_share_is_judged_in_percent(threshold: float, percent: bool) -> None:
    """Whether the expression multiplies by a hundred or not."""
    metrics = raw.share()["Metrics"]
    text = "100 * errors / requests" if percent else "errors / requests"
    whole = [*metrics[:2], {"Id": "rate", "Expression": text, "ReturnData": True}]
    alarm = MetricAlarm.from_api(raw.share(Metrics=whole, Threshold=threshold * (100 if percent else 1)))
    assume(min(abs(threshold - 0.01), abs(threshold - 0.25)) > 1e-9)
    assert (sound_alarms.about_errors(alarm, SITE) == []) is (0.01 <= threshold <= 0.25)


@given(st.integers(0, 12), st.sampled_from(["GreaterThanThreshold", "GreaterThanOrEqualToThreshold"]))
def test_an_alarm_on_tasks_rings_at_the_most(threshold: int, operator: str) -> None:
    """When as many tasks run as there can be; the guide's prod has six."""
    alarm = MetricAlarm.from_api(raw.at_most(Threshold=float(threshold), ComparisonOperator=operator))
    reached = threshold < 6 or (threshold == 6 and "OrEqual" in operator)
    assert (sound_alarms.about_tasks(alarm, PROD) == []) is reached


@given(st.text(max_size=8))
def test_percentiles_from_p90_to_p99(text: str) -> None:
    """And nothing else that CloudWatch knows as a statistic."""
    assert wanted_alarms.high_percentile(text) is (text in {f"p{number}" for number in range(90, 100)})
    assert wanted_alarms.high_percentile("p99.0")
    assert not any(map(wanted_alarms.high_percentile, ("p89.9", "p99.9", "p100", "tm95", "Average", "p", "P95")))
