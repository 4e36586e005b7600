"""What IAM Access Analyzer finds in an identity policy: bad grammar, actions that do not exist, grants too wide."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from runbook_tui.simulator.iam.conditions import known_operator
from runbook_tui.simulator.iam.documents import read
from runbook_tui.simulator.iam.globs import listed
from runbook_tui.simulator.models import service_model
from runbook_tui.simulator.refusal import Refused

_LEARN = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html"
_MEMBERS = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
Finding = dict[str, Any]


def findings(text: str) -> list[Finding]:
    try:
        document = json.loads(text)
        policy = read(text)
    except (ValueError, Refused):
        return [_finding("ERROR", "JSON_SYNTAX_ERROR", "Fix the JSON syntax error in the policy.", [])]
    found = list(_of_document(document))
    for index, statement in enumerate(policy.statements):
        place = [{"value": "Statement"}, {"index": index}]
        found += _of_statement(statement.body, place)
    return found


def _of_document(document: Any) -> Iterator[Finding]:
    version = document.get("Version")
    if version is None:
        text = "We recommend that you specify the Version element to help you with debugging permission issues."
        yield _finding("WARNING", "MISSING_VERSION", text, [])
    elif version not in ("2012-10-17", "2008-10-17"):
        text = f"The version {version} is not valid. Use one of the following versions: 2012-10-17 or 2008-10-17."
        yield _finding("ERROR", "INVALID_VERSION", text, [{"value": "Version"}])


def _of_statement(body: Any, place: list[Any]) -> Iterator[Finding]:
    for member in sorted(set(body) - _MEMBERS):
        kind = "UNSUPPORTED_PRINCIPAL" if member.endswith("Principal") else "UNKNOWN_ELEMENT"
        yield _finding(
            "ERROR", kind, f"The element {member} is not supported in this policy.", [*place, _value(member)]
        )
    for first, second in (("Action", "NotAction"), ("Resource", "NotResource")):
        if first not in body and second not in body:
            text = f"Add a {first} or {second} element to the policy statement."
            yield _finding("ERROR", f"MISSING_{first.upper()}", text, place)
    for number, action in enumerate(listed(body.get("Action", []))):
        yield from _of_action(str(action), [*place, _value("Action"), {"index": number}])
    for operator in body.get("Condition") or {}:
        if not known_operator(operator):
            text = f"The condition operator {operator} is not valid."
            yield _finding("ERROR", "INVALID_CONDITION_OPERATOR", text, [*place, _value("Condition"), _value(operator)])
    yield from _too_wide(body, place)


def _of_action(action: str, place: list[Any]) -> Iterator[Finding]:
    prefix, colon, name = action.partition(":")
    if action == "*":
        return
    if not colon or not prefix or not name:
        yield _finding("ERROR", "INVALID_ACTION", f"The action {action} is not valid.", place)
        return
    known = _actions(prefix.lower())
    if known is not None and "*" not in name and "?" not in name and name.lower() not in known:
        yield _finding("ERROR", "INVALID_ACTION", f"The action {action} does not exist. Did you mean another?", place)


def _too_wide(body: Any, place: list[Any]) -> Iterator[Finding]:
    wide = body.get("Effect") == "Allow" and "*" in listed(body.get("Resource", []))
    if wide and "iam:passrole" in [str(each).lower() for each in listed(body.get("Action", []))]:
        text = "Using the iam:PassRole action with wildcards (*) in the resource can be overly permissive."
        yield _finding("SECURITY_WARNING", "PASS_ROLE_WITH_STAR_IN_RESOURCE", text, [*place, _value("Resource")])
    if wide and "*" in listed(body.get("Action", [])):
        text = "Using a wildcard (*) in the action and the resource allows everything. This can be overly permissive."
        yield _finding("WARNING", "ALLOW_WITH_UNRESTRICTED_ACTION_AND_RESOURCE", text, place)


# actions that are no operations of an API; a service that is not listed is judged by its API's operations
_ONLY_IAM = {
    "ecs": {"poll", "starttelemetrysession", "submitcontainerstatechange", "submittaskstatechange"},
    "iam": {"passrole"},
    "secretsmanager": set[str](),
    "cloudtrail": set[str](),
    "ecr": set[str](),
}


@lru_cache(maxsize=32)
def _actions(prefix: str) -> frozenset[str] | None:
    """In small letters; None where the API does not say all of a service's actions."""
    if prefix not in _ONLY_IAM:
        return None
    return frozenset({name.lower() for name in service_model(prefix).operation_names} | _ONLY_IAM[prefix])


def _finding(kind: str, code: str, details: str, place: list[Any]) -> Finding:
    nowhere = {"line": 1, "column": 0, "offset": 0}
    return {
        "findingType": kind,
        "issueCode": code,
        "findingDetails": details,
        "learnMoreLink": _LEARN,
        "locations": [{"path": place, "span": {"start": nowhere, "end": nowhere}}],
    }


def _value(text: str) -> dict[str, str]:
    return {"value": text}
