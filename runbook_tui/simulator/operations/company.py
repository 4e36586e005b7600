"""What others do while somebody sets an account up: Atlas asks to be a neighbour, and the pipeline has its first run.

Only in a world that begins empty, and as people do it: some minutes after it has become possible.
"""

from typing import Any, Final

from msgspec import Struct

from runbook_tui.simulator.names import SITE
from runbook_tui.simulator.registry import Parameters, Reply, after
from runbook_tui.simulator.seed.peering import ask
from runbook_tui.simulator.seed.registry import push
from runbook_tui.simulator.world import World

_LATER: Final = 300.0  # seconds
FIRST: Final = "1.0.0"
_OVER: Final = ("deleted", "rejected", "failed", "expired")


class Company(Struct):
    """``is_there``: others work along with whoever sets up. ``theirs``: the repositories that their pipeline fills."""

    is_there: bool = False
    theirs: tuple[str, ...] = ()


@after("ec2", "CreateVpc")
def atlas_asks(world: World, _parameters: Parameters) -> Reply:
    if world.store(Company).is_there:
        vpc = next(reversed(world.backend("ec2").vpcs))
        world.agenda.after(_LATER, lambda: _ask(world, vpc))
    return None


@after("ecr", "CreateRepository")
def the_pipeline_runs(world: World, parameters: Parameters) -> Reply:
    name = parameters["repositoryName"]
    company = world.store(Company)
    if company.is_there and name in company.theirs:
        world.agenda.after(_LATER, lambda: _push(world, name))
    return None


def _ask(world: World, vpc: str) -> None:
    ec2: Any = world.backend("ec2")
    connected = [one for one in ec2.vpc_pcxs.values() if one.status["Code"] not in _OVER and one.peer_vpc.id == vpc]
    if vpc in ec2.vpcs and not connected:
        ask(world, vpc)


def _push(world: World, repository: str) -> None:
    """With the rights of the pipeline's role: without it, its run fails."""
    kept = world.backend("ecr").repositories.get(repository)
    roles = {role.name for role in world.backend("iam").roles.values()}
    if kept is not None and not kept.images and SITE.iam.cicd_role in roles:
        push(world, repository, FIRST)
