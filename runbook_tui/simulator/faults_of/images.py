"""The registry: what a new task wants to pull is not there, or is no longer fit to run."""

from runbook_tui.simulator.ecr.images import digest_of, image_of, repository_of
from runbook_tui.simulator.ecr.scans import look_again
from runbook_tui.simulator.ecr.vulnerabilities import GRAVE, Disclosed
from runbook_tui.simulator.faults_of.prod import PROD, service
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Undo, fault
from runbook_tui.simulator.world import World


@fault("image-gone", "prod: the image of the running release is no longer in ECR; running tasks run on")
def image_gone(world: World, _argument: str) -> Undo:
    tag = _running_tag(world)
    repository = world.backend("ecr").repositories[PROD.ecr_repo]
    former = list(repository.images)
    kept = [each for each in former if tag not in each.image_tags]
    if len(kept) == len(former):
        raise Refused("ImageNotFoundException", f"The image with tag {tag} does not exist.")
    repository.images[:] = kept

    def undo() -> None:
        repository.images[:] = [*former, *(each for each in repository.images if each not in former)]

    return undo


@fault(
    "image-findings", "prod: grave vulnerabilities have become known in the running image, and a scan has found them"
)
def image_findings(world: World, _argument: str) -> Undo:
    repository = repository_of(world, PROD.ecr_repo)
    key = (repository.name, digest_of(image_of(world, repository, {"imageTag": _running_tag(world)})))
    disclosed = world.store(Disclosed).of
    disclosed[key] = GRAVE
    look_again(world, *key)

    def undo() -> None:
        disclosed.pop(key, None)
        look_again(world, *key)

    return undo


def _running_tag(world: World) -> str:
    definition = world.call("ecs", "DescribeTaskDefinition", taskDefinition=service(world)["taskDefinition"])
    return str(definition["taskDefinition"]["containerDefinitions"][0]["image"]).rpartition(":")[2]
