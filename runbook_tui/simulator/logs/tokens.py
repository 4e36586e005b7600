"""Tokens of pages that are good for their own request alone."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from runbook_tui.simulator.refusal import Refused

_LEFT_OUT = ("nextToken", "limit")


def token(place: int, parameters: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(f"{place}/{_of(parameters)}".encode()).decode()


def place(text: str | None, parameters: Mapping[str, Any]) -> int:
    """0 without a token. Raises Refused for one of another request, or made up."""
    if not text:
        return 0
    try:
        number, _, of = base64.urlsafe_b64decode(text.encode()).decode().partition("/")
    except ValueError:
        number, of = "", ""
    if not number.isdecimal() or of != _of(parameters):
        raise Refused("InvalidParameterException", "The specified nextToken is invalid.")
    return int(number)


def _of(parameters: Mapping[str, Any]) -> str:
    kept = {name: value for name, value in parameters.items() if name not in _LEFT_OUT}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, default=str).encode()).hexdigest()[:12]
