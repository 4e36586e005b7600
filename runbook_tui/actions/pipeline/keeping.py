"""How many images a repository keeps (guide 4.1)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from runbook_tui.actions.permissions import needed
from runbook_tui.actions.pipeline.calls import ecr
from runbook_tui.actions.pipeline.in_use import images_in_use
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.ecr import LIFECYCLE_POLICY, LifecycleRule
from runbook_tui.aws.facts.images import ImageDetail
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site

_FEWEST = 10  # fewer, and the image to roll back to may be gone (catalogue, ecr.lifecycle)


@action("ecr.keep-last-images", guide="4.1", fixes=("ecr.lifecycle",))
def keep_last_images(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The environment's repository keeps as many images as the site says, and older ones go."""
    keep = site.ecr.keep_images
    recorded, rules = _recorded(aws, env)
    expiring = _expiring(aws.images.all(env.ecr_repo), keep)
    calls = () if _kept_well(rules, keep) else (_put(env, recorded, _with_count(recorded, rules, keep)),)
    if calls:
        _refuse_what_is_in_use(aws, site, env, expiring)
    told = [" ".join(one.image_tags) or one.image_digest for one in expiring] if calls else []
    return Plan(
        action="ecr.keep-last-images",
        title=f"Keep the last {keep} images of {env.ecr_repo}",
        environment=env.name,
        resource=env.ecr_repo,
        effect="ECR deletes older images within a day, and goes on doing so with each push.",
        risk=Risk.DESTRUCTIVE if told else Risk.CHANGE,
        calls=calls,
        differences=(
            Difference(what="images kept", before=_told(rules), after=str(keep)),
            *(Difference(what=f"image {name}", before="there", after="") for name in told),
        )
        if calls
        else (),
        warnings=("images that are deleted do not come back with the undo",) if told else (),
        permissions=needed(calls),
    )


def _recorded(aws: Aws, env: Environment) -> tuple[str | None, tuple[LifecycleRule, ...]]:
    """The policy's text, and what it says; no text where there is none."""
    try:
        rules = aws.ecr.lifecycle(env.ecr_repo)
    except Missing as problem:
        if problem.kind != LIFECYCLE_POLICY:
            raise
        return None, ()
    answer = aws.reader.read("ecr", "get_lifecycle_policy", repositoryName=env.ecr_repo)
    return str(answer["lifecyclePolicyText"]), rules


def _counts(rules: Sequence[LifecycleRule]) -> list[int]:
    return [
        one.selection.count_number
        for one in rules
        if one.is_general and one.selection.count_type == "imageCountMoreThan"
    ]


def _kept_well(rules: Sequence[LifecycleRule], keep: int) -> bool:
    counts = _counts(rules)
    return bool(counts) and _FEWEST <= min(counts) <= 5 * keep


def _with_count(recorded: str | None, rules: Sequence[LifecycleRule], keep: int) -> str:
    """Rules about some images stay; those about all give way to one that counts: a policy has one of these, its
    last."""
    general = {one.rule_priority for one in rules if one.is_general}
    given: list[Mapping[str, Any]] = json.loads(recorded)["rules"] if recorded else []
    kept = [one for one in given if one["rulePriority"] not in general]
    count = {
        "rulePriority": max([0, *(one["rulePriority"] for one in kept)]) + 1,
        "description": f"Keep the last {keep} images",
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": keep},
        "action": {"type": "expire"},
    }
    return json.dumps({"rules": [*kept, count]})


def _expiring(images: Sequence[ImageDetail], keep: int) -> list[ImageDetail]:
    """What the rule deletes of what is there now. An image without a date is as old as can be."""

    def age(one: ImageDetail) -> tuple[float, tuple[str, ...], str]:
        return one.image_pushed_at.timestamp() if one.image_pushed_at else 0.0, one.image_tags, one.image_digest

    by_age = sorted(images, key=age)
    return by_age[: max(0, len(by_age) - keep)]


def _refuse_what_is_in_use(aws: Aws, site: Site, env: Environment, expiring: Sequence[ImageDetail]) -> None:
    doomed = {one.image_digest for one in expiring}
    for image in images_in_use(aws, site, env):
        detail = aws.images.detail(image)
        if detail is not None and detail.image_digest in doomed:
            raise CannotPlan(
                f"{image.label} runs or is what one would go back to, and would be deleted",
                "raise ecr.keep_images in the site file, or deploy a newer image first",
            )


def _put(env: Environment, recorded: str | None, text: str) -> ApiCall:
    if recorded is None:
        gone = ("LifecyclePolicyNotFoundException",)
        back = ecr("delete_lifecycle_policy", env, "every image is kept again", gone=gone)
    else:
        back = ecr("put_lifecycle_policy", env, "the policy is as it was", lifecyclePolicyText=recorded)
    return ecr("put_lifecycle_policy", env, "the policy is put, whole", (back,), lifecyclePolicyText=text)


def _told(rules: Sequence[LifecycleRule]) -> str:
    counts = _counts(rules)
    return str(min(counts)) if counts else "all"
