"""Settings of the service that the guide asks for, each put right by itself (guide 1.1, 5.3). None of them starts a
deployment."""

from typing import Any

from msgspec import Struct

from runbook_tui.actions.ecs.rolling import BREAKER, NO_ALARMS, percentages, watching
from runbook_tui.actions.ecs.updating import recorded, update
from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import Inputs, action
from runbook_tui.core.plan import Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site


class _Setting(Struct, frozen=True, kw_only=True):
    """``field`` of UpdateService as it is and as it should be, sent whole; ``differences`` is what of it changes."""

    action: str
    title: str
    effect: str
    field: str
    before: Any
    after: Any
    differences: tuple[Difference, ...]


@action("ecs.exec-off", guide="1.1", fixes=("ecs.service.exec",))
def exec_off(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Nobody can open a shell in a new task."""
    return _plan(
        site,
        env,
        _plain(
            aws.ecs.service(site.ecs.cluster, env.service).enable_execute_command,
            after=False,
            action="ecs.exec-off",
            title="Turn ECS Exec off",
            effect="New tasks cannot be entered with ECS Exec; those that run keep their agent till they go.",
            field="enableExecuteCommand",
        ),
    )


@action("ecs.rebalancing-on", guide="5.3", fixes=("ecs.service.task-spread", "ecs.service.subnets"))
def rebalancing_on(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """ECS spreads the tasks over the availability zones again when they have come to stand in one."""
    return _plan(
        site,
        env,
        _plain(
            aws.ecs.service(site.ecs.cluster, env.service).availability_zone_rebalancing,
            after="ENABLED",
            action="ecs.rebalancing-on",
            title="Keep the tasks spread over the zones",
            effect="When the zones are uneven, ECS starts a task in the emptier one before it stops one in the fuller.",
            field="availabilityZoneRebalancing",
        ),
    )


@action("ecs.set-grace", guide="5.3", fixes=("ecs.service.grace",))
def set_grace(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """New tasks get the site's time to start before the load balancer's health checks count."""
    seconds = site.ecs.grace_seconds
    return _plan(
        site,
        env,
        _plain(
            aws.ecs.service(site.ecs.cluster, env.service).grace_seconds or 0,
            after=seconds,
            action="ecs.set-grace",
            title=f"Give new tasks {seconds} s to start",
            effect=f"The load balancer's failed health checks do not count in a task's first {seconds} s.",
            field="healthCheckGracePeriodSeconds",
        ),
    )


@action("ecs.circuit-breaker-on", guide="5.3", fixes=("ecs.service.circuit-breaker",))
def circuit_breaker_on(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """A deployment whose tasks keep failing, or whose answers do, is ended and rolled back by ECS itself."""
    known = dict(recorded(aws, site, env).get("deploymentConfiguration", {}))
    before = {**known, "alarms": dict(known.get("alarms") or NO_ALARMS)}
    breaker = dict(before.get("deploymentCircuitBreaker", {}))
    alarms = watching(aws, env, before["alarms"])
    return _plan(
        site,
        env,
        _Setting(
            action="ecs.circuit-breaker-on",
            title="Turn the circuit breaker on",
            effect="ECS ends a deployment whose tasks keep failing, or while an alarm that it watches rings, and "
            "goes back to the last good revision.",
            field="deploymentConfiguration",
            before=before,
            after={**before, "deploymentCircuitBreaker": {**breaker, **BREAKER}, "alarms": alarms},
            differences=(
                *_changed("circuit breaker: ", breaker, BREAKER),
                *_changed("alarms: ", before["alarms"], alarms),
            ),
        ),
    )


@action("ecs.set-deploy-percent", guide="5.3", fixes=("ecs.service.deploy-percent",))
def set_deploy_percent(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """A deployment keeps all tasks running and may start as many again, as the site says."""
    before = dict(recorded(aws, site, env).get("deploymentConfiguration", {}))
    wanted = percentages(site)
    return _plan(
        site,
        env,
        _Setting(
            action="ecs.set-deploy-percent",
            title=f"Deploy with {site.deploy.min_healthy} % healthy at least, {site.deploy.max_percent} % at most",
            effect="From the next deployment on, ECS starts and stops tasks within these bounds.",
            field="deploymentConfiguration",
            before=before,
            after={**before, **wanted},
            differences=_changed("", before, wanted),
        ),
    )


def _plain(before: Any, *, after: Any, action: str, title: str, effect: str, field: str) -> _Setting:
    return _Setting(
        action=action,
        title=title,
        effect=effect,
        field=field,
        before=before,
        after=after,
        differences=_changed("", {field: before}, {field: after}),
    )


def _changed(prefix: str, before: dict[str, Any], wanted: dict[str, Any]) -> tuple[Difference, ...]:
    return tuple(
        Difference(what=f"{prefix}{name}", before=_word(before.get(name)), after=_word(value))
        for name, value in wanted.items()
        if before.get(name) != value
    )


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "" if value is None else str(value)


def _plan(site: Site, env: Environment, setting: _Setting) -> Plan:
    back = update(site, env, "the setting is as it was", **{setting.field: setting.before})
    calls = (update(site, env, setting.title, (back,), **{setting.field: setting.after}),)
    return Plan(
        action=setting.action,
        title=f"{setting.title} ({env.service})",
        environment=env.name,
        resource=env.service,
        effect=f"{setting.effect} Running tasks stay as they are.",
        risk=Risk.CHANGE,
        calls=calls if setting.differences else (),
        differences=setting.differences,
        permissions=needed(calls),
    )
