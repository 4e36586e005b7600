"""Guide 10: base images are patched, and Node.js is a line that is still mended."""

import re
from typing import Any, Final

from msgspec.structs import replace

from checks.image_config import Unread, image_config
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.image_reference import ImageReference, read_image
from runbook_tui.aws.facts.images import IMAGE
from runbook_tui.catalogue.attested import attested
from runbook_tui.catalogue.registry import check
from runbook_tui.core.node_lts import KNOWN, Standing, line, newest, outdated, standing
from runbook_tui.core.records import short
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, fail, passed, unknown, warn

NODE: Final = "maint.node-lts"
TOO_OLD_DAYS: Final = 90
_MAJOR: Final = re.compile(r"v?(\d{1,3})(?:\.|$)")
_STATED: Final = re.compile(r"\b(?:node(?:\.?js)?\s*)?v?(\d{1,3})\b", re.IGNORECASE)


def _image(aws: Aws, env: Environment) -> ImageReference:
    return read_image(aws.ecs.task_definition(env.task_family).container(env.container).image)


@check(
    "maint.base-image-age",
    guide="10",
    severity="medium",
    scope="environment",
    needs=["ecr:DescribeImages", "ecs:DescribeTaskDefinition"],
)
def base_image_age(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The running image was built this month, so its base can be no older."""
    image, limit = _image(aws, env), site.maint.image_max_days
    if not image.account or image.region != aws.reader.region:
        because = f"the image is kept in {image.host}, whose age cannot be read"
        return unknown(Cause.UNDECIDED, because, "look there by hand, or push it to the site's repository")
    detail = aws.images.detail(image)
    if detail is None:
        remedy = "push the image again, or roll back to one that is there"
        raise Missing(IMAGE, f"{image.repository}:{image.tag or short(image.digest)}", remedy=remedy)
    if detail.image_pushed_at is None:
        return unknown(Cause.UNDECIDED, "ECR does not say when the image was pushed", "re-check")
    days = (aws.now() - detail.image_pushed_at).days
    evidence: dict[str, Any] = {
        "image": f"{image.repository}:{image.tag}" if image.tag else image.repository,
        "digest": short(detail.image_digest),
        "pushed": f"{detail.image_pushed_at:%Y-%m-%d}",
        "days": days,
    }
    because = f"the image was pushed {days} days ago"
    remedy = "walk the runbook of the base image: build with --pull --no-cache, staging first"
    if days > TOO_OLD_DAYS:
        return fail(f"{because}, allowed {limit}", remedy, **evidence)
    if days > limit:
        return warn(f"{because}, allowed {limit}", remedy, **evidence)
    return passed(because, **evidence)


@check(
    "maint.node-lts",
    guide="10",
    severity="medium",
    scope="environment",
    needs=["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecs:DescribeTaskDefinition"],
)
def node_lts(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The running image has one of the two newest LTS lines of Node.js."""
    image = _image(aws, env)
    found = Unread(why=f"it is kept in {image.host}")
    if image.account and image.region == aws.reader.region:
        read = image_config(aws, image, "amd64")
        if not isinstance(read, Unread) and (major := _MAJOR.match(read.node_version)) is not None:
            return _judged(int(major[1]), "the image", aws, version=read.node_version)
        found = read if isinstance(read, Unread) else Unread(why="it names no NODE_VERSION")
    return _stated(aws, site, env, found.why)


def _stated(aws: Aws, site: Site, env: Environment, why: str) -> Verdict:
    """An operator's word, where the image says nothing."""
    what = f"the image of {env.name} has Node.js {site.app.node_major}"
    verdict = attested(aws, NODE, env.name, what, row_says_pass=True)
    if not verdict.attested:
        return unknown(
            Cause.UNDECIDED, f"the image does not tell its Node.js ({why}): {verdict.because}", verdict.remedy
        )
    statement = aws.attested(NODE, env.name)
    major = _STATED.search(statement.text) if statement is not None else None
    if major is None:
        because = f"what was attested names no major of Node.js: {verdict.because}"
        return unknown(Cause.UNDECIDED, because, f"attest it as: node {site.app.node_major}")
    return replace(_judged(int(major[1]), "an operator", aws), attested=True)


def _judged(major: int, source: str, aws: Aws, **more: Any) -> Verdict:
    today = aws.now().date()
    known, latest = line(major), newest(today).major
    evidence: dict[str, Any] = {
        "major": major,
        "told_by": source,
        "end_of_life": f"{known.end}" if known is not None else "unknown",
        "newest_lts": latest,
        "calendar_of": f"{KNOWN}",
        **more,
    }
    remedy = f"build on Node.js {latest}, staging first"
    match standing(major, today):
        case Standing.ENDED:
            return fail(f"Node.js {major} is past its end of life", remedy, **evidence)
        case Standing.UNHEARD:
            because = f"Node.js {major} is not in the calendar of {KNOWN}"
            return unknown(Cause.UNDECIDED, because, "update runbook-tui", **evidence)
        case Standing.OLD | Standing.UNFIT as other:
            return warn(f"Node.js {major} is {other.value}; the newest LTS line is {latest}", remedy, **evidence)
        case Standing.NEW:
            if outdated(today):
                because = f"Node.js {major} was a newest LTS line in the calendar of {KNOWN}, which is too old by now"
                return warn(because, "update runbook-tui", **evidence)
            return passed(f"Node.js {major} is one of the two newest LTS lines", **evidence)
