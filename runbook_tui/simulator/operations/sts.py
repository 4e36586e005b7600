"""STS: who calls."""

from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import ON_CALL_ROLE, SESSION_NAME, World


@overlay("sts", "GetCallerIdentity")
def get_caller_identity(world: World, _parameters: Parameters) -> Reply:
    """Keys that moto issued are who they were issued to; every other key is the operator on call."""
    from moto.backends import get_backend

    backends = get_backend("sts")
    if backends[world.account]["aws"].get_assumed_role_from_access_key(world.caller):
        return None
    role = world.backend("iam").roles
    identifier = next((each.id for each in role.values() if each.name == ON_CALL_ROLE), "AROASIMULATEDONCALL0")
    return {"UserId": f"{identifier}:{SESSION_NAME}", "Account": world.account, "Arn": world.on_call_arn}
