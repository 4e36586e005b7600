"""The registry: what a new task wants to pull is not there."""

from runbook_tui.simulator.faults_of.prod import PROD, service
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Undo, fault
from runbook_tui.simulator.world import World


@fault("image-gone", "prod: the image of the running release is no longer in ECR; running tasks run on")
def image_gone(world: World, _argument: str) -> Undo:
    definition = world.call("ecs", "DescribeTaskDefinition", taskDefinition=service(world)["taskDefinition"])
    tag = definition["taskDefinition"]["containerDefinitions"][0]["image"].rpartition(":")[2]
    repository = world.backend("ecr").repositories[PROD.ecr_repo]
    former = list(repository.images)
    kept = [each for each in former if tag not in each.image_tags]
    if len(kept) == len(former):
        raise Refused("ImageNotFoundException", f"The image with tag {tag} does not exist.")
    repository.images[:] = kept

    def undo() -> None:
        repository.images[:] = [*former, *(each for each in repository.images if each not in former)]

    return undo
