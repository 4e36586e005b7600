"""KMS: keys switched off and on. moto answers these with nothing that a client could read."""

from typing import Any

from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_DELETING = "PendingDeletion"


@overlay("kms", "EnableKey")
def enable_key(world: World, parameters: Parameters) -> Reply:
    return _switch(world, parameters, enabled=True)


@overlay("kms", "DisableKey")
def disable_key(world: World, parameters: Parameters) -> Reply:
    return _switch(world, parameters, enabled=False)


@overlay("kms", "CancelKeyDeletion")
def cancel_key_deletion(world: World, parameters: Parameters) -> Reply:
    """The key comes back disabled."""
    key = _key(world, parameters)
    if key.key_state != _DELETING:
        raise Refused("KMSInvalidStateException", f"{key.arn} is not pending deletion.")
    key.key_state, key.deletion_date, key.enabled = "Disabled", None, False
    return {"KeyId": key.arn}


def _switch(world: World, parameters: Parameters, *, enabled: bool) -> Reply:
    key = _key(world, parameters)
    if key.key_state == _DELETING:
        raise Refused("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    key.enabled, key.key_state = enabled, "Enabled" if enabled else "Disabled"
    return {}


def _key(world: World, parameters: Parameters) -> Any:
    """By id or ARN: these operations take no alias."""
    keys = world.backend("kms").keys
    found = keys.get(str(parameters["KeyId"]).rpartition("/")[2])
    if found is None:
        raise Refused("NotFoundException", f"Key '{parameters['KeyId']}' does not exist")
    return found
