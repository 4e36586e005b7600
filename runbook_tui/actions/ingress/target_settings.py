"""How a target group asks after its targets, and lets them go (guide 6.2, 9.2)."""

import re
from typing import Any

from runbook_tui.actions.ingress.calls import elb
from runbook_tui.actions.ingress.target_groups import DELAY, HEALTH, known_group
from runbook_tui.actions.network.calls import complete
from runbook_tui.actions.tags import listed
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.balancing import TargetGroup
from runbook_tui.aws.probe import Failure
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site

_STICKY = "stickiness.enabled"
_NOTICED = 120  # seconds until a broken target is out


@action("elbv2.set-health-check", guide="6.2", fixes=("tg.health-check",))
def set_health_check(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The load balancer asks the environment's targets for the readiness path, and takes 200 alone."""
    group = aws.elb.target_group(env.target_group)
    now, after = _settings(group), _wanted(aws, site, env, group)
    if after["HealthCheckPath"] != now["HealthCheckPath"]:
        _check_path(aws, site, env, group)
    arn, operation = group.target_group_arn, "modify_target_group"
    back = elb("health-back", operation, "it asks as before", TargetGroupArn=arn, **now)
    effect = f"it asks {after['HealthCheckPath']} every {after['HealthCheckIntervalSeconds']} s"
    call = elb("set-health", operation, effect, back, TargetGroupArn=arn, **after)
    return complete(
        Plan(
            action="elbv2.set-health-check",
            title=f"Set the health check of {env.target_group}",
            environment=env.name,
            resource=env.target_group,
            effect="The next checks ask this way. Targets that answer otherwise turn unhealthy, and ECS replaces them.",
            risk=Risk.DISRUPTIVE,
            calls=(call,) if after != now else (),
            differences=tuple(
                Difference(what=name, before=_text(now[name]), after=_text(after[name]))
                for name in after
                if after[name] != now[name]
            ),
        )
    )


def _settings(group: TargetGroup) -> dict[str, Any]:
    return {
        "HealthCheckEnabled": group.health_check_enabled,
        "HealthCheckPath": group.health_check_path,
        "HealthCheckProtocol": group.health_check_protocol,
        "HealthCheckPort": group.health_check_port,
        "HealthCheckIntervalSeconds": group.health_check_interval_seconds,
        "HealthCheckTimeoutSeconds": group.health_check_timeout_seconds,
        "HealthyThresholdCount": group.healthy_threshold_count,
        "UnhealthyThresholdCount": group.unhealthy_threshold_count,
        "Matcher": {"HttpCode": group.matcher.http_code},
    }


def _wanted(aws: Aws, site: Site, env: Environment, group: TargetGroup) -> dict[str, Any]:
    """What is sound stays, unless the environments differ: then all have the product's own."""
    own = {**HEALTH, "HealthCheckEnabled": True, "HealthCheckPath": site.app.ready_path}
    sound = {**_settings(group), "HealthCheckEnabled": True, "HealthCheckPath": site.app.ready_path}
    if group.health_check_port not in ("traffic-port", str(site.app.port)):
        sound["HealthCheckPort"] = own["HealthCheckPort"]
    if not re.fullmatch(r"2\d\d(-2\d\d)?(,2\d\d(-2\d\d)?)*", group.matcher.http_code):
        sound["Matcher"] = own["Matcher"]
    sound["HealthCheckProtocol"] = own["HealthCheckProtocol"]
    interval, patience = group.health_check_interval_seconds, group.unhealthy_threshold_count
    if group.health_check_timeout_seconds >= interval or interval * patience > _NOTICED:
        names = ("HealthCheckIntervalSeconds", "HealthCheckTimeoutSeconds", "UnhealthyThresholdCount")
        sound |= {name: own[name] for name in names}
    return {**sound, **own} if _differs(aws, site, env, sound) else sound


def _differs(aws: Aws, site: Site, env: Environment, sound: dict[str, Any]) -> bool:
    """From another environment's, the thresholds aside."""
    others = [known_group(aws, one) for one in site.environments.values() if one.name != env.name]
    compared = [name for name in sound if not name.endswith("ThresholdCount")]
    return any(one and any(_settings(one)[name] != sound[name] for name in compared) for one in others)


def _check_path(aws: Aws, site: Site, env: Environment, group: TargetGroup) -> None:
    """Targets that do not answer the new path would all turn unhealthy, and ECS would replace every task."""
    if not aws.elb.target_health(group.target_group_arn):
        return
    found = aws.probe.get(f"https://{env.host}{site.app.ready_path}")
    if isinstance(found, Failure) or found.status != 200:
        said = found.text if isinstance(found, Failure) else str(found.status)
        because = f"https://{env.host}{site.app.ready_path} does not answer 200 through the load balancer: {said}"
        raise CannotPlan(because, "let the application answer it first: all its targets would turn unhealthy")


@action("elbv2.set-deregistration", guide="9.2", fixes=("tg.deregistration",))
def set_deregistration(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """A leaving target has the site's seconds to finish its requests, and no client clings to it."""
    arn = aws.elb.target_group(env.target_group).target_group_arn
    values = aws.elb.target_group_attributes(arn)
    delay = values.get(DELAY, "300")  # what ELB does without being told
    now = {DELAY: delay, _STICKY: values.get(_STICKY, "false")}
    in_bounds = delay.isdecimal() and 15 <= int(delay) <= 120
    wanted = {DELAY: delay if in_bounds else str(site.tg.deregistration_delay), _STICKY: "false"}
    changed = {key: text for key, text in wanted.items() if now[key] != text}
    return complete(
        Plan(
            action="elbv2.set-deregistration",
            title=f"Let targets of {env.target_group} leave in time",
            environment=env.name,
            resource=env.target_group,
            effect="For targets that leave from now on; a request that takes longer is cut.",
            risk=Risk.CHANGE,
            calls=(_deregistration(arn, changed, {key: now[key] for key in changed}),) if changed else (),
            differences=tuple(Difference(what=key, before=now[key], after=text) for key, text in changed.items()),
            warnings=("an application that keeps sessions in its memory loses them",) if _STICKY in changed else (),
        )
    )


def _deregistration(arn: str, changed: dict[str, str], before: dict[str, str]) -> ApiCall:
    operation = "modify_target_group_attributes"
    back = elb("attributes-back", operation, "as they were", TargetGroupArn=arn, Attributes=listed(before))
    effect = ", ".join(f"{key} {text}" for key, text in changed.items())
    return elb("set-attributes", operation, effect, back, TargetGroupArn=arn, Attributes=listed(changed))


def _text(value: Any) -> str:
    return str(value["HttpCode"]) if isinstance(value, dict) else str(value)
