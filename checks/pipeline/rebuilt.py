"""Guide 10: an image was built anew on a patched base, and its scan is no worse than that of the image before."""

from typing import Any, Final

from msgspec.structs import replace

from checks.pipeline.images import images_of, running
from checks.pipeline.scans import TOLD, findings_of
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.image_findings import DONE, SEVERITIES, Findings
from runbook_tui.aws.facts.images import ImageDetail
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, fail, passed, unknown

NEW_HOURS: Final = 24
_SCANS: Final = [
    "ecr:BatchGetImage",
    "ecr:DescribeImageScanFindings",
    "ecr:DescribeImages",
    "ecs:DescribeServices",
    "ecs:DescribeTaskDefinition",
]


@check("image.new", guide="10", severity="low", scope="environment", needs=["ecr:DescribeImages"], on_request=True)
def new(aws: Aws, _site: Site, env: Environment) -> Verdict:
    """The repository holds an image of this day."""
    pushed = _by_age(aws, env)
    if not pushed:
        return fail(f"{env.ecr_repo} holds no tagged image", "build and push one")
    newest = pushed[0]
    assert newest.image_pushed_at is not None, "only pushed images are sorted by their age"
    hours = (aws.now() - newest.image_pushed_at).total_seconds() / 3600
    told = ", ".join(newest.image_tags)
    evidence = {"tags": list(newest.image_tags), "pushed": newest.image_pushed_at.isoformat()}
    if hours > NEW_HOURS:
        remedy = "build with --pull --no-cache, and push it"
        return fail(f"the newest image ({told}) was pushed {hours / 24:.0f} days ago", remedy, **evidence)
    return passed(f"{told} was pushed {hours:.1f} hours ago", **evidence)


@check("image.findings", guide="10", severity="high", scope="environment", needs=_SCANS, on_request=True)
def compared(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The scan of the newest image finds no more than that of the image before it: the one that runs, or ran."""
    definition, pushed = running(aws, site, env), _by_age(aws, env)
    runs = next(iter(images_of(definition, env)), None)
    if runs is None or not pushed:
        because = f"{env.service} runs no image of {env.ecr_repo}, or the repository holds none"
        return unknown(Cause.UNDECIDED, because, "push the new image first")
    names = [replace(runs, tag=one.image_tags[0], digest="") for one in pushed]
    newest = names[0]
    before = next((one for one in names[1:] if newest.tag == runs.tag), runs)
    if before.image_id == newest.image_id:
        because = f"{env.ecr_repo} holds no other image than {newest.label}, which runs"
        return unknown(Cause.UNDECIDED, because, "push the new image first")
    old, now = findings_of(aws, before, definition), findings_of(aws, newest, definition)
    unread = [name.label for name, one in ((before, old), (newest, now)) if one is None or one.status not in DONE]
    if unread or old is None or now is None:
        because = f"there are no findings to compare: {', '.join(unread)}"
        return unknown(
            Cause.UNDECIDED, because, "wait for the scan; aws ecr start-image-scan begins one", missing=unread
        )
    return _judged(old, now, {"before": before.label, "new": newest.label})


def _judged(old: Findings, now: Findings, labels: dict[str, str]) -> Verdict:
    moved = {one: (old.counts.get(one, 0), now.counts.get(one, 0)) for one in SEVERITIES}
    known, found = ({one.name for one in side.worst} for side in (old, now))
    evidence: dict[str, Any] = {
        **labels,
        "counts": {name: f"{before} → {after}" for name, (before, after) in moved.items() if before or after},
        "gone": sorted(known - found)[:TOLD],
        "come": sorted(found - known)[:TOLD],
    }
    risen = [one for one in SEVERITIES if now.at_least(one) > old.at_least(one)]
    told = ", ".join(f"{name} {counts}" for name, counts in evidence["counts"].items()) or "nothing found in either"
    if risen:
        remedy = "stop: find which package of the new base brings them, or take another base"
        return fail(f"more findings of {risen[0]} or worse than before: {told}", remedy, **evidence)
    return passed(f"no more than before: {told}", **evidence)


def _by_age(aws: Aws, env: Environment) -> list[ImageDetail]:
    """Tagged images, the newest first. Parts of an index have no tag of their own."""
    tagged = [one for one in aws.images.all(env.ecr_repo) if one.image_tags and one.image_pushed_at is not None]
    return sorted(tagged, key=lambda one: (str(one.image_pushed_at), one.image_tags), reverse=True)
