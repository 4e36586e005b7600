"""The image of the container: where it comes from, where it runs, and on which Node.js (guide 4.1, 5.1, 5.2)."""

import re
from datetime import timedelta
from typing import Any, Final

from checks.concerns import warn_or_pass
from checks.image_config import Unread, image_config
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.ecs_task import TaskDefinition
from runbook_tui.aws.facts.image_manifest import ARCHITECTURES
from runbook_tui.aws.facts.image_reference import ImageReference, read_image
from runbook_tui.catalogue.attested import attested
from runbook_tui.catalogue.registry import check
from runbook_tui.core import node_lts
from runbook_tui.core.node_lts import Standing
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Cause, Status, Verdict, fail, passed, unknown, warn

NODE: Final = "ecs.taskdef.node-version"
SOON: Final = timedelta(days=90)
_BASE: Final = re.compile(r"(?:^|/)node:v?(\d{1,3})(?![\w])")


def _image(definition: TaskDefinition, env: Environment) -> ImageReference:
    return read_image(definition.container(env.container).image)


def _ours(image: ImageReference, site: Site, definition: TaskDefinition) -> bool:
    """In the registry of the site's account and region."""
    return image.is_of(site.aws.account_id or definition.account, site.aws.region)


@check(
    "ecs.taskdef.image-repo", guide="5.2", severity="high", scope="environment", needs=["ecs:DescribeTaskDefinition"]
)
def image_repo(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The container's image is of the environment's own repository, by tag or digest."""
    definition = aws.ecs.task_definition(env.task_family)
    text = clean(definition.container(env.container).image)
    image = _image(definition, env)
    evidence = {"task_definition": definition.label, "image": text}
    remedy = f"deploy from {env.ecr_repo}, by the commit's tag or by digest"
    for other in site.environments.values():
        if other.name != env.name and image.repository == other.ecr_repo != env.ecr_repo:
            return fail(f"{text} is of the repository of {other.name}", remedy, **evidence)
    if not _ours(image, site, definition) or image.repository != env.ecr_repo:
        return fail(f"{text} is not of {env.ecr_repo} in the account's registry", remedy, **evidence)
    if not image.digest and image.tag in ("", "latest"):
        because = f"{text} is whatever was pushed last: no two tasks need run the same"
        return warn(because, remedy, **evidence)
    return passed(f"{image.repository}, {image.digest[:19] or image.tag}", **evidence)


@check(
    "ecs.taskdef.fargate",
    guide="5.2",
    severity="critical",
    scope="environment",
    needs=["ecr:BatchGetImage", "ecs:DescribeTaskDefinition"],
)
def fargate(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Fargate can run the task, on the architecture of its image."""
    definition = aws.ecs.task_definition(env.task_family)
    architecture = definition.runtime_platform.cpu_architecture
    evidence: dict[str, Any] = {
        "task_definition": definition.label,
        "compatibilities": list(definition.compatibilities),
        "requires": list(definition.requires_compatibilities),
        "network_mode": definition.network_mode,
        "architecture": architecture,
    }
    remedy = "register a revision with network mode awsvpc that requires FARGATE"
    if "FARGATE" not in (*definition.compatibilities, *definition.requires_compatibilities):
        return fail(f"{definition.label} cannot run on Fargate", remedy, **evidence)
    if definition.network_mode != "awsvpc":
        because = f"network mode {definition.network_mode or 'not set'}, expected awsvpc"
        return fail(because, remedy, **evidence)
    good = f"{definition.label} runs on Fargate with awsvpc, {architecture}"
    image = _image(definition, env)
    if not _ours(image, site, definition):
        return passed(good, **evidence, image="in another registry")
    manifest = aws.images.manifest(image)
    if manifest is None:
        because = f"{good}; ECR has no such image, so its platforms are not known"
        return unknown(Cause.UNDECIDED, because, "push it again, or deploy an image that exists", **evidence)
    if not manifest.is_index:
        return passed(good, **evidence)
    evidence["platforms"] = list(manifest.architectures)
    concerns = []
    if ARCHITECTURES.get(architecture, architecture) not in manifest.architectures:
        there = ", ".join(manifest.architectures) or "none"
        concerns.append(f"the image is for linux/{there}, the task wants {architecture}: none would start")
    return warn_or_pass(concerns, good, "build the image for this architecture, or change runtimePlatform", **evidence)


@check(
    "ecs.taskdef.node-version",
    guide="5.2",
    severity="medium",
    scope="environment",
    needs=["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecs:DescribeTaskDefinition"],
)
def node_version(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The image is built on an LTS line of Node.js that is still mended, the one that the site names."""
    definition = aws.ecs.task_definition(env.task_family)
    image = _image(definition, env)
    architecture = definition.runtime_platform.cpu_architecture
    evidence: dict[str, Any] = {"image": f"{image.repository}:{image.tag or image.digest[:19]}"}
    evidence["calendar_of"] = str(node_lts.KNOWN)
    found: Any = Unread(why="it is not in the account's registry")
    if _ours(image, site, definition):
        found = image_config(aws, image, ARCHITECTURES.get(architecture, architecture))
    if isinstance(found, Unread):
        return _unread(aws, env, found)
    evidence |= {"node_version": found.node_version, "base": found.base_name}
    major = _major(found.node_version, found.base_name)
    remedy = f"build on Node.js {site.app.node_major}, or on the newest LTS line and say so in app.node_major"
    if major is None:
        because = "the image sets no NODE_VERSION and names no base image: its Node.js is not known"
        return warn(because, "build on an official image of Node.js", **evidence)
    return _judged(aws, site, major, remedy, evidence)


def _unread(aws: Aws, env: Environment, found: Unread) -> Verdict:
    """What the image does not tell, an operator may."""
    stated = attested(aws, NODE, env.name, "the image is built on a supported Node.js", row_says_pass=False)
    if stated.status is not Status.UNKNOWN:
        return stated
    because = f"the image's Node.js cannot be read: {found.why}; {stated.because}"
    return unknown(Cause.UNDECIDED, because, stated.remedy)


def _major(version: str, base: str) -> int | None:
    head = version.removeprefix("v").partition(".")[0]
    if head.isdecimal() and head.isascii() and len(head) <= 3:
        return int(head)
    named = _BASE.search(base)
    return int(named[1]) if named else None


def _judged(aws: Aws, site: Site, major: int, remedy: str, evidence: dict[str, Any]) -> Verdict:
    today = aws.now().date()
    line, standing = node_lts.line(major), node_lts.standing(major, today)
    evidence |= {"major": major, "end_of_life": str(line.end) if line else "not in the calendar"}
    if standing is Standing.ENDED:
        when = f" on {line.end}" if line else " long ago"
        return fail(f"Node.js {major} reached its end of life{when}", remedy, **evidence)
    concerns = []
    if standing in (Standing.UNFIT, Standing.UNHEARD):
        concerns.append(f"Node.js {major} is {standing.value}")
    if line is not None and line.end - today < SOON:
        concerns.append(f"Node.js {major} reaches its end of life on {line.end}")
    if major != site.app.node_major:
        concerns.append(f"Node.js {major}, the site expects {site.app.node_major}")
    good = f"Node.js {major}, mended until {evidence['end_of_life']}"
    return warn_or_pass(concerns, good, remedy, **evidence)
