"""Tasks of another size (guide 5.2, 10)."""

from collections.abc import Mapping
from typing import Any, Final

from runbook_tui.actions.ecs.definitions import REGISTERED, registering, registrable
from runbook_tui.actions.ecs.updating import update
from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.fargate import SIZES, cpu_units, memories, memory_mib
from runbook_tui.core.plan import ApiCall, Choice, Difference, Plan, Question, Risk
from runbook_tui.core.site import Environment, Site

_SMALLEST: Final = {"cpu": 1, "memory": 6}  # CPU units and MiB of one container, ECS's own bounds


@action("ecs.right-size", guide="5.2", fixes=("ecs.taskdef.size",))
def right_size(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """The service's tasks have the CPU and memory that you choose, of the sizes that Fargate offers."""
    service = aws.ecs.service(site.ecs.cluster, env.service)
    definition = aws.ecs.task_definition(service.task_definition)
    before = (cpu_units(definition.cpu) or 0, memory_mib(definition.memory) or 0)
    after = _asked(env, inputs, before)
    if service.deploying and before != after:
        raise CannotPlan("a deployment is running", "wait for its end, or stop it")
    calls = () if before == after else _calls(aws, site, env, service.task_definition, after)
    return Plan(
        action="ecs.right-size",
        title=f"Give the tasks of {env.service} {after[0]} CPU units and {after[1]} MiB",
        environment=env.name,
        resource=env.service,
        effect="A new revision is registered, like the present one but for its size. ECS starts its tasks and stops "
        "the old ones when the new ones are healthy. The number of tasks stays what autoscaling has set.",
        risk=Risk.DISRUPTIVE,
        calls=calls,
        differences=tuple(
            Difference(what=what, before=str(old), after=str(new))
            for what, old, new in zip(("CPU units", "MiB"), before, after, strict=True)
            if old != new
        ),
        warnings=_warnings(env, before, after),
        permissions=needed(calls),
    )


def _asked(env: Environment, inputs: Inputs, present: tuple[int, int]) -> tuple[int, int]:
    """CPU units first: which memory there is depends on them."""
    (cpu,) = inputs.take(
        Question(
            name="cpu",
            text=f"How many CPU units? A task has {present[0]} and {present[1]} MiB now.",
            choices=tuple(Choice(value=str(one), label=f"{one} ({one / 1024:g} vCPU)") for one in SIZES),
            default=str(env.cpu),
        )
    )
    offered = memories(int(cpu))
    usual = env.memory if env.memory in offered else offered[0]
    (memory,) = inputs.take(
        Question(
            name="memory",
            text=f"How much memory, of what {cpu} CPU units go with?",
            choices=tuple(Choice(value=str(one), label=f"{one} MiB") for one in offered),
            default=str(usual),
        )
    )
    return int(cpu), int(memory)


def _warnings(env: Environment, before: tuple[int, int], after: tuple[int, int]) -> tuple[str, ...]:
    found = []
    if after[1] < before[1]:
        found.append("a process that needs more memory is killed with exit code 137: watch the first hour under load")
    if after != (env.cpu, env.memory):
        found.append(f"the site file says {env.cpu}/{env.memory}: change it too, or ecs.taskdef.size speaks of it")
    return tuple(found)


def _calls(aws: Aws, site: Site, env: Environment, present: str, size: tuple[int, int]) -> tuple[ApiCall, ...]:
    label = present.rpartition("/")[2]
    copied = _sized(registrable(aws, present), env.container, size)
    back = update(site, env, f"{label} is deployed again", taskDefinition=present)
    return (
        registering(copied, f"a copy of {label} of the new size"),
        update(site, env, "tasks of the new size are started", (back,), taskDefinition=REGISTERED),
    )


def _sized(definition: Mapping[str, Any], container: str, size: tuple[int, int]) -> dict[str, Any]:
    """What the container may use grows and shrinks with the task: the others keep what they have."""
    old = (cpu_units(str(definition.get("cpu", ""))) or 0, memory_mib(str(definition.get("memory", ""))) or 0)
    more = {"cpu": size[0] - old[0], "memory": size[1] - old[1]}
    containers = [
        _grown(one, more) if one.get("name") == container else one for one in definition["containerDefinitions"]
    ]
    return {**definition, "cpu": str(size[0]), "memory": str(size[1]), "containerDefinitions": containers}


def _grown(container: Mapping[str, Any], more: Mapping[str, int]) -> dict[str, Any]:
    grown = dict(container)
    for what, least in _SMALLEST.items():
        if not grown.get(what):
            continue  # without a bound of its own it has the task's
        grown[what] += more[what]
        if grown[what] < max(least, grown.get("memoryReservation", 0) if what == "memory" else 0):
            raise CannotPlan(
                f"nothing of its {what} would be left to container {container['name']}", "choose a larger size"
            )
    return grown
