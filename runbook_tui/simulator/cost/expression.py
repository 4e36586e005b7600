"""Cost Explorer's filters and groups, over one item of the bill."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from runbook_tui.simulator.cost.ledger import Item, Ledger
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.world import World

_EQUAL: tuple[set[str], ...] = ({"EQUALS"}, {"EQUALS", "CASE_SENSITIVE"}, {"CASE_SENSITIVE"}, set())
_GLOBAL = ("Amazon Route 53", "Amazon CloudFront")


def invalid(text: str) -> Refused:
    return Refused("ValidationException", text)


def dimension(world: World, name: str) -> Callable[[Item], str]:
    """NotSimulated for one that the bill of this world does not tell apart."""
    match name:
        case "SERVICE":
            return lambda item: item.line.price.service
        case "USAGE_TYPE":
            return lambda item: item.line.price.usage
        case "REGION":
            return lambda item: "global" if item.line.price.service in _GLOBAL else world.region
        case "LINKED_ACCOUNT":
            return lambda _item: world.account
        case "RECORD_TYPE":
            return lambda _item: "Usage"
        case _:
            raise not_simulated(f"ce dimension {name}")


def tag(world: World, key: str) -> Callable[[Item], str]:
    """The tag's value, empty without one. A tag that is no active cost allocation tag is on no item."""
    active = world.store(Ledger).tags.get(key, {}).get("Status") == "Active"
    return lambda item: item.line.tags.get(key, "") if active else ""


def grouping(world: World, wanted: Sequence[Mapping[str, str]]) -> Callable[[Item], tuple[str, ...]]:
    if len(wanted) > 2:
        raise invalid("GroupBy can have at most two groups.")
    parts = [_group(world, each) for each in wanted]
    return lambda item: tuple(part(item) for part in parts)


def _group(world: World, wanted: Mapping[str, str]) -> Callable[[Item], str]:
    key = wanted.get("Key", "")
    match wanted.get("Type"):
        case "DIMENSION":
            return dimension(world, key)
        case "TAG":
            value = tag(world, key)
            return lambda item: f"{key}${value(item)}"
        case other:
            raise not_simulated(f"ce groups by {other}")


def matching(world: World, wanted: Mapping[str, Any] | None) -> Callable[[Item], bool]:
    """Whether an item is meant by a filter; every one is without a filter."""
    if not wanted:
        return lambda _item: True
    if len(wanted) != 1:
        raise invalid("Expression must have exactly one root operator.")
    ((kind, inner),) = wanted.items()
    match kind:
        case "And" | "Or":
            each = [matching(world, one) for one in inner]
            whole = all if kind == "And" else any
            return lambda item: whole(one(item) for one in each)
        case "Not":
            held = matching(world, inner)
            return lambda item: not held(item)
        case "Dimensions":
            return _in_values(dimension(world, inner["Key"]), inner)
        case "Tags":
            return _in_values(tag(world, inner["Key"]), inner)
        case _:
            raise not_simulated(f"ce filters by {kind}")


def _in_values(value: Callable[[Item], str], wanted: Mapping[str, Any]) -> Callable[[Item], bool]:
    options, values = set(wanted.get("MatchOptions") or ()), set(wanted.get("Values") or ())
    if options == {"ABSENT"}:
        return lambda item: value(item) == ""
    if options not in _EQUAL:
        raise not_simulated(f"ce filters with {', '.join(sorted(options))}")
    return lambda item: value(item) in values
