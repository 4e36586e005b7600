"""Container images as tasks name them: ``REGISTRY/REPOSITORY:TAG`` or ``…@sha256:…``."""

from typing import Any

from msgspec import Struct

from runbook_tui.simulator.image_behaviour import HEALTHY, ImageBehaviour
from runbook_tui.simulator.world import World


class Image(Struct, frozen=True):
    """``reference`` is a tag or a digest."""

    name: str
    host: str
    repository: str
    reference: str

    @property
    def of_the_account(self) -> bool:
        return ".dkr.ecr." in self.host


def parse(name: str) -> Image:
    host, slash, rest = name.partition("/")
    if not slash or "." not in host:
        host, rest = "registry-1.docker.io", name
    repository, at, digest = rest.partition("@")
    if at:
        return Image(name, host, repository.partition(":")[0], digest)
    repository, _, tag = rest.partition(":")
    return Image(name, host, repository, tag or "latest")


def digest_of(world: World, name: str) -> str | None:
    """The digest that an image of this account stands for, None when ECR has no such image."""
    image = parse(name)
    model = world.backend("ecr").repositories.get(image.repository)
    for each in model.images if model is not None else ():
        digest = str(each.get_image_digest())
        if image.reference == digest or image.reference in each.image_tags:
            return digest
    return None


def behaviour_of(world: World, name: str) -> ImageBehaviour:
    return world.images.get((parse(name).repository, digest_of(world, name) or ""), HEALTHY)


def repository_exists(world: World, image: Image) -> bool:
    repositories: Any = world.backend("ecr").repositories
    return image.repository in repositories
