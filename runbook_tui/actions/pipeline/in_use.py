"""Images that run or that one would go back to."""

from collections.abc import Iterator

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.ecs_task import TaskDefinition
from runbook_tui.aws.facts.image_reference import ImageReference, read_image
from runbook_tui.core.site import Environment, Site


def images_in_use(aws: Aws, site: Site, env: Environment) -> tuple[ImageReference, ...]:
    """Of the environment's own repository: the running revision's first, then that of the revision before. None while
    there is no service."""
    references = (read_image(one.image) for its in _revisions(aws, site, env) for one in its.container_definitions)
    return tuple(dict.fromkeys(one for one in references if one.account and one.repository == env.ecr_repo))


def _revisions(aws: Aws, site: Site, env: Environment) -> Iterator[TaskDefinition]:
    try:
        running = aws.ecs.task_definition(aws.ecs.service(site.ecs.cluster, env.service).task_definition)
    except Missing:
        return
    yield running
    if running.revision > 1:
        try:
            yield aws.ecs.task_definition(f"{running.family}:{running.revision - 1}")
        except Missing:
            return
