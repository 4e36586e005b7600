"""When a service scales, out or in: policies read together with the alarms that call them. Pure."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from runbook_tui.aws.facts.alarms import MetricAlarm
from runbook_tui.aws.facts.autoscaling import ScalingPolicy, StepAdjustment, StepScaling

CPU: Final = "CPUUtilization"
MEMORY: Final = "MemoryUtilization"
_TRACKED: Final = {
    "ECSServiceAverageCPUUtilization": CPU,
    "ECSServiceAverageMemoryUtilization": MEMORY,
}
# The greater of its parts, or one of them: what is above or below the threshold is told by its parts then.
_PLAIN: Final = re.compile(r"(?:MAX\(\[?[a-z]\w*(?:,[a-z]\w*)*\]?\)|MAX\(METRICS\(\)\)|[a-z]\w*)", re.ASCII)


class Rule(Struct, frozen=True, kw_only=True):
    """``threshold`` is where the metrics must be, in percent; ``alarm`` is empty for target tracking."""

    policy: str
    metrics: frozenset[str]
    threshold: float
    alarm: str = ""


class Rules(Struct, frozen=True, kw_only=True):
    """``silent_out`` and ``silent_in`` say of policies why nothing calls them; ``unread`` cannot be judged here."""

    out: tuple[Rule, ...] = ()
    inward: tuple[Rule, ...] = ()
    tracked_in: tuple[str, ...] = ()
    silent_out: tuple[str, ...] = ()
    silent_in: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def out_at(self, metric: str) -> float | None:
        """The lowest use of it that starts more tasks."""
        return min((rule.threshold for rule in self.out if metric in rule.metrics), default=None)


def read_rules(policies: Sequence[ScalingPolicy], alarms: Sequence[MetricAlarm], cluster: str, service: str) -> Rules:
    """``alarms`` are all of the region; those that watch another service do not scale this one as one may think."""
    found: list[Rules] = []
    for policy in policies:
        if policy.tracking is not None:
            found.append(_tracking(policy, alarms))
        elif policy.steps is not None:
            found.append(_stepping(policy, policy.steps, alarms, cluster, service))
        else:
            found.append(Rules(unread=(f"{policy.policy_name} is of type {policy.policy_type}",)))
    return Rules(
        out=tuple(rule for one in found for rule in one.out),
        inward=tuple(rule for one in found for rule in one.inward),
        tracked_in=tuple(name for one in found for name in one.tracked_in),
        silent_out=tuple(text for one in found for text in one.silent_out),
        silent_in=tuple(text for one in found for text in one.silent_in),
        unread=tuple(text for one in found for text in one.unread),
    )


def _tracking(policy: ScalingPolicy, alarms: Sequence[MetricAlarm]) -> Rules:
    assert policy.tracking is not None, "asked for target tracking only"
    metric = _TRACKED.get(policy.tracking.predefined_metric_specification.predefined_metric_type)
    names = {alarm.alarm_name for alarm in alarms}
    gone = [one.alarm_name for one in policy.alarms if one.alarm_name not in names]
    silent = tuple(f"alarm {name} of {policy.policy_name} was deleted" for name in gone)
    if not policy.alarms:
        silent = (f"{policy.policy_name} has no alarm",)
    rule = Rule(
        policy=policy.policy_name,
        metrics=frozenset({metric}) if metric else frozenset(),
        threshold=policy.tracking.target_value,
    )
    tracked_in = () if policy.tracking.disable_scale_in else (policy.policy_name,)
    return Rules(out=(rule,) if metric else (), tracked_in=tracked_in, silent_out=silent, silent_in=silent)


def _stepping(
    policy: ScalingPolicy, steps: StepScaling, alarms: Sequence[MetricAlarm], cluster: str, service: str
) -> Rules:
    """A policy knows nothing of its alarm: the alarm's actions name the policy."""
    calling = [alarm for alarm in alarms if policy.policy_arn and policy.policy_arn in alarm.alarm_actions]
    if not calling:
        text = f"no alarm calls {policy.policy_name}"
        upward = any(step.scaling_adjustment > 0 for step in steps.step_adjustments)
        return Rules(silent_out=(text,)) if upward else Rules(silent_in=(text,))
    silent: tuple[list[str], list[str]] = ([], [])  # inward, out
    found: tuple[list[Rule], list[Rule]] = ([], [])
    unread = list[str]()
    for alarm in calling:
        metrics, upward = _used(alarm, cluster, service), alarm.rings_upward
        if not alarm.actions_enabled:
            silent[upward].append(f"the actions of alarm {alarm.alarm_name} are turned off")
        elif metrics is None or alarm.threshold is None:
            unread.append(f"alarm {alarm.alarm_name} of {policy.policy_name} cannot be read here")
        elif (bound := _bound(steps, upward=upward)) is not None:
            rule = Rule(
                policy=policy.policy_name,
                metrics=metrics,
                threshold=alarm.threshold + bound,
                alarm=alarm.alarm_name,
            )
            found[upward].append(rule)
    return Rules(
        out=tuple(found[True]),
        inward=tuple(found[False]),
        silent_out=tuple(silent[True]),
        silent_in=tuple(silent[False]),
        unread=tuple(unread),
    )


def _bound(steps: StepScaling, *, upward: bool) -> float | None:
    """How far past the threshold the first step lies that goes the alarm's way; None when none does.

    ExactCapacity sets a count whatever it was: that goes no way of its own.
    """
    if steps.adjustment_type == "ExactCapacity":
        return None
    going = [step for step in steps.step_adjustments if (step.scaling_adjustment > 0) is upward]
    found = [_nearest(step, upward=upward) for step in going if step.scaling_adjustment]
    bounds = [bound for bound in found if bound is not None]
    return (min if upward else max)(bounds, default=None)


def _nearest(step: StepAdjustment, *, upward: bool) -> float | None:
    """The end of a step's interval that is nearest to the threshold; None for one on its other side."""
    low, high = step.metric_interval_lower_bound, step.metric_interval_upper_bound
    if upward:
        return None if high is not None and high <= 0 else max(low or 0.0, 0.0)
    return None if low is not None and low >= 0 else min(high or 0.0, 0.0)


def _used(alarm: MetricAlarm, cluster: str, service: str) -> frozenset[str] | None:
    """Which of the service's CPU and memory it compares; None for math other than the greater of both."""
    expression = re.sub(r"\s", "", alarm.expression)
    if expression and not _PLAIN.fullmatch(expression):
        return None
    where = {"ClusterName": cluster, "ServiceName": service}
    found = (one.metric for one in alarm.watched if one.metric.namespace == "AWS/ECS" and one.metric.where == where)
    return frozenset(metric.metric_name for metric in found)


def names(rules: Iterable[Rule]) -> list[str]:
    """For evidence."""
    return [
        f"{rule.policy}: {' and '.join(sorted(rule.metrics)) or 'another metric'} at {rule.threshold:g} %"
        for rule in rules
    ]
