"""A revision with one thing put right: a full copy of the present one otherwise, and the service led to it."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from runbook_tui.actions.ecs.definitions import REGISTERED, registering, registrable
from runbook_tui.actions.ecs.updating import update
from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.ecs import TASK_DEFINITION
from runbook_tui.catalogue.actions import CannotPlan
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site

Definition = Mapping[str, Any]
Container = dict[str, Any]


class Correction(Struct, frozen=True, kw_only=True):
    """``differences`` never hold a value that may be a secret."""

    definition: Definition
    differences: tuple[Difference, ...]
    warnings: tuple[str, ...] = ()


class Present(Struct, frozen=True, kw_only=True):
    """``name`` is what the service runs, or the family where there is no service; ``deployable`` unless INACTIVE."""

    name: str
    label: str
    definition: Definition
    served: bool
    deploying: bool
    deployable: bool


def corrected(
    aws: Aws, site: Site, env: Environment, action: str, title: str, correct: Callable[[Definition], Correction]
) -> Plan:
    """CannotPlan while a deployment runs, and where the newest revision is not what the service runs."""
    present = present_of(aws, site, env)
    found = correct(present.definition)
    if not found.differences:
        _refuse_another(aws, env, present)
    return plan_of(site, env, present, action, title, found)


def plan_of(site: Site, env: Environment, present: Present, action: str, title: str, found: Correction) -> Plan:
    """CannotPlan while a deployment runs."""
    calls = _calls(site, env, present, found.definition, title) if found.differences else ()
    if calls and present.deploying:
        raise CannotPlan("a deployment is running", "wait for its end, or stop it")
    effect = "A new revision is registered, like the present one but for this."
    return Plan(
        action=action,
        title=f"{title} ({env.task_family})",
        environment=env.name,
        resource=env.service,
        effect=f"{effect} ECS starts its tasks and stops the old ones when the new ones are healthy. The number of "
        "tasks stays what autoscaling has set."
        if present.served
        else f"{effect} No service runs it yet.",
        risk=Risk.DISRUPTIVE if present.served else Risk.CHANGE,
        calls=calls,
        differences=found.differences if calls else (),
        warnings=found.warnings if calls else (),
        permissions=needed(calls),
    )


def of_container(env: Environment, change: Callable[[Container], Correction]) -> Callable[[Definition], Correction]:
    """``change`` gets the site's container; its answer's definition is the container as it should be."""

    def correct(definition: Definition) -> Correction:
        containers = [dict(one) for one in definition["containerDefinitions"]]
        place = next((number for number, one in enumerate(containers) if one["name"] == env.container), None)
        if place is None:
            there = ", ".join(one["name"] for one in containers) or "none"
            raise CannotPlan(
                f"{definition['family']} has no container {env.container} (there: {there})",
                "correct the site's container, or register a revision that has it",
            )
        found = change(containers[place])
        containers[place] = dict(found.definition)
        whole = {**definition, "containerDefinitions": containers}
        return Correction(definition=whole, differences=found.differences, warnings=found.warnings)

    return correct


def with_members(former: Mapping[str, Any], **wanted: Any) -> Correction:
    """Members as they should be; ``None`` is for one that should not be there. What is shown is no secret."""
    definition = {name: value for name, value in {**former, **wanted}.items() if value is not None}
    differences = tuple(
        Difference(what=name, before=_word(former.get(name)), after=_word(value))
        for name, value in wanted.items()
        if former.get(name) != value
    )
    return Correction(definition=definition, differences=differences)


def _word(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "on" if value else "off"
        case Mapping():
            return ", ".join(f"{name} {_word(part)}" for name, part in value.items())
        case list() | tuple():
            return ", ".join(_word(part) for part in value)
        case _:
            return str(value)


def present_of(aws: Aws, site: Site, env: Environment) -> Present:
    try:
        service = aws.ecs.service(site.ecs.cluster, env.service)
    except Missing:
        service = None
    name = service.task_definition if service is not None else env.task_family
    known = aws.ecs.task_definition(name)
    return Present(
        name=name,
        label=known.label,
        definition=registrable(aws, name),
        served=service is not None,
        deploying=service is not None and service.deploying,
        deployable=known.status == "ACTIVE",
    )


def _refuse_another(aws: Aws, env: Environment, present: Present) -> None:
    newest = next(iter(aws.ecs.active_revisions(env.task_family)), None)
    if newest is None:
        raise Missing(TASK_DEFINITION, env.task_family, remedy="register a revision of this family")
    if str(newest) != present.label:
        raise CannotPlan(
            f"{present.label}, which the service runs, is right; the newest, {newest}, was not deployed",
            "make the running one the newest again: ecs.renew-revision",
        )


def _calls(site: Site, env: Environment, present: Present, definition: Definition, title: str) -> tuple[ApiCall, ...]:
    register = registering(definition, f"a copy of {present.label}, and: {title[0].lower()}{title[1:]}")
    if not present.served:
        return (register,)
    back = update(site, env, f"{present.label} is deployed again", taskDefinition=present.name)
    # No service can be led to a revision that was put away.
    undo = (back,) if present.deployable else ()
    return register, update(site, env, "tasks of the new revision are started", undo, taskDefinition=REGISTERED)
