"""Where a container's secrets come from: out of the environment's own secret, and from nowhere else (guide 5.2)."""

from collections.abc import Mapping, Sequence
from typing import Any

from runbook_tui.actions.ecs import container_parts as parts
from runbook_tui.actions.ecs.correcting import Container, Correction, Definition, corrected, of_container
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.plain_secret import Name, name_says, shape_of
from runbook_tui.aws.facts.secret_reference import read_reference
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import Difference, Plan
from runbook_tui.core.site import Environment, Site

Entries = Sequence[Mapping[str, str]]


@action("ecs.inject-secrets", guide="5.2", fixes=("ecs.taskdef.secrets-valuefrom",))
def inject_secrets(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Every required key comes from the environment's own secret."""
    wanted = parts.injected(aws, site, env)
    change = of_container(env, lambda container: _injected(container, wanted))
    return corrected(aws, site, env, "ecs.inject-secrets", f"Inject {env.secret_name}", change)


@action("ecs.remove-plain-secrets", guide="5.2", fixes=("ecs.taskdef.no-plain-secrets",))
def remove_plain_secrets(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """No container is given a secret as a plain variable: what is one comes from the environment's secret."""
    wanted = parts.injected(aws, site, env)

    def correct(definition: Definition) -> Correction:
        found = {name for one in definition["containerDefinitions"] for name in _plain(one)}
        _refuse_unknown(found - {one["name"] for one in wanted}, definition, env)
        return of_container(
            env, lambda container: _injected(container, [one for one in wanted if one["name"] in found])
        )(definition)

    return corrected(aws, site, env, "ecs.remove-plain-secrets", "Take plain secrets out", correct)


def _injected(container: Container, wanted: Entries) -> Correction:
    """ECS refuses a name that is both a variable and a secret: the variable goes."""
    there = {one["name"]: one["valueFrom"] for one in container.get("secrets", ())}
    plain = {one["name"] for one in container.get("environment", ())}
    changed = [one for one in wanted if there.get(one["name"]) != one["valueFrom"] or one["name"] in plain]
    names = {one["name"] for one in changed}
    definition: dict[str, Any] = {
        **container,
        "secrets": parts.replaced(container.get("secrets", ()), [dict(one) for one in changed], "name"),
        "environment": [one for one in container.get("environment", ()) if one["name"] not in names],
    }
    told = (
        Difference(
            what=one["name"],
            before=_before(one["name"], there, plain),
            after=read_reference(one["valueFrom"]).described,
        )
        for one in changed
    )
    warnings = (
        ["the secret must hold these keys, or no task starts: see secret.keys"] if changed else [],
        ["the value stays readable in older revisions, and for whoever has seen it: rotate it"]
        if names & plain
        else [],
    )
    return Correction(
        definition=definition, differences=tuple(told), warnings=tuple(text for each in warnings for text in each)
    )


def _before(name: str, there: Mapping[str, str], plain: set[str]) -> str:
    if name in plain:
        return "a plain variable"
    return read_reference(there[name]).described if name in there else ""


def _plain(container: Mapping[str, Any]) -> list[str]:
    """Names of variables that hold a secret for certain. CannotPlan for one in a command."""
    if any(shape_of(word) for word in container.get("command", ())):
        raise CannotPlan(
            f"the command of {container['name']} holds a secret", "let the application read it from a variable"
        )
    return [
        one["name"]
        for one in container.get("environment", ())
        if shape_of(one["value"])
        or (one["value"] and not one["value"].startswith("arn:") and name_says(one["name"]) is Name.SECRET)
    ]


def _refuse_unknown(names: set[str], definition: Definition, env: Environment) -> None:
    others = {one["name"] for one in definition["containerDefinitions"] if one["name"] != env.container and _plain(one)}
    if names:
        raise CannotPlan(
            f"{', '.join(sorted(names))}: nothing says that {env.secret_name} holds it",
            "put it into the secret, and into secrets.required_keys of the site file",
        )
    if others:
        raise CannotPlan(
            f"{', '.join(sorted(others))} is given a plain secret, and is not the site's container",
            "register a revision in which it is injected",
        )
