"""What ``application-autoscaling`` says of an ECS service. Each method is one API request, made once a sweep."""

from typing import Any, Final

from msgspec import field

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.border import Fact
from runbook_tui.aws.facts.listing import listed
from runbook_tui.aws.facts.moment import Moment

DIMENSION: Final = "ecs:service:DesiredCount"
AT_MAX: Final = "AlreadyAtMaxCapacity"


class SuspendedState(Fact, frozen=True, kw_only=True):
    dynamic_scaling_in_suspended: bool = False
    dynamic_scaling_out_suspended: bool = False
    scheduled_scaling_suspended: bool = False

    @property
    def suspended(self) -> tuple[str, ...]:
        """Which parts, in plain words."""
        parts = {
            "scaling in": self.dynamic_scaling_in_suspended,
            "scaling out": self.dynamic_scaling_out_suspended,
            "scheduled scaling": self.scheduled_scaling_suspended,
        }
        return tuple(part for part, off in parts.items() if off)


class ScalableTarget(Fact, frozen=True, kw_only=True):
    resource_id: str
    min_capacity: int
    max_capacity: int
    suspended_state: SuspendedState = SuspendedState()


class StepAdjustment(Fact, frozen=True, kw_only=True):
    """Bounds are distances from the alarm's threshold; None is without an end."""

    scaling_adjustment: int
    metric_interval_lower_bound: float | None = None
    metric_interval_upper_bound: float | None = None


class StepScaling(Fact, frozen=True, kw_only=True):
    """``adjustment_type``: ChangeInCapacity, PercentChangeInCapacity or ExactCapacity. ``cooldown`` in seconds."""

    adjustment_type: str = ""
    step_adjustments: tuple[StepAdjustment, ...] = ()
    cooldown: int | None = None


class PredefinedMetric(Fact, frozen=True, kw_only=True):
    predefined_metric_type: str = ""


class TargetTracking(Fact, frozen=True, kw_only=True):
    target_value: float
    predefined_metric_specification: PredefinedMetric = PredefinedMetric()
    disable_scale_in: bool = False


class PolicyAlarm(Fact, frozen=True, kw_only=True):
    alarm_name: str


class ScalingPolicy(Fact, frozen=True, kw_only=True):
    """``policy_type``: StepScaling, TargetTrackingScaling or PredictiveScaling."""

    policy_name: str
    policy_type: str
    policy_arn: str = field(default="", name="PolicyARN")
    alarms: tuple[PolicyAlarm, ...] = ()
    steps: StepScaling | None = field(default=None, name="StepScalingPolicyConfiguration")
    tracking: TargetTracking | None = field(default=None, name="TargetTrackingScalingPolicyConfiguration")


class NotScaled(Fact, frozen=True, kw_only=True):
    code: str = ""


class ScalingActivity(Fact, frozen=True, kw_only=True):
    """``status_code``: Pending, InProgress, Successful, Overridden, Unfulfilled or Failed."""

    start_time: Moment
    status_code: str
    end_time: Moment | None = None
    cause: str = ""
    not_scaled_reasons: tuple[NotScaled, ...] = ()


class ScheduledBounds(Fact, frozen=True, kw_only=True):
    min_capacity: int | None = None
    max_capacity: int | None = None


class ScheduledAction(Fact, frozen=True, kw_only=True):
    scheduled_action_name: str
    schedule: str
    timezone: str = ""
    scalable_target_action: ScheduledBounds = ScheduledBounds()
    start_time: Moment | None = None
    end_time: Moment | None = None

    def does(self, schedule: str, lowest: int) -> bool:
        """Nothing but that, in UTC and without an end."""
        bounds = ScheduledBounds(min_capacity=lowest)
        always = self.start_time is None and self.end_time is None
        same = self.schedule == schedule and self.timezone in ("", "UTC")
        return same and always and self.scalable_target_action == bounds

    @property
    def told(self) -> str:
        bounds = self.scalable_target_action
        parts = [("at least", bounds.min_capacity), ("at most", bounds.max_capacity)]
        said = " and ".join(f"{word} {number}" for word, number in parts if number is not None)
        return f"{said} tasks at {self.schedule} {self.timezone or 'UTC'}"

    @property
    def body(self) -> dict[str, Any]:
        """What ``put_scheduled_action`` is sent to make it so."""
        bounds = self.scalable_target_action
        numbers = {"MinCapacity": bounds.min_capacity, "MaxCapacity": bounds.max_capacity}
        whole = {
            "Schedule": self.schedule,
            "Timezone": self.timezone or None,
            "StartTime": self.start_time,
            "EndTime": self.end_time,
            "ScalableTargetAction": {name: number for name, number in numbers.items() if number is not None},
        }
        return {name: value for name, value in whole.items() if value is not None}


class AutoscalingFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def target(self, cluster: str, service: str) -> ScalableTarget | None:
        """None where the service is not registered."""
        asked = {"ResourceIds": [resource_id(cluster, service)], "ScalableDimension": DIMENSION}
        answer = self._read("describe_scalable_targets", **asked)
        found = listed(answer, "ScalableTargets", ScalableTarget)
        if len(found) > 1:
            raise Malformed(f"AWS describes {len(found)} scalable targets of {service}", remedy="re-check")
        return next(iter(found), None)

    def policies(self, cluster: str, service: str) -> tuple[ScalingPolicy, ...]:
        answer = self._read("describe_scaling_policies", ResourceId=resource_id(cluster, service))
        return listed(answer, "ScalingPolicies", ScalingPolicy)

    def activities(self, cluster: str, service: str) -> tuple[ScalingActivity, ...]:
        """Newest first, six weeks back; among them what was not scaled, and why."""
        asked = {"ResourceId": resource_id(cluster, service), "IncludeNotScaledActivities": True}
        found = listed(self._read("describe_scaling_activities", **asked), "ScalingActivities", ScalingActivity)
        return tuple(sorted(found, key=lambda one: one.start_time, reverse=True))

    def schedule(self, cluster: str, service: str) -> tuple[ScheduledAction, ...]:
        """What is done at times that were set beforehand."""
        answer = self._read("describe_scheduled_actions", **_of(cluster, service))
        return listed(answer, "ScheduledActions", ScheduledAction)

    def _read(self, operation: str, **asked: Any) -> Any:
        return self._reader.read("application-autoscaling", operation, ServiceNamespace="ecs", **asked)


def scaled(cluster: str, service: str) -> dict[str, str]:
    """How every operation names the scalable target."""
    return {"ServiceNamespace": "ecs", **_of(cluster, service)}


def _of(cluster: str, service: str) -> dict[str, str]:
    return {"ResourceId": resource_id(cluster, service), "ScalableDimension": DIMENSION}


def resource_id(cluster: str, service: str) -> str:
    return f"service/{cluster}/{service}"
