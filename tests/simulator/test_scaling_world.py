"""Application Auto Scaling in a simulated world: alarms ring, tasks come and go."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.world import World
from tests.support.shapes import asked
from tests.support.stepped import CLUSTER, PROD, advance, stepped

pytestmark = pytest.mark.slow

_SCALING = "application-autoscaling"
_PLACE = {
    "ServiceNamespace": "ecs",
    "ResourceId": f"service/{CLUSTER}/{PROD}",
    "ScalableDimension": "ecs:service:DesiredCount",
}


@pytest.fixture
def world() -> Iterator[World]:
    with stepped() as simulator:
        advance(simulator.world, 60)
        yield simulator.world


def _desired(world: World) -> int:
    (service,) = world.call("ecs", "DescribeServices", cluster=CLUSTER, services=[PROD])["services"]
    return int(service["desiredCount"])


def _activities(world: World, *, all_of_them: bool = True) -> list[dict[str, Any]]:
    answer = asked(
        world,
        _SCALING,
        "DescribeScalingActivities",
        ServiceNamespace="ecs",
        ResourceId=_PLACE["ResourceId"],
        IncludeNotScaledActivities=all_of_them,
    )
    activities: list[dict[str, Any]] = answer["ScalingActivities"]
    return activities


def _bounds(world: World, **more: Any) -> None:
    world.call(_SCALING, "RegisterScalableTarget", **_PLACE, **more)


def _ring(world: World, alarm: str) -> None:
    """By hand; it is quiet again at the next full minute."""
    world.call("cloudwatch", "SetAlarmState", AlarmName=alarm, StateValue="ALARM", StateReason="practice")


def test_what_the_guide_asks_for_is_there(world: World) -> None:
    """Out at 60, in at 30, on the greater of CPU and memory; two to six tasks in prod, two to four in staging."""
    targets = asked(world, _SCALING, "DescribeScalableTargets", ServiceNamespace="ecs")["ScalableTargets"]
    assert {each["ResourceId"].rpartition("-")[2]: (each["MinCapacity"], each["MaxCapacity"]) for each in targets} == {
        "staging": (2, 4),
        "prod": (2, 6),
    }
    assert not any(any(each["SuspendedState"].values()) for each in targets)
    policies = asked(
        world, _SCALING, "DescribeScalingPolicies", ServiceNamespace="ecs", ResourceId=_PLACE["ResourceId"]
    )
    for policy in policies["ScalingPolicies"]:
        (alarm,) = policy["Alarms"]
        (found,) = world.call("cloudwatch", "DescribeAlarms", AlarmNames=[alarm["AlarmName"]])["MetricAlarms"]
        (step,) = policy["StepScalingPolicyConfiguration"]["StepAdjustments"]
        assert found["AlarmActions"] == [policy["PolicyARN"]]
        assert (found["Threshold"], step["ScalingAdjustment"]) in ((60.0, 1), (30.0, -1))
        assert found["Metrics"][0]["Expression"] == "MAX([cpu, memory])"


def test_traffic_brings_tasks_and_their_end_takes_them_away(world: World) -> None:
    """With the causes of AWS, one cooldown apart, never beyond the bounds."""
    alarm = f"{PROD}-scale-out"
    spike = world.load.spike("prod", 2.2, world.clock.now(), 300)
    advance(world, 1200)
    grown = _desired(world)
    assert 4 <= grown <= 6
    (latest, *_, oldest) = _activities(world)
    assert oldest["Cause"] == f"monitor alarm {alarm} in state ALARM triggered policy {alarm}"
    assert oldest["Description"] == "Setting desired count to 3."
    assert latest["StatusCode"] == "Successful"
    assert (
        latest["StatusMessage"] == f"Successfully set desired count to {grown}. Change successfully fulfilled by ecs."
    )
    starts = [each["StartTime"] for each in reversed(_activities(world))]
    assert all(later - earlier >= timedelta(seconds=60) for earlier, later in pairwise(starts))
    world.load.cancel(spike, world.clock.now())
    advance(world, 3600)
    assert 2 <= _desired(world) < grown
    inward = [each for each in _activities(world) if "scale-in" in each["Cause"]]
    ends = [each["StartTime"] for each in reversed(inward)]
    assert all(later - earlier >= timedelta(seconds=300) for earlier, later in pairwise(ends))


def test_at_the_bounds_nothing_is_scaled_and_the_reason_is_told(world: World) -> None:
    """Once in a row, and only to who asks for it."""
    _bounds(world, MinCapacity=2, MaxCapacity=2)
    spike = world.load.spike("prod", 2.0, world.clock.now(), 60)
    advance(world, 600)
    world.load.cancel(spike, world.clock.now())
    world.load.spike("prod", 0.3, world.clock.now(), 60)
    advance(world, 1200)
    told = [(each["StatusCode"], each["Description"], each["NotScaledReasons"]) for each in _activities(world)]
    attempt = "Attempting to scale due to alarm triggered"
    assert told == [
        ("Failed", attempt, [{"Code": "AlreadyAtMinCapacity", "MinCapacity": 2}]),
        ("Failed", attempt, [{"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 2}]),
    ]
    assert _activities(world, all_of_them=False) == []


def test_suspended_scaling_does_nothing(world: World) -> None:
    """Until it is resumed: the alarm still calls."""
    _bounds(world, SuspendedState={"DynamicScalingOutSuspended": True})
    world.load.spike("prod", 2.0, world.clock.now(), 60)
    advance(world, 600)
    assert (_desired(world), _activities(world)) == (2, [])
    _bounds(world, SuspendedState={"DynamicScalingOutSuspended": False})
    advance(world, 60)
    assert _desired(world) == 3


def test_a_step_policy_needs_a_breach(world: World) -> None:
    """An alarm that was set by hand measures nothing that a step would be for, and its history says so."""
    _ring(world, f"{PROD}-scale-out")
    assert (_desired(world), _activities(world)) == (2, [])
    history = asked(
        world, "cloudwatch", "DescribeAlarmHistory", AlarmName=f"{PROD}-scale-out", HistoryItemType="Action"
    )
    assert "No step adjustment found for metric value [" in history["AlarmHistoryItems"][0]["HistorySummary"]


def test_new_bounds_bring_the_count_inside(world: World) -> None:
    """Up to the minimum, down to the maximum, with their own causes."""
    _bounds(world, MinCapacity=4, MaxCapacity=6)
    assert _desired(world) == 4
    advance(world, 300)
    _bounds(world, MinCapacity=2, MaxCapacity=3)
    assert _desired(world) == 3
    assert [each["Cause"] for each in _activities(world)] == [
        "maximum capacity was set to 3",
        "minimum capacity was set to 4",
    ]
    with pytest.raises(Refused, match="cannot be less"):
        _bounds(world, MinCapacity=9)


def test_target_tracking_makes_alarms_of_its_own(world: World) -> None:
    """They scale in proportion, they are kept with the policy, and they go with it."""
    policy = {**_PLACE, "PolicyName": "track", "PolicyType": "TargetTrackingScaling"}
    configuration = {
        "TargetValue": 25.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
        "ScaleOutCooldown": 60,
    }
    made = asked(world, _SCALING, "PutScalingPolicy", **policy, TargetTrackingScalingPolicyConfiguration=configuration)
    names = [each["AlarmName"] for each in made["Alarms"]]
    assert [name.rpartition("-Alarm")[0] for name in (each.split("-Alarm")[0] + "-Alarm" for each in names)] == [
        f"TargetTracking-{_PLACE['ResourceId']}"
    ] * 2
    alarms = world.call("cloudwatch", "DescribeAlarms", AlarmNames=names)["MetricAlarms"]
    assert sorted((each["Threshold"], each["EvaluationPeriods"]) for each in alarms) == [(22.5, 15), (25.0, 3)]
    advance(world, 180)
    assert _desired(world) >= 3
    assert _activities(world)[-1]["Cause"] == f"monitor alarm {names[0]} in state ALARM triggered policy track"
    again = world.call(_SCALING, "PutScalingPolicy", **policy, TargetTrackingScalingPolicyConfiguration=configuration)
    assert again["PolicyARN"] == made["PolicyARN"]
    world.call(_SCALING, "DeleteScalingPolicy", **_PLACE, PolicyName="track")
    assert world.call("cloudwatch", "DescribeAlarms", AlarmNamePrefix="TargetTracking-")["MetricAlarms"] == []


def test_a_policy_needs_a_target(world: World) -> None:
    """A target that is deregistered takes its policies along."""
    world.call(_SCALING, "DeregisterScalableTarget", **_PLACE)
    policies = asked(
        world, _SCALING, "DescribeScalingPolicies", ServiceNamespace="ecs", ResourceId=_PLACE["ResourceId"]
    )
    assert policies["ScalingPolicies"] == []
    with pytest.raises(Refused) as raised:
        world.call(
            _SCALING,
            "PutScalingPolicy",
            **_PLACE,
            PolicyName="x",
            PolicyType="StepScaling",
            StepScalingPolicyConfiguration={"AdjustmentType": "ChangeInCapacity", "StepAdjustments": []},
        )
    assert raised.value.code == "ObjectNotFoundException"
    _ring(world, f"{PROD}-scale-out")
    history = asked(
        world, "cloudwatch", "DescribeAlarmHistory", AlarmName=f"{PROD}-scale-out", HistoryItemType="Action"
    )
    assert history["AlarmHistoryItems"][0]["HistorySummary"].startswith("Failed to execute action ")


def test_scheduled_actions_fire(world: World) -> None:
    """They set the bounds, and the count follows."""
    at = world.clock.now().replace(second=0, microsecond=0) + timedelta(minutes=3)
    world.call(
        _SCALING,
        "PutScheduledAction",
        **_PLACE,
        ScheduledActionName="sale",
        Schedule=f"at({at:%Y-%m-%dT%H:%M:%S})",
        ScalableTargetAction={"MinCapacity": 5, "MaxCapacity": 6},
    )
    (listed,) = asked(world, _SCALING, "DescribeScheduledActions", ServiceNamespace="ecs")["ScheduledActions"]
    assert listed["ScheduledActionName"] == "sale"
    advance(world, 60)
    assert _desired(world) == 2
    advance(world, 240)
    assert _desired(world) == 5
    count, bounds = _activities(world)
    assert (bounds["Cause"], bounds["StatusMessage"]) == (
        "scheduled action name sale was triggered",
        "Successfully set min capacity to 5 and max capacity to 6",
    )
    assert count["Cause"] == "minimum capacity was set to 5"


def test_what_cannot_be_scaled_is_refused(world: World) -> None:
    """Nothing but ECS is simulated."""
    with pytest.raises(Refused, match="not simulated"):
        world.call(
            _SCALING,
            "RegisterScalableTarget",
            ServiceNamespace="dynamodb",
            ResourceId="table/t",
            ScalableDimension="dynamodb:table:ReadCapacityUnits",
            MinCapacity=1,
            MaxCapacity=2,
        )
