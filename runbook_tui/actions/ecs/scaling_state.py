"""Policies and alarms of a service's autoscaling as they are recorded, whole, and as the check reads them."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from runbook_tui.actions.observability.putting import recorded
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.autoscaling import DIMENSION, ScalingPolicy, resource_id
from runbook_tui.aws.facts.scaling_rule import CPU, MEMORY, Rules, read_rules
from runbook_tui.catalogue.actions import CannotPlan
from runbook_tui.core.site import Environment, Site

BOTH: Final = frozenset({CPU, MEMORY})
# What PutScalingPolicy takes of what DescribeScalingPolicies tells.
_TAKEN: Final = (
    "PolicyName",
    "ServiceNamespace",
    "ResourceId",
    "ScalableDimension",
    "PolicyType",
    "StepScalingPolicyConfiguration",
    "TargetTrackingScalingPolicyConfiguration",
)
Settings = Mapping[str, Any]


class Scaling(Struct, frozen=True, kw_only=True):
    """``policies`` and ``alarms`` by name, as they can be put again. ``rules`` are those that would hold if every
    alarm's actions were on."""

    place: Settings
    service: str
    policies: Mapping[str, Settings]
    arns: Mapping[str, str]
    alarms: Mapping[str, Settings]
    rules: Rules
    facts: tuple[ScalingPolicy, ...]

    def calling(self, policy: str) -> list[str]:
        """Names of the alarms that call it."""
        return sorted(name for name, one in self.alarms.items() if self.arns[policy] in one.get("AlarmActions", ()))

    def stepping(self, *, upward: bool) -> list[str]:
        """Step policies that start tasks, or take them away; the one with the usual name first."""
        usual = self.usual(upward=upward)
        found = [one.policy_name for one in self.facts if one.steps is not None and _goes(one, upward=upward)]
        return sorted(found, key=lambda name: (name != usual, name))

    def tracking(self) -> dict[str, str]:
        """Policies that track CPU or memory, by the metric's name in AWS/ECS."""
        known = {"ECSServiceAverageCPUUtilization": CPU, "ECSServiceAverageMemoryUtilization": MEMORY}
        found = sorted((one for one in self.facts if one.tracking is not None), key=lambda one: one.policy_name)
        kinds = {one.policy_name: one.tracking.predefined_metric_specification for one in found if one.tracking}
        return {
            known[kind.predefined_metric_type]: name
            for name, kind in kinds.items()
            if kind.predefined_metric_type in known
        }

    def usual(self, *, upward: bool) -> str:
        return f"{self.service}-scale-{'out' if upward else 'in'}"

    def free(self, name: str, kind: str) -> str:
        """``name``, or one beside it where a policy of another type has it: a policy's type cannot be changed."""
        taken = self.policies.get(name)
        return name if taken is None or taken["PolicyType"] == kind else f"{name}-{kind.lower()}"


def scaling_of(aws: Aws, site: Site, env: Environment) -> Scaling:
    """CannotPlan where the service is not registered: a policy needs its target."""
    if aws.autoscaling.target(site.ecs.cluster, env.service) is None:
        raise CannotPlan(f"{env.service} is not registered for autoscaling", "set its bounds: ecs.set-scaling-bounds")
    place = {
        "ServiceNamespace": "ecs",
        "ResourceId": resource_id(site.ecs.cluster, env.service),
        "ScalableDimension": DIMENSION,
    }
    facts = aws.autoscaling.policies(site.ecs.cluster, env.service)
    asked = {"ServiceNamespace": "ecs", "ResourceId": place["ResourceId"]}
    told = aws.reader.read("application-autoscaling", "describe_scaling_policies", **asked)["ScalingPolicies"]
    alarms = [replace(one, actions_enabled=True) for one in aws.cloudwatch.alarms().metric]
    return Scaling(
        place=place,
        service=env.service,
        policies={one["PolicyName"]: {name: one[name] for name in _TAKEN if one.get(name)} for one in told},
        arns={one["PolicyName"]: one["PolicyARN"] for one in told},
        alarms=recorded(aws),
        rules=read_rules(facts, alarms, site.ecs.cluster, env.service),
        facts=facts,
    )


def _goes(policy: ScalingPolicy, *, upward: bool) -> bool:
    """Which count ExactCapacity leads to is no direction."""
    steps = policy.steps
    if steps is None or steps.adjustment_type == "ExactCapacity":
        return False
    return any((one.scaling_adjustment > 0) is upward and one.scaling_adjustment for one in steps.step_adjustments)
