"""The value of a secret, for what runs inside of the simulated account."""

from typing import TYPE_CHECKING

from runbook_tui.simulator.refusal import Refused

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World


def secret_text(world: "World", arn: str) -> str:
    """As it is now; empty for a binary one. Raises Refused in the words of Secrets Manager."""
    from moto.core.exceptions import JsonRESTError

    try:
        # not by the API: every task that starts asks twice, and a call takes 2 ms
        value = world.backend("secretsmanager").get_secret_value(arn, None, None)
    except JsonRESTError as error:
        raise Refused(error.error_type, str(error.message)) from error
    return str(value.get("SecretString", ""))
