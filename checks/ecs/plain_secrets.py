"""That no secret stands in a task definition, which whoever may describe it can read (guide 5.2)."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.ecs_task import Container
from runbook_tui.aws.facts.plain_secret import Name, name_says, shape_of
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail


class _Found(Struct, frozen=True, kw_only=True):
    """``why`` never repeats a value."""

    where: str
    why: str
    sure: bool


@check(
    "ecs.taskdef.no-plain-secrets",
    guide="5.2",
    severity="critical",
    scope="environment",
    needs=["ecs:DescribeTaskDefinition"],
)
def no_plain_secrets(aws: Aws, _site: Site, env: Environment) -> Verdict:
    """No container is given a secret as a plain variable or word of its command."""
    definition = aws.ecs.task_definition(env.task_family)
    found = [one for container in definition.container_definitions for one in _of(container)]
    sure = [one for one in found if one.sure]
    files = sum(len(container.environment_files) for container in definition.container_definitions)
    evidence: dict[str, Any] = {
        "task_definition": definition.label,
        "variables": [one.where for one in found],
        "environment_files": files,
    }
    if sure:
        because = "; ".join(f"{one.where} {one.why}" for one in sure)
        remedy = "move it to Secrets Manager, register a revision, deregister the old ones, and rotate the value"
        return fail(because, remedy, **evidence)
    concerns = [f"{one.where} {one.why}" for one in found]
    if files:
        concerns.append(f"{files} environment files in S3 cannot be seen here")
    remedy = "make sure that nothing of this is a secret; what is belongs to Secrets Manager"
    return warn_or_pass(concerns, f"{definition.label} holds no plain secret", remedy, **evidence)


def _of(container: Container) -> Iterator[_Found]:
    for variable in container.environment:
        where, kind = f"{container.name}/{variable.name}", shape_of(variable.value)
        if kind:
            yield _Found(where=where, why=f"holds {kind}", sure=True)
            continue
        if not variable.value or variable.value.startswith("arn:"):
            continue
        match name_says(variable.name):
            case Name.SECRET:
                yield _Found(where=where, why="is a secret by its name", sure=True)
            case Name.SUSPICIOUS:
                yield _Found(where=where, why="may be a secret by its name", sure=False)
            case Name.PLAIN:
                continue
    for place, word in enumerate(container.command, 1):
        kind = shape_of(word)
        if kind:
            yield _Found(where=f"{container.name}/command, word {place},", why=f"holds {kind}", sure=True)
