"""The images that an operator may choose from: those of the environment's repository that have a tag."""

from datetime import UTC, datetime
from typing import Final

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.images import ImageDetail
from runbook_tui.catalogue.actions import CannotPlan
from runbook_tui.core.plan import Choice, Question
from runbook_tui.core.site import Environment

_OFFERED: Final = 20
_DIGITS: Final = len("sha256:") + 12
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


def newest(aws: Aws, env: Environment) -> tuple[ImageDetail, ...]:
    """At most twenty, newest push first. CannotPlan when there is none; Missing ``ecr:repository``."""
    tagged = [one for one in aws.images.all(env.ecr_repo) if _tag(one)]
    if not tagged:
        raise CannotPlan(f"{env.ecr_repo} holds no image with a tag", "push the release's image first")
    tagged.sort(key=lambda one: (one.image_pushed_at or _NEVER, one.image_digest), reverse=True)
    return tuple(tagged[:_OFFERED])


def asked(images: tuple[ImageDetail, ...], text: str) -> Question:
    """Its answer is a tag; the newest image is the default."""
    choices = tuple(Choice(value=_tag(one), label=_label(one)) for one in images)
    return Question(name="tag", text=text, choices=choices, default=choices[0].value)


def tagged(images: tuple[ImageDetail, ...], tag: str) -> ImageDetail:
    """StopIteration for a tag that was not offered."""
    return next(one for one in images if _tag(one) == tag)


def reference(aws: Aws, env: Environment, image: ImageDetail, tag: str) -> str:
    """By tag where a tag is for ever, else by digest: another push must not change what runs."""
    repository = aws.ecr.repository(env.ecr_repo)
    if repository.image_tag_mutability == "IMMUTABLE":
        return f"{repository.repository_uri}:{tag}"
    return f"{repository.repository_uri}@{image.image_digest}"


def _tag(image: ImageDetail) -> str:
    """The first that says which release it is; ``latest`` says nothing."""
    return next((tag for tag in sorted(image.image_tags) if tag != "latest"), "")


def _label(image: ImageDetail) -> str:
    pushed = f"{image.image_pushed_at:%Y-%m-%d %H:%M} UTC" if image.image_pushed_at else "when is not known"
    return f"{_tag(image)}  {image.image_digest[:_DIGITS]}  pushed {pushed}"
