"""Guide 4.1 and 10: what scans have found in the images that run."""

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from checks.concerns import warn_or_pass
from checks.pipeline.images import images_of, running
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.ecs_task import TaskDefinition
from runbook_tui.aws.facts.image_findings import DONE, Findings
from runbook_tui.aws.facts.image_manifest import ARCHITECTURES
from runbook_tui.aws.facts.image_reference import ImageReference
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, fail, unknown

TOLD: Final = 10
NEVER_DONE: Final = ("SCAN_ELIGIBILITY_EXPIRED", "UNSUPPORTED_IMAGE")


@check(
    "ecr.scan-findings",
    guide="4.1",
    severity="high",
    scope="environment",
    needs=[
        "ecr:BatchGetImage",
        "ecr:DescribeImageScanFindings",
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
    ],
)
def scan_findings(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The image that runs was scanned, and nothing grave was found in it."""
    definition = running(aws, site, env)
    images = images_of(definition, env)
    if not images:
        because = f"{definition.label} names no image of {env.ecr_repo}"
        return unknown(Cause.UNDECIDED, because, "correct the environment's ecr_repo in the site file")
    scanned = {one: findings_of(aws, one, definition) for one in images}
    if None in scanned.values():
        gone = ", ".join(one.label for one, its in scanned.items() if its is None)
        because = f"{gone} was never scanned"
        return unknown(Cause.UNDECIDED, because, "aws ecr start-image-scan, or turn on scan-on-push")
    return _judged(site, {one.label: its for one, its in scanned.items() if its is not None})


def findings_of(aws: Aws, image: ImageReference, definition: TaskDefinition) -> Findings | None:
    """Of an index those of the image that Fargate takes out of it; None when there was no scan."""
    found = aws.images.findings(image)
    manifest = aws.images.manifest(image) if found is None else None
    architecture = ARCHITECTURES.get(definition.runtime_platform.cpu_architecture, "")
    digest = manifest.image_for(architecture) if manifest else ""
    return aws.images.findings(replace(image, tag="", digest=digest)) if digest else found


def _judged(site: Site, scanned: Mapping[str, Findings]) -> Verdict:
    counts = {name: dict(one.counts) for name, one in scanned.items()}
    worst = list(dict.fromkeys(found.name for one in scanned.values() for found in one.worst))[:TOLD]
    evidence = {"counts": counts, "worst": worst, "status": {name: one.status for name, one in scanned.items()}}
    remedy = "rebuild on a patched base image and release it: runbook base-image"
    open_ones = {name: one for name, one in scanned.items() if one.status not in (*DONE, *NEVER_DONE)}
    grave = {name: one.at_least(site.ecr.fail_severity) for name, one in scanned.items() if one.status in DONE}
    if any(grave.values()):
        told = ", ".join(f"{count} in {name}" for name, count in grave.items() if count)
        return fail(f"findings of {site.ecr.fail_severity} or worse: {told}", remedy, **evidence)
    if open_ones:
        told = ", ".join(f"{name}: {one.status} {one.description}".strip() for name, one in open_ones.items())
        return unknown(Cause.UNDECIDED, f"there are no findings to judge: {told}", "wait, or scan again", **evidence)
    concerns = [
        f"{name} cannot be scanned any more: {one.status}" for name, one in scanned.items() if one.status in NEVER_DONE
    ]
    doubtful = {name: one.at_least(site.ecr.warn_severity) for name, one in scanned.items()}
    concerns += [
        f"{count} findings of {site.ecr.warn_severity} or worse in {name}" for name, count in doubtful.items() if count
    ]
    return warn_or_pass(concerns, f"no finding of {site.ecr.warn_severity} or worse", remedy, **evidence)
