"""Releases on staging as a pipeline brings them: an image, a revision that names it, and the service told to use it."""

from runbook_tui.simulator.ecs.revision import described, register
from runbook_tui.simulator.image_behaviour import HEALTHY, ImageBehaviour
from runbook_tui.simulator.seed.registry import push
from runbook_tui.simulator.server import Simulator
from tests.support.stepped import CLUSTER, client

OFF = {"enable": False, "rollback": False}
STAGING = "asharvi-backend-staging"


def pushed(simulator: Simulator, service: str, version: str, behaviour: ImageBehaviour = HEALTHY) -> str:
    """Its digest. Services, repositories and families have one name."""
    digest = push(simulator.world, service, version)
    simulator.world.images[service, digest] = behaviour
    return digest


def released(simulator: Simulator, service: str, version: str, behaviour: ImageBehaviour = HEALTHY) -> None:
    """The deployment has only begun."""
    pushed(simulator, service, version, behaviour)
    kept = described(simulator.world, running(simulator, service))
    container = kept["containerDefinitions"][0]
    container["image"] = f"{container['image'].rpartition(':')[0]}:{version}"
    new = register(simulator.world, kept)
    client(simulator, "ecs").update_service(cluster=CLUSTER, service=service, taskDefinition=new)


def without_breaker(simulator: Simulator, service: str) -> None:
    """Nobody but the operator goes back."""
    alone = {"minimumHealthyPercent": 100, "maximumPercent": 200, "deploymentCircuitBreaker": OFF}
    ecs = client(simulator, "ecs")
    ecs.update_service(cluster=CLUSTER, service=service, deploymentConfiguration=alone)


def running(simulator: Simulator, service: str) -> str:
    """The ARN of the revision that the service is told to run."""
    found = client(simulator, "ecs").describe_services(cluster=CLUSTER, services=[service])["services"][0]
    return str(found["taskDefinition"])
