"""How many tasks may run: now, and between which bounds (guide 5.3, 10)."""

from typing import Any, Final

from runbook_tui.actions.ecs.updating import update
from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.aws.besides import LINKED_ROLE
from runbook_tui.aws.facts.autoscaling import ScalableTarget, scaled
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Question, Risk
from runbook_tui.core.site import Environment, Site

_MOST: Final = 5000  # tasks of one service, an ECS quota that cannot be raised
_POOLS: Final = "every task opens its own pool of connections: tasks × pool size must stay below the database's limit"
_IN: Final = {True: "suspended", False: "at work"}
_SCALING_IN: Final = "DynamicScalingInSuspended"


@action("ecs.scale-out", guide="10", fixes=("ecs.service.desired-min",))
def scale_out(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """More tasks run now, and autoscaling does not take them away again."""
    service, found = aws.ecs.service(site.ecs.cluster, env.service), _target(aws, site, env)
    (text,) = inputs.take(
        Question(
            name="count",
            text=f"How many tasks? {service.desired_count} are wanted now.",
            default=str(max(env.desired_min, service.desired_count + 1)),
        )
    )
    count = _number("count", text)
    if count < service.desired_count:
        raise CannotPlan(
            f"{service.desired_count} tasks are wanted already",
            "scaling in is autoscaling's work, when the load allows",
        )
    bounds = (max(found.min_capacity, count), max(found.max_capacity, count)) if found else None
    calls = _registered(site, env, found, bounds) if found and bounds else ()
    if count != service.desired_count:
        calls += (update(site, env, f"{count} tasks are wanted", desiredCount=count),)
    return Plan(
        action="ecs.scale-out",
        title=f"Run {count} tasks of {env.service}",
        environment=env.name,
        resource=env.service,
        effect="ECS starts the missing tasks. The lower bound rises too, or autoscaling would take them away.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=(
            *_differences(found, bounds),
            *_differ("desiredCount", service.desired_count, count),
        ),
        warnings=(_POOLS,),
        permissions=needed(calls),
        no_undo="" if found else "the count is left to you: this service has no autoscaling",
    )


@action("ecs.set-scaling-bounds", guide="5.3", fixes=("ecs.scaling.target",))
def set_scaling_bounds(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """Autoscaling keeps the service between a lowest and a highest number of tasks."""
    found = _target(aws, site, env)
    lowest, highest = inputs.take(
        Question(name="lowest", text="How many tasks at least?", default=str(env.scaling.min)),
        Question(name="highest", text="How many tasks at most?", default=str(env.scaling.max)),
    )
    low, high = _number("lowest", lowest), _number("highest", highest)
    if high <= low:
        raise CannotPlan(f"{low} to {high} leaves nothing to scale to", "let the highest be above the lowest")
    if env.is_prod and low < 2:
        raise CannotPlan("one task may be all there is in production", "let the lowest be 2 or more")
    bounds = (low, high)
    calls = _registered(site, env, found, bounds)
    return Plan(
        action="ecs.set-scaling-bounds",
        title=f"Scale {env.service} between {low} and {high} tasks",
        environment=env.name,
        resource=env.service,
        effect="A count outside the new bounds is brought inside them at the next scaling activity.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=_differences(found, bounds),
        warnings=(_POOLS,),
        permissions=(*needed(calls), *([LINKED_ROLE] if found is None else [])),
    )


@action("ecs.suspend-scale-in", guide="10")
def suspend_scale_in(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Autoscaling starts tasks but takes none away, while an incident lasts."""
    return _scaling_in(aws, site, env, suspended=True)


@action("ecs.resume-scale-in", guide="10", fixes=("ecs.scaling.target",))
def resume_scale_in(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Autoscaling takes tasks away again when the load allows."""
    return _scaling_in(aws, site, env, suspended=False)


def _scaling_in(aws: Aws, site: Site, env: Environment, *, suspended: bool) -> Plan:
    found = _target(aws, site, env)
    if found is None:
        raise CannotPlan(f"{env.service} is not registered for autoscaling", "set its bounds first")
    state = {**_suspended(found), _SCALING_IN: suspended}
    same = found.suspended_state.dynamic_scaling_in_suspended == suspended
    bounds = (found.min_capacity, found.max_capacity)
    calls = () if same else (_register(site, env, bounds, state, undo=_back(site, env, found)),)
    word = "Suspend" if suspended else "Resume"
    return Plan(
        action="ecs.suspend-scale-in" if suspended else "ecs.resume-scale-in",
        title=f"{word} scaling in of {env.service}",
        environment=env.name,
        resource=env.service,
        effect="Tasks are started under load, and none is taken away until scaling in is resumed."
        if suspended
        else "Tasks that the load does not need are taken away again.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=() if same else (Difference(what="scaling in", before=_IN[not suspended], after=_IN[suspended]),),
        warnings=("somebody has to resume it: the check ecs.scaling.target warns until then",) if suspended else (),
        permissions=needed(calls),
    )


def _target(aws: Aws, site: Site, env: Environment) -> ScalableTarget | None:
    return aws.autoscaling.target(site.ecs.cluster, env.service)


def _registered(
    site: Site, env: Environment, found: ScalableTarget | None, bounds: tuple[int, int]
) -> tuple[ApiCall, ...]:
    if found is not None and bounds == (found.min_capacity, found.max_capacity):
        return ()
    state = _suspended(found) if found else None
    return (_register(site, env, bounds, state, undo=_back(site, env, found)),)


def _back(site: Site, env: Environment, found: ScalableTarget | None) -> tuple[ApiCall, ...]:
    if found is not None:
        return (_register(site, env, (found.min_capacity, found.max_capacity), _suspended(found)),)
    return (
        ApiCall(
            id="deregister",
            service="application-autoscaling",
            operation="deregister_scalable_target",
            parameters=scaled(site.ecs.cluster, env.service),
            effect="autoscaling leaves the service alone again",
            gone=("ObjectNotFoundException",),
        ),
    )


def _register(
    site: Site,
    env: Environment,
    bounds: tuple[int, int],
    state: dict[str, bool] | None,
    undo: tuple[ApiCall, ...] = (),
) -> ApiCall:
    suspended: dict[str, Any] = {"SuspendedState": state} if state is not None else {}
    numbers = {"MinCapacity": bounds[0], "MaxCapacity": bounds[1]}
    return ApiCall(
        id="register",
        service="application-autoscaling",
        operation="register_scalable_target",
        parameters={**scaled(site.ecs.cluster, env.service), **numbers, **suspended},
        effect=f"between {bounds[0]} and {bounds[1]} tasks",
        undo=undo,
    )


def _suspended(found: ScalableTarget) -> dict[str, bool]:
    state = found.suspended_state
    return {
        _SCALING_IN: state.dynamic_scaling_in_suspended,
        "DynamicScalingOutSuspended": state.dynamic_scaling_out_suspended,
        "ScheduledScalingSuspended": state.scheduled_scaling_suspended,
    }


def _differences(found: ScalableTarget | None, bounds: tuple[int, int] | None) -> tuple[Difference, ...]:
    if bounds is None:
        return ()
    before = (found.min_capacity, found.max_capacity) if found else (None, None)
    return (*_differ("MinCapacity", before[0], bounds[0]), *_differ("MaxCapacity", before[1], bounds[1]))


def _differ(what: str, before: int | None, after: int) -> tuple[Difference, ...]:
    if before == after:
        return ()
    return (Difference(what=what, before="" if before is None else str(before), after=str(after)),)


def _number(name: str, text: str) -> int:
    if not text.strip().isdecimal() or not 1 <= int(text) <= _MOST:
        raise CannotPlan(f"{name}: {text} is no number of tasks", f"choose 1 to {_MOST}")
    return int(text)
