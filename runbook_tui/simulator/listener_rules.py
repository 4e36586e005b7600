"""Which action of a listener a request meets."""

import fnmatch
from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class Asked(Struct, frozen=True, kw_only=True):
    """``host`` is in lower case and has no port."""

    method: str
    host: str
    path: str
    query: str


def action_for(listener: Any, asked: Asked) -> Mapping[str, Any]:
    """That of the first rule that applies, by number; else the listener's own."""
    rules = sorted(
        (rule for rule in list(listener.rules.values()) if not rule.is_default), key=lambda rule: int(rule.priority)
    )
    actions = next((rule.actions for rule in rules if _applies(rule, asked)), listener.default_actions)
    action: Mapping[str, Any] = actions[-1].data
    return action


def goals(listener: Any) -> set[str]:
    """ARNs of the target groups that it forwards to, by itself or by one of its rules."""
    actions = [*listener.default_actions, *(action for rule in listener.rules.values() for action in rule.actions)]
    return {arn for action in actions if action.type == "forward" for arn in weights(action.data)}


def weights(action: Mapping[str, Any]) -> dict[str, int]:
    """The target groups of a forward action, and their weights."""
    groups = action.get("ForwardConfig", {}).get("TargetGroups") or ()
    if not groups:
        return {str(action["TargetGroupArn"]): 1}
    return {str(each["TargetGroupArn"]): int(each.get("Weight", 1)) for each in groups}


def location(redirect: Mapping[str, Any], asked: Asked, *, protocol: str, port: int) -> str:
    """Where a redirect points to; what it does not say stays as it was asked."""
    known = {
        "#{protocol}": protocol,
        "#{host}": asked.host,
        "#{port}": str(port),
        "#{path}": asked.path.lstrip("/"),
        "#{query}": asked.query,
    }

    def filled(member: str, default: str) -> str:
        text = str(redirect.get(member, default))
        for name, value in known.items():
            text = text.replace(name, value)
        return text

    address = (
        f"{filled('Protocol', '#{protocol}').lower()}://{filled('Host', '#{host}')}:{filled('Port', '#{port}')}"
        f"{filled('Path', '/#{path}')}"
    )
    query = filled("Query", "#{query}")
    return f"{address}?{query}" if query else address


def _applies(rule: Any, asked: Asked) -> bool:
    return all(_holds(condition, asked) for condition in rule.conditions)


def _holds(condition: Mapping[str, Any], asked: Asked) -> bool:
    """Conditions on headers, query strings and addresses are none of the guide's; a rule that has one never applies."""
    match condition["Field"]:
        case "host-header":
            values = condition.get("HostHeaderConfig", {}).get("Values") or condition.get("Values", ())
            return any(_like(asked.host, value.lower()) for value in values)
        case "path-pattern":
            values = condition.get("PathPatternConfig", {}).get("Values") or condition.get("Values", ())
            return any(_like(asked.path, value) for value in values)
        case "http-request-method":
            return asked.method in condition.get("HttpRequestMethodConfig", {}).get("Values", ())
        case _:
            return False


def _like(text: str, pattern: str) -> bool:
    """``*`` and ``?``, and nothing else, stand for others."""
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))
