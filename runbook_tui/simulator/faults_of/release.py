"""A bad release: a new image that behaves badly, a task definition that runs it, and the service told to use it."""

from collections.abc import Mapping

from runbook_tui.simulator.ecs.revision import described, register
from runbook_tui.simulator.faults_of.prod import PROD, service, update
from runbook_tui.simulator.image_behaviour import HEALTHY, ImageBehaviour
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Undo
from runbook_tui.simulator.seed.registry import push
from runbook_tui.simulator.world import World

_NEXT = 5  # the minor version of what the guide's environment will release next: 1.5.0, 1.5.1 …


def release(world: World, behaviour: ImageBehaviour = HEALTHY, *, variables: Mapping[str, str] | None = None) -> Undo:
    """Rolls it out in prod. The undo goes back to the former task definition, and takes image and revision away."""
    former = str(service(world)["taskDefinition"])
    version = _push(world, behaviour)
    bad = _register(world, former, version, variables or {})

    def take_away() -> None:
        world.call("ecs", "DeregisterTaskDefinition", taskDefinition=bad)
        world.call("ecr", "BatchDeleteImage", repositoryName=PROD.ecr_repo, imageIds=[{"imageTag": version}])

    try:
        update(world, taskDefinition=bad)
    except Refused:
        take_away()
        raise

    def undo() -> None:
        if service(world)["taskDefinition"] == bad:
            update(world, taskDefinition=former)
        take_away()

    return undo


def _push(world: World, behaviour: ImageBehaviour) -> str:
    listed = world.call("ecr", "ListImages", repositoryName=PROD.ecr_repo)["imageIds"]
    taken = {each.get("imageTag") for each in listed}
    version = next(name for name in (f"1.{_NEXT}.{number}" for number in range(1000)) if name not in taken)
    world.images[PROD.ecr_repo, push(world, PROD.ecr_repo, version)] = behaviour
    return version


def _register(world: World, former: str, version: str, variables: Mapping[str, str]) -> str:
    kept = described(world, former)
    container = kept["containerDefinitions"][0]
    container["image"] = f"{container['image'].rpartition(':')[0]}:{version}"
    wanted = {"APP_VERSION": version, **variables}
    others = [each for each in container.get("environment", ()) if each["name"] not in wanted]
    container["environment"] = [*others, *({"name": name, "value": value} for name, value in wanted.items())]
    return register(world, kept)
