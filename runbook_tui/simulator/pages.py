"""Pages of a list, for answers that moto does not page."""

from collections.abc import Mapping, Sequence
from typing import Any

from runbook_tui.simulator.refusal import Refused


def page(
    items: Sequence[Any], parameters: Mapping[str, Any], *, size: str, token: str, limit: int
) -> tuple[list[Any], str | None]:
    """One page and the token of the next. ``size`` and ``token`` name the request's members, ``limit`` is AWS's."""
    start, count = _start(parameters.get(token)), min(int(parameters.get(size) or limit), limit)
    end = start + count
    return list(items[start:end]), str(end) if end < len(items) else None


def _start(token: str | None) -> int:
    if not token:
        return 0
    if not token.isdecimal():
        raise Refused("InvalidParameterException", "Invalid token.")
    return int(token)
