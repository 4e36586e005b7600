"""Alarms of a simulated world: quiet when all is well, ringing for what each is for."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from runbook_tui.simulator import faults
from runbook_tui.simulator.image_behaviour import ImageBehaviour
from runbook_tui.simulator.metrics import ringing
from runbook_tui.simulator.metrics.load import minute_of, time_of
from runbook_tui.simulator.names import ENVIRONMENTS
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.world import World
from tests.support.shapes import asked
from tests.support.stepped import CLUSTER, PROD, advance, stepped

pytestmark = pytest.mark.slow

TOPIC = "arn:aws:sns:ap-south-1:123456789012:asharvi-backend-alerts"


@pytest.fixture
def world() -> Iterator[World]:
    with stepped() as simulator:
        advance(simulator.world, 60)
        yield simulator.world


@pytest.fixture
def bare() -> Iterator[World]:
    """An account with the topic and nothing else: it starts at once."""
    with stepped("empty") as simulator:
        world = simulator.world
        world.call("sns", "CreateTopic", Name="asharvi-backend-alerts")
        world.call("sns", "Subscribe", TopicArn=TOPIC, Protocol="email", Endpoint="on-call@asharvi.test")
        advance(world, 120)
        yield world


def _alarms(world: World, **wanted: Any) -> dict[str, dict[str, Any]]:
    answer = asked(world, "cloudwatch", "DescribeAlarms", **wanted)
    return {each["AlarmName"]: each for each in (*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ()))}


def _ringing(world: World) -> set[str]:
    return set(_alarms(world, StateValue="ALARM"))


def _history(world: World, **wanted: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = asked(world, "cloudwatch", "DescribeAlarmHistory", **wanted)["AlarmHistoryItems"]
    return items


def _put(world: World, name: str, **more: Any) -> None:
    settings: dict[str, Any] = {
        "Namespace": "Own",
        "MetricName": "Queue",
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 5.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "AlarmActions": [TOPIC],
        **more,
    }
    world.call("cloudwatch", "PutMetricAlarm", AlarmName=name, **settings)


def _queue(world: World, value: float) -> None:
    """A datapoint of this minute, and the minute passes."""
    datum = {"MetricName": "Queue", "Value": value, "Timestamp": world.clock.now()}
    world.call("cloudwatch", "PutMetricData", Namespace="Own", MetricData=[datum])
    advance(world, 60)


@pytest.mark.timeout(120)
def test_a_healthy_week_is_quiet(world: World) -> None:
    """No alarm changes its state in any minute of it, and nobody is told anything."""
    first = minute_of(world.clock.now())
    for minute in range(first, first + 7 * 1440):
        with world.clock.during(time_of(minute)):
            ringing.evaluate(world)
    assert list(world.monitoring.history) == []
    assert world.notifications == []
    assert {each["StateValue"] for each in _alarms(world).values()} == {"OK"}


def test_what_the_guide_asks_for_is_there(world: World) -> None:
    """Both environments, told to the topic, with dimensions, and as old as a settled installation."""
    alarms = _alarms(world)
    for environment in ENVIRONMENTS.values():
        for what in ("5xx", "p95", "unhealthy-hosts", "cpu-high", "memory-high", "tasks-at-max"):
            alarm = alarms[f"{environment.service}-{what}"]
            assert alarm["AlarmActions"] == alarm["OKActions"] == [TOPIC]
            assert alarm["Dimensions"]
            assert world.clock.now() - alarm["StateUpdatedTimestamp"] > timedelta(days=30)
        body = asked(world, "cloudwatch", "GetDashboard", DashboardName=f"asharvi-backend-{environment.name}")
        assert len(json.loads(body["DashboardBody"])["widgets"]) == 4
    assert len(alarms["asharvi-backend-alb-5xx"]["Dimensions"]) == 1
    (service,) = world.call("ecs", "DescribeServices", cluster=CLUSTER, services=[PROD])["services"]
    assert set(service["deploymentConfiguration"]["alarms"]["alarmNames"]) <= set(alarms)


def test_unready_targets_ring(world: World) -> None:
    """They are unhealthy, and what they answer is 5xx; when all is well again the alarms are quiet again."""
    faults.set_fault(world, "targets-unhealthy")
    advance(world, 480)
    assert {f"{PROD}-unhealthy-hosts", f"{PROD}-5xx"} <= _ringing(world)
    faults.clear_fault(world, "targets-unhealthy")
    advance(world, 1500)
    assert not {f"{PROD}-unhealthy-hosts", f"{PROD}-5xx"} & _ringing(world)


def test_targets_out_of_reach_ring_at_the_balancer(world: World) -> None:
    """Target errors stay flat then: only the balancer's own 504 tell of it."""
    faults.set_fault(world, "sg-port-closed")
    advance(world, 480)
    assert {"asharvi-backend-alb-5xx", f"{PROD}-unhealthy-hosts"} <= _ringing(world)
    assert f"{PROD}-5xx" not in _ringing(world)


def test_a_bad_image_rings(world: World) -> None:
    """Slow and failing answers of a release that passes its health checks."""
    (task,) = world.call("ecs", "ListTasks", cluster=CLUSTER, serviceName=PROD)["taskArns"][:1]
    container = world.call("ecs", "DescribeTasks", cluster=CLUSTER, tasks=[task])["tasks"][0]["containers"][0]
    key = ("asharvi-backend-prod", container["imageDigest"])
    world.images[key] = ImageBehaviour(error_rate=0.2, latency_factor=6.0, memory_mib=1500)
    advance(world, 420)
    assert {f"{PROD}-5xx", f"{PROD}-p95", f"{PROD}-memory-high"} <= _ringing(world)
    assert f"{PROD}-unhealthy-hosts" not in _ringing(world)


def test_traffic_over_capacity_rings(world: World) -> None:
    """CPU is full although all the tasks there may be run."""
    world.load.spike("prod", 8.0, world.clock.now(), 120)
    advance(world, 1500)
    assert {f"{PROD}-cpu-high", f"{PROD}-tasks-at-max", f"{PROD}-p95"} <= _ringing(world)


def test_an_alarm_tells_its_topic_and_its_history(bare: World) -> None:
    """State, action and configuration are all written down; the message is AWS's JSON."""
    _put(bare, "queue", OKActions=[TOPIC], TreatMissingData="notBreaching")
    assert _alarms(bare, AlarmNames=["queue"])["queue"]["StateReason"] == "Unchecked: Initial alarm creation"
    _queue(bare, 7)
    alarm = _alarms(bare, AlarmNames=["queue"])["queue"]
    minute = bare.clock.now() - timedelta(seconds=bare.clock.now().second + 60)
    assert alarm["StateValue"] == "ALARM"
    assert alarm["StateReason"] == (
        f"Threshold Crossed: 1 datapoint [7.0 ({minute:%d/%m/%y %H:%M}:00)] was greater than the threshold (5.0)."
    )
    assert json.loads(alarm["StateReasonData"])["recentDatapoints"] == [7.0]
    (told,) = bare.notifications
    assert (told.topic, told.subject) == (TOPIC, 'ALARM: "queue" in Asia Pacific (Mumbai)')
    assert told.recipients == (("email", "on-call@asharvi.test"),)
    message = json.loads(told.message)
    assert (message["OldStateValue"], message["NewStateValue"]) == ("INSUFFICIENT_DATA", "ALARM")
    assert message["Trigger"]["MetricName"] == "Queue"
    kinds = [(each["HistoryItemType"], each["HistorySummary"]) for each in _history(bare, AlarmName="queue")]
    assert kinds == [
        ("Action", f"Successfully executed action {TOPIC}"),
        ("StateUpdate", "Alarm updated from INSUFFICIENT_DATA to ALARM"),
        ("ConfigurationUpdate", 'Alarm "queue" created'),
    ]
    update = json.loads(_history(bare, AlarmName="queue", HistoryItemType="StateUpdate")[0]["HistoryData"])
    assert update["oldState"]["stateValue"] == "INSUFFICIENT_DATA"
    advance(bare, 240)
    assert _alarms(bare, AlarmNames=["queue"])["queue"]["StateValue"] == "OK"
    assert len(bare.notifications) == 2


def test_a_state_set_by_hand_lasts_until_the_next_look(world: World) -> None:
    """It acts like any other change."""
    name = f"{PROD}-5xx"
    world.call("cloudwatch", "SetAlarmState", AlarmName=name, StateValue="ALARM", StateReason="practice")
    assert _alarms(world, AlarmNames=[name])[name]["StateReason"] == "practice"
    assert len(world.notifications) == 1
    advance(world, 60)
    assert _alarms(world, AlarmNames=[name])[name]["StateValue"] == "OK"
    with pytest.raises(Refused) as raised:
        world.call("cloudwatch", "SetAlarmState", AlarmName="nobody", StateValue="OK", StateReason="x")
    assert raised.value.code in ("ResourceNotFound", "ResourceNotFoundException")


def test_disabled_actions_are_not_carried_out(bare: World) -> None:
    """The state changes all the same, and a missing topic is a failed action."""
    _put(bare, "queue")
    bare.call("cloudwatch", "DisableAlarmActions", AlarmNames=["queue"])
    _queue(bare, 7)
    assert (_ringing(bare), bare.notifications) == ({"queue"}, [])
    _queue(bare, 1)
    bare.call("cloudwatch", "EnableAlarmActions", AlarmNames=["queue"])
    bare.call("sns", "DeleteTopic", TopicArn=TOPIC)
    _queue(bare, 7)
    (action,) = _history(bare, AlarmName="queue", HistoryItemType="Action")
    assert action["HistorySummary"].startswith(f"Failed to execute action {TOPIC}. Received error:")
    assert bare.notifications == []


def test_composite_alarms_follow_their_parts(bare: World) -> None:
    """At once, and with the reason that names the part; they are described only when asked for."""
    _put(bare, "one", AlarmActions=[])
    _put(bare, "two", MetricName="Other", AlarmActions=[], TreatMissingData="notBreaching")
    rule = 'ALARM("one") AND NOT ALARM(two)'
    bare.call("cloudwatch", "PutCompositeAlarm", AlarmName="both", AlarmRule=rule, AlarmActions=[TOPIC])
    assert "both" not in _alarms(bare)
    assert _alarms(bare, AlarmTypes=["CompositeAlarm"])["both"]["StateValue"] == "OK"
    _queue(bare, 9)
    both = _alarms(bare, AlarmTypes=["CompositeAlarm"])["both"]
    assert both["StateValue"] == "ALARM"
    assert both["StateReason"].startswith(
        "arn:aws:cloudwatch:ap-south-1:123456789012:alarm:one transitioned to ALARM at "
    )
    assert [each.subject for each in bare.notifications] == ['ALARM: "both" in Asia Pacific (Mumbai)']
    bare.call("cloudwatch", "SetAlarmState", AlarmName="two", StateValue="ALARM", StateReason="practice")
    assert _alarms(bare, AlarmTypes=["CompositeAlarm"])["both"]["StateValue"] == "OK"
    with pytest.raises(Refused, match="do not exist"):
        bare.call("cloudwatch", "PutCompositeAlarm", AlarmName="x", AlarmRule="ALARM(nobody)")


def test_an_alarm_on_an_expression(bare: World) -> None:
    """An error rate is what it watches; its datapoints are the expression's."""
    metrics = [
        {"Id": "double", "Expression": "2 * FILL(queue, 0)", "ReturnData": True},
        {
            "Id": "queue",
            "MetricStat": {"Metric": {"Namespace": "Own", "MetricName": "Queue"}, "Period": 60, "Stat": "Maximum"},
            "ReturnData": False,
        },
    ]
    bare.call(
        "cloudwatch",
        "PutMetricAlarm",
        AlarmName="double",
        Metrics=metrics,
        EvaluationPeriods=1,
        Threshold=5.0,
        ComparisonOperator="GreaterThanThreshold",
    )
    _queue(bare, 2)
    assert _alarms(bare, AlarmNames=["double"])["double"]["StateValue"] == "OK"
    _queue(bare, 3)
    assert "[6.0 (" in _alarms(bare, AlarmNames=["double"])["double"]["StateReason"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"Statistic": None},
        {"ExtendedStatistic": "p95"},
        {"DatapointsToAlarm": 2},
        {"Period": 90},
        {"Period": 3600, "EvaluationPeriods": 25},
        {"TreatMissingData": "guess"},
        {"AlarmActions": ["topic"]},
        {"AlarmActions": ["arn:aws:automate:ap-south-1:ec2:stop"]},
        {"ThresholdMetricId": "band"},
        {"ComparisonOperator": "GreaterThanUpperThreshold"},
    ],
)
def test_alarms_that_cannot_be_are_refused(shared: World, wrong: dict[str, Any]) -> None:
    """With AWS's code, or as not simulated; nothing is then put."""
    settings = {
        "Namespace": "Own",
        "MetricName": "Queue",
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 5.0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    given = {key: value for key, value in {**settings, **wrong}.items() if value is not None}
    with pytest.raises(Refused) as raised:
        shared.call("cloudwatch", "PutMetricAlarm", AlarmName="wrong", **given)
    assert raised.value.code in ("ValidationError", "NotSimulated", "InvalidParameterValue")
    assert "wrong" not in shared.monitoring.alarms


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    with stepped("empty") as simulator:
        yield simulator.world
