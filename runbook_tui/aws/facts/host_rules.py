"""Where a listener sends the requests for a host, pure: its rules by priority, the first that matches decides."""

from collections.abc import Iterable
from enum import Enum, auto
from typing import Final

from msgspec import Struct

from runbook_tui.aws.facts.balancing import ListenerAction, ListenerRule, RuleCondition
from runbook_tui.aws.facts.policy_document import glob

_LAST: Final = 1_000_000  # above the highest priority, 50000


class Match(Enum):
    """SOME: only some of the host's requests, such as those for a path. OPAQUE: a regular expression decides."""

    NONE = auto()
    SOME = auto()
    ALL = auto()
    OPAQUE = auto()


class Route(Struct, frozen=True, kw_only=True):
    """``deciding`` takes every request that came so far; ``shadows`` take some before it; ``opaque`` might."""

    deciding: ListenerRule | None
    shadows: tuple[ListenerRule, ...] = ()
    opaque: tuple[ListenerRule, ...] = ()


def route(rules: Iterable[ListenerRule], host: str) -> Route:
    shadows: list[ListenerRule] = []
    opaque: list[ListenerRule] = []
    for rule in sorted(rules, key=priority):
        match matching(rule, host):
            case Match.ALL:
                return Route(deciding=rule, shadows=tuple(shadows), opaque=tuple(opaque))
            case Match.SOME:
                shadows.append(rule)
            case Match.OPAQUE:
                opaque.append(rule)
            case Match.NONE:
                pass
    return Route(deciding=None, shadows=tuple(shadows), opaque=tuple(opaque))


def priority(rule: ListenerRule) -> int:
    """Numbers, not texts: 9 comes before 10. The default rule is the last."""
    return int(rule.priority) if rule.priority.isdecimal() and not rule.is_default else _LAST


def matching(rule: ListenerRule, host: str) -> Match:
    """All of a rule's conditions must hold, and of each one of its values."""
    found = [_holds(condition, host) for condition in rule.conditions]
    for kind in (Match.NONE, Match.OPAQUE, Match.SOME):
        if kind in found:
            return kind
    return Match.ALL


def shares(actions: Iterable[ListenerAction]) -> dict[str, float]:
    """Parts of the requests by the target group's name; empty where they are not forwarded, or by weights of 0."""
    groups = [group for action in actions if action.type == "forward" for group in action.groups]
    total = sum(max(group.weight, 0) for group in groups)
    parts: dict[str, float] = {}
    for group in groups:
        if group.weight > 0:
            parts[group.name] = parts.get(group.name, 0.0) + group.weight / total
    return parts


def _holds(condition: RuleCondition, host: str) -> Match:
    match condition.field:
        case "host-header":
            names = (*condition.values, *condition.host_header_config.values)
            if any(glob(name.lower(), host.lower()) for name in names):
                return Match.ALL
            return Match.OPAQUE if condition.host_header_config.regex_values else Match.NONE
        case "path-pattern":
            paths = (*condition.values, *condition.path_pattern_config.values)
            return Match.ALL if {"*", "/*"} & set(paths) else Match.SOME
        case _:
            return Match.SOME
