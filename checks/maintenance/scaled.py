"""How long it took, each time that the service was scaled out."""

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.alarms import MetricAlarm
from runbook_tui.aws.facts.autoscaling import ScalingActivity
from runbook_tui.aws.facts.balancing import TargetGroup
from runbook_tui.aws.together import together
from runbook_tui.core.site import Environment, Site
from runbook_tui.review.proposals import ScaleOut


def scaled_out(aws: Aws, site: Site, env: Environment) -> tuple[ScaleOut, ...]:
    """Newest first. From when the alarm's first breaching period began, to when the load balancer has found the new
    tasks healthy: the alarm's periods, the activity itself, and the health checks that a new target has to pass."""
    activities, alarms, group = together(
        lambda: aws.autoscaling.activities(site.ecs.cluster, env.service),
        lambda: aws.cloudwatch.alarms().metric,
        lambda: aws.elb.target_group(env.target_group),
    )
    upward = [alarm for alarm in alarms if alarm.rings_upward]
    return tuple(
        ScaleOut(seconds=seconds)
        for activity in activities
        if (seconds := _seconds(activity, _called_by(activity, upward), group)) is not None
    )


def _called_by(activity: ScalingActivity, alarms: list[MetricAlarm]) -> MetricAlarm | None:
    """The cause names the alarm; of names that begin alike the longest is meant."""
    named = [alarm for alarm in alarms if alarm.alarm_name in activity.cause]
    return max(named, key=lambda alarm: len(alarm.alarm_name), default=None)


def _seconds(activity: ScalingActivity, alarm: MetricAlarm | None, group: TargetGroup) -> float | None:
    """None for what was not scaled out, not scaled at all, or has not ended."""
    if (
        alarm is None
        or activity.end_time is None
        or activity.not_scaled_reasons
        or activity.status_code != "Successful"
    ):
        return None
    started = (activity.end_time - activity.start_time).total_seconds()
    checked = group.health_check_interval_seconds * group.healthy_threshold_count
    return alarm.seconds + started + checked
