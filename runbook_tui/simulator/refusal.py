"""How a simulated service says no."""

from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """Becomes an error answer in the service's own wire protocol. ``more`` are further members of a JSON error."""

    def __init__(self, code: str, message: str, status: int = 400, more: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.more = dict(more or {})


def not_simulated(what: str) -> Refused:
    """400, so that no client tries again."""
    return Refused("NotSimulated", f"{what} is not simulated")
