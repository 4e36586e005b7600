"""Guide 7.2: the application that runs can work with DynamoDB."""

from typing import Any, Final

from checks.database.chosen import DYNAMODB, unchosen
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.image_reference import ImageReference, read_image
from runbook_tui.aws.facts.images import IMAGE, ImageDetail
from runbook_tui.aws.together import together
from runbook_tui.catalogue.attested import attested
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Status, Verdict, fail, passed, warn

ID: Final = "dynamo.app-modified"


@check(
    "dynamo.app-modified",
    guide="7.2",
    severity="high",
    scope="environment",
    needs=["ecr:DescribeImages", "ecs:DescribeTaskDefinition"],
)
def app_modified(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The release that is deployed supports DynamoDB."""
    elsewhere = unchosen(site, DYNAMODB)
    if elsewhere:
        return elsewhere
    first = site.db.dynamodb.min_image_tag
    if first is None:
        return _stated(aws, env)
    image = read_image(aws.ecs.task_definition(env.task_family).container(env.container).image)
    oldest = ImageReference(host=image.host, repository=env.ecr_repo, tag=first)
    deployed, attested_one = together(lambda: _pushed(aws, image), lambda: _pushed(aws, oldest))
    evidence: dict[str, Any] = {"image": image.tag or image.digest, "first": first}
    if _time(deployed) < _time(attested_one):
        because = f"the deployed image {image.tag or image.digest} was pushed before {first}, the first with DynamoDB"
        remedy = "deploy the release with DynamoDB support before the keys are switched"
        return fail(because, remedy, **evidence)
    return passed(f"the deployed image is {first} or was pushed after it", **evidence)


def _stated(aws: Aws, env: Environment) -> Verdict:
    """Without a tag in the site a person must say it."""
    found = attested(aws, ID, env.name, "the deployed release supports DynamoDB", row_says_pass=True)
    if found.status is not Status.UNKNOWN:
        return found
    remedy = f"name the first release that does in db.dynamodb.min_image_tag, or {found.remedy}"
    return warn(found.because, remedy, **found.evidence)


def _pushed(aws: Aws, image: ImageReference) -> ImageDetail:
    found = aws.images.detail(image)
    if found is None:
        name = f"{image.repository}:{image.tag or image.digest}"
        raise Missing(IMAGE, name, remedy="push it again, or correct db.dynamodb.min_image_tag in the site")
    return found


def _time(image: ImageDetail) -> float:
    """AWS always tells it; an image without a time is as old as can be."""
    return image.image_pushed_at.timestamp() if image.image_pushed_at else 0.0
