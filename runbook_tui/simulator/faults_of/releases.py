"""Releases that go wrong in prod, each in its own way."""

from runbook_tui.simulator.faults_of.prod import PROD, service, update
from runbook_tui.simulator.faults_of.release import release
from runbook_tui.simulator.image_behaviour import ImageBehaviour
from runbook_tui.simulator.registry import Undo, fault
from runbook_tui.simulator.world import World


@fault("bad-image", "prod: a release that passes its health checks and answers a third of the requests with 500")
def bad_image(world: World, _argument: str) -> Undo:
    return release(world, ImageBehaviour(error_rate=0.34))


@fault("ready-fails", "prod: a release whose /ready answers 503 for ever; the circuit breaker rolls it back")
def ready_fails(world: World, _argument: str) -> Undo:
    return release(world, ImageBehaviour(ready_status=503))


@fault("crash-loop", "prod: a release that ends with exit code 1 seconds after its start")
def crash_loop(world: World, _argument: str) -> Undo:
    return release(world, ImageBehaviour(crash_after=4.0))


@fault("oom", "prod: a release that needs more memory than its container has: exit code 137")
def oom(world: World, _argument: str) -> Undo:
    return release(world, ImageBehaviour(memory_mib=PROD.memory * 2))


@fault("heap-oom", "prod: a release that fills V8's heap within two minutes: exit code 134")
def heap_oom(world: World, _argument: str) -> Undo:
    return release(world, ImageBehaviour(out_of_heap_after=110.0))


@fault("wrong-architecture", "prod: a release whose image was built for arm64")
def wrong_architecture(world: World, _argument: str) -> Undo:
    return release(world, ImageBehaviour(architecture="ARM64"))


@fault("wrong-container-port", "prod: a release that listens on 8080, while everything asks the guide's port")
def wrong_container_port(world: World, _argument: str) -> Undo:
    return release(world, variables={"PORT": "8080"})


@fault("slow-app", "prod: a release that is thirty times as slow as the one before")
def slow_app(world: World, _argument: str) -> Undo:
    return release(world, ImageBehaviour(latency_factor=30.0))


@fault("deployment-stuck", "prod: a deployment that may neither start a new task nor stop an old one")
def deployment_stuck(world: World, _argument: str) -> Undo:
    former = service(world)["deploymentConfiguration"]
    stuck = {**former, "minimumHealthyPercent": 100, "maximumPercent": 100}
    update(world, deploymentConfiguration=stuck, forceNewDeployment=True)
    return lambda: update(world, deploymentConfiguration=former)
