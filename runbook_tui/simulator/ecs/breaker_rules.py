"""How many failed tasks a deployment circuit breaker bears."""

import math
from collections.abc import Mapping
from typing import Any

_LEAST, _MOST = 3, 200
_USUAL: Mapping[str, Any] = {"type": "BOUNDED_PERCENT", "value": 50}


def threshold(configuration: Mapping[str, Any], desired: int) -> int:
    """With this many failed tasks the deployment has failed."""
    rule = configuration.get("deploymentCircuitBreaker", {}).get("thresholdConfiguration") or _USUAL
    value = int(rule.get("value", _USUAL["value"]))
    share = math.ceil(desired * value / 100)
    match rule.get("type", _USUAL["type"]):
        case "COUNT":
            return value
        case "UNBOUNDED_PERCENT":
            return max(share, 1)
        case _:
            return min(_MOST, max(_LEAST, share))
