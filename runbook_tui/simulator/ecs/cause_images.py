"""Images that cannot be pulled."""

from collections.abc import Iterator

from runbook_tui.simulator.ecs import images
from runbook_tui.simulator.ecs.obstacle import (
    AT_ONCE,
    CHECK_NETWORK,
    GIVES_UP,
    PEER,
    RETRIED,
    TIMED_OUT,
    UNABLE_TO_PULL,
    Obstacle,
    Start,
)

_AUTH = f"{UNABLE_TO_PULL} unable to retrieve ecr registry auth: service call has been retried"
_MANIFEST = "CannotPullContainerError: pull image manifest has been retried"
_ACTIONS = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_PLATFORMS = {"X86_64": "linux/amd64", "ARM64": "linux/arm64"}


def closed_registry(start: Start) -> Iterator[Obstacle]:
    names = [each["image"] for each in start.definition.container_definitions]
    if not any(images.parse(each).of_the_account for each in names):
        return
    if not start.reaches("ecr.api"):
        post = f'Post "https://api.ecr.{start.world.region}.amazonaws.com/"'
        text = f"RequestError: send request failed caused by: {post}: dial tcp {PEER}: i/o timeout."
        yield Obstacle(f"{_AUTH} 3 time(s): {text} {CHECK_NETWORK}", TIMED_OUT)
    denied = start.refusal("ecr:GetAuthorizationToken", "*")
    if denied:
        yield Obstacle(f"{_AUTH} 1 time(s): {start.denied(denied)}", AT_ONCE)


def unpullable_images(start: Start) -> Iterator[Obstacle]:
    for container in start.definition.container_definitions:
        image = images.parse(container["image"])
        if not start.reaches("ecr.dkr" if image.of_the_account else "elsewhere"):
            yield _no_way(image)
        if image.of_the_account:
            yield from _not_in_ecr(start, image)
            yield from _no_layers(start)


def _not_in_ecr(start: Start, image: images.Image) -> Iterator[Obstacle]:
    resolving = f"failed to resolve ref {image.name}:"
    arn = start.world.arn("ecr", f"repository/{image.repository}")
    if any(start.refusal(action, arn) for action in _ACTIONS):
        text = f"pulling from host {image.host} failed with status code [manifests {image.reference}]: 403 Forbidden"
        yield Obstacle(f"{_MANIFEST} 1 time(s): {resolving} {text}", GIVES_UP)
    if images.digest_of(start.world, image.name) is None:
        yield Obstacle(f"{_MANIFEST} 7 time(s): {resolving} {image.name}: not found", RETRIED)
    wanted = (start.definition.runtime_platform or {}).get("cpuArchitecture") or "X86_64"
    if images.behaviour_of(start.world, image.name).architecture != wanted:
        text = f"image Manifest does not contain descriptor matching platform '{_PLATFORMS[wanted]}'."
        yield Obstacle(f"{_MANIFEST} 7 time(s): {text}", RETRIED)


def _no_layers(start: Start) -> Iterator[Obstacle]:
    """ECR keeps them in S3."""
    if not start.reaches("s3"):
        region = start.world.region
        get = f'Get "https://prod-{region}-starport-layer-bucket.s3.{region}.amazonaws.com/"'
        text = f"httpReadSeeker: failed open: failed to do request: {get}: dial tcp {PEER}: i/o timeout"
        yield Obstacle(
            f"CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: {text}", TIMED_OUT
        )


def _no_way(image: images.Image) -> Obstacle:
    head = f'Head "https://{image.host}/v2/{image.repository}/manifests/{image.reference}"'
    text = f"failed to resolve ref {image.name}: failed to do request: {head}: dial tcp {PEER}: i/o timeout"
    return Obstacle(f"{_MANIFEST} 5 time(s): {text}", TIMED_OUT)
