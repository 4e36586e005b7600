"""Weights of record sets that share a host's requests, pure."""

from collections.abc import Mapping
from typing import Final

ALL: Final = 100


def shared_out(weights: Mapping[str, int], chosen: str, percent: int) -> dict[str, int]:
    """Weights that add up to 100, ``percent`` of it the chosen one's. The others keep their proportions: who had
    nothing gets nothing, unless none of them had anything."""
    others = {name: weight for name, weight in weights.items() if name != chosen}
    total, rest = sum(others.values()), ALL - percent
    parts = {name: rest * (weight if total else 1) // (total or len(others)) for name, weight in others.items()}
    most = max(parts, key=lambda name: (others[name], name))
    parts[most] += rest - sum(parts.values())  # what rounding left
    return {name: parts.get(name, percent) for name in weights}
