"""When the service scales out and in: set, taken back to the same, refused when somebody was faster."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.core.change import Stage
from runbook_tui.core.verdict import Status
from runbook_tui.wiring.kit import Kit
from tests.support.acting import Acting, one_step
from tests.support.fixed import Bench, bench, fixes
from tests.support.stepped import CLUSTER, PROD
from tests.support.undoable import made_and_undone, refused_when_moved

pytestmark = pytest.mark.slow

PLACE = {
    "ServiceNamespace": "ecs",
    "ResourceId": f"service/{CLUSTER}/{PROD}",
    "ScalableDimension": "ecs:service:DesiredCount",
}
OUT, IN = f"{PROD}-scale-out", f"{PROD}-scale-in"
STEP, TRACKING = {"kind": "step"}, {"kind": "target_tracking"}
TOPIC = "arn:aws:sns:ap-south-1:123456789012:asharvi-backend-alerts"
# What AWS tells of policies and alarms beside what was put.
TOLD = (
    "CreationTime",
    "PolicyARN",
    "Alarms",
    "AlarmArn",
    "AlarmConfigurationUpdatedTimestamp",
    "StateUpdatedTimestamp",
)


@pytest.fixture(scope="module")
def world() -> Iterator[Bench]:
    with bench() as ready:
        yield ready


def policies(world: Bench) -> list[dict[str, Any]]:
    asked = {"ServiceNamespace": "ecs", "ResourceId": PLACE["ResourceId"]}
    found: list[dict[str, Any]] = world.client("application-autoscaling").describe_scaling_policies(**asked)[
        "ScalingPolicies"
    ]
    return found


def look(world: Bench) -> Any:
    """Policies and alarms by name; a policy's ARN, which is new when the policy is made again, is its name."""
    there = policies(world)
    names = {one["PolicyARN"]: one["PolicyName"] for one in there}
    alarms = {}
    for one in world.client("cloudwatch").describe_alarms()["MetricAlarms"]:
        called = [names.get(action.partition(":createdBy")[0], action) for action in one["AlarmActions"]]
        kept = {name: value for name, value in one.items() if name not in TOLD and not name.startswith("State")}
        if one["AlarmName"].startswith("TargetTracking-"):
            alarms[f"{called[0]} {one['ComparisonOperator']}"] = {"AlarmActions": called}
        elif one["AlarmName"].startswith(PROD):
            alarms[one["AlarmName"]] = {**kept, "AlarmActions": called}
    return {one["PolicyName"]: {k: v for k, v in one.items() if k not in TOLD} for one in there}, alarms


def without(world: Bench, *names: str) -> None:
    for name in names:
        world.client("application-autoscaling").delete_scaling_policy(**PLACE, PolicyName=name)
    world.client("cloudwatch").delete_alarms(AlarmNames=list(names))


def single(world: Bench, name: str, metric: str, threshold: float, *, up: bool, told: tuple[str, ...] = ()) -> None:
    """A step policy that looks at one metric alone."""
    bound = {"MetricIntervalLowerBound": 0.0} if up else {"MetricIntervalUpperBound": 0.0}
    made = world.client("application-autoscaling").put_scaling_policy(
        **PLACE,
        PolicyName=name,
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{**bound, "ScalingAdjustment": 1 if up else -1}],
        },
    )
    world.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/ECS",
        MetricName=metric,
        Dimensions=[{"Name": "ClusterName", "Value": CLUSTER}, {"Name": "ServiceName", "Value": PROD}],
        Statistic="Average",
        Period=60,
        EvaluationPeriods=5,
        Threshold=threshold,
        ComparisonOperator="GreaterThanThreshold" if up else "LessThanThreshold",
        AlarmActions=[made["PolicyARN"], *told],
    )


def right(world: Bench, folder: Path) -> None:
    """As the site says again."""
    for action in ("ecs.set-scale-out", "ecs.set-scale-in"):
        acting = Acting(world.kit, folder, one_step(action), "prod", f"right-{action}")
        change = acting.planned(percent={"ecs.set-scale-out": "60", "ecs.set-scale-in": "30"}[action], **STEP)
        assert change.plan is not None, change.reason
        if not change.plan.idle:
            assert acting.made(change).stage is Stage.DONE
        acting.close()
    world.expect({"ecs.scaling.out": Status.PASS, "ecs.scaling.in": Status.PASS})


@pytest.mark.parametrize(
    ("action", "inputs", "operations"),
    [
        ("ecs.set-scale-out", {"percent": "70", **STEP}, ["put_metric_alarm"]),
        ("ecs.set-scale-in", {"percent": "20", **STEP}, ["put_metric_alarm"]),
        (
            "ecs.set-scale-out",
            {"percent": "60", **TRACKING},
            ["put_scaling_policy"] * 2 + ["delete_alarms", "delete_scaling_policy"],
        ),
    ],
)
def test_it_scales_otherwise_and_back(
    world: Bench, tmp_path: Path, action: str, inputs: dict[str, str], operations: list[str]
) -> None:
    """A threshold changes in place; another type of policy comes before the old one goes."""
    made = made_and_undone(world.kit, tmp_path, action, lambda: look(world), inputs)
    assert made.plan is not None
    assert [call.operation for call in made.plan.calls] == operations
    right(world, tmp_path)


def test_what_nothing_scales_by_is_made(world: Bench, tmp_path: Path) -> None:
    """Neither policies nor alarms: both checks fail, and pass afterwards."""
    without(world, OUT, IN)
    given = {"percent": "60", **STEP}
    fixes(world, tmp_path, "ecs.set-scale-out", lambda: look(world), {"ecs.scaling.out": Status.FAIL}, given)
    given = {"percent": "30", **STEP}
    fixes(world, tmp_path / "in", "ecs.set-scale-in", lambda: look(world), {"ecs.scaling.in": Status.FAIL}, given)


def test_alarms_that_can_fight_become_one(world: Bench, tmp_path: Path) -> None:
    """One of them looks at both from then on; the other goes, but what also tells somebody goes on telling."""
    without(world, IN)
    single(world, f"{PROD}-cpu-in", "CPUUtilization", 30.0, up=False)
    single(world, f"{PROD}-memory-in", "MemoryUtilization", 30.0, up=False, told=(TOPIC,))
    inputs = {"percent": "30", **STEP}
    fixes(world, tmp_path, "ecs.set-scale-in", lambda: look(world), {"ecs.scaling.in": Status.WARN}, inputs)
    assert look(world)[1][f"{PROD}-memory-in"]["AlarmActions"] == [TOPIC]
    world.client("cloudwatch").delete_alarms(AlarmNames=[f"{PROD}-memory-in"])


def test_an_alarm_that_was_deleted_or_turned_off(world: Bench, tmp_path: Path) -> None:
    """A policy that nothing calls gets its alarm; actions that are off are turned on."""
    world.client("cloudwatch").delete_alarms(AlarmNames=[OUT])
    inputs = {"percent": "60", **STEP}
    made = fixes(world, tmp_path, "ecs.set-scale-out", lambda: look(world), {"ecs.scaling.out": Status.FAIL}, inputs)
    assert made.plan is not None
    assert [call.operation for call in made.plan.calls] == ["put_scaling_policy", "put_metric_alarm"]
    world.client("cloudwatch").disable_alarm_actions(AlarmNames=[OUT])
    fixes(world, tmp_path / "off", "ecs.set-scale-out", lambda: look(world), {"ecs.scaling.out": Status.FAIL}, inputs)


def test_tracking_from_end_to_end(world: Bench, tmp_path: Path) -> None:
    """Out by tracking, in by tracking, and back to steps: each taken back to what was before."""
    out = {"percent": "55", **TRACKING}
    world.made(tmp_path, "ecs.set-scale-out", out)
    made_and_undone(world.kit, tmp_path, "ecs.set-scale-in", lambda: look(world), TRACKING)
    made_and_undone(world.kit, tmp_path / "step", "ecs.set-scale-out", lambda: look(world), {"percent": "60", **STEP})
    held = {"percent": "30", **STEP}
    made = made_and_undone(world.kit, tmp_path / "in", "ecs.set-scale-in", lambda: look(world), held)
    assert made.plan is not None
    assert {call.parameters["TargetTrackingScalingPolicyConfiguration"]["DisableScaleIn"] for call in made.plan.calls}
    right(world, tmp_path)


def test_it_is_refused(world: Bench, tmp_path: Path) -> None:
    """When somebody was faster, and where tasks would come and go for ever."""
    cloudwatch = world.client("cloudwatch")
    inputs = {"percent": "70", **STEP}
    refused_when_moved(
        world.kit, tmp_path, "ecs.set-scale-out", lambda: cloudwatch.disable_alarm_actions(AlarmNames=[OUT]), inputs
    )
    cloudwatch.enable_alarm_actions(AlarmNames=[OUT])
    assert "scales out already" in told(world.kit, tmp_path, "ecs.set-scale-in", {"percent": "60", **STEP})
    assert "it scales in" in told(world.kit, tmp_path, "ecs.set-scale-out", {"percent": "30", **STEP})
    assert "no percentage" in told(world.kit, tmp_path, "ecs.set-scale-out", {"percent": "much", **STEP})
    assert "nothing tracks" in told(world.kit, tmp_path, "ecs.set-scale-in", TRACKING)


def told(kit: Kit, folder: Path, action: str, inputs: dict[str, str]) -> str:
    acting = Acting(kit, folder, one_step(action), "prod", f"told-{'-'.join(inputs.values())}")
    try:
        return acting.planned(**inputs).reason
    finally:
        acting.close()
