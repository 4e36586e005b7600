"""Asking beforehand: what SimulatePrincipalPolicy and SimulateCustomPolicy answer."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from runbook_tui.simulator.iam.context import Context, Given
from runbook_tui.simulator.iam.documents import Policy, Statement, read
from runbook_tui.simulator.iam.evaluate import Asked, Decision, Judgement, Named, Set, evaluate
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import Refused, not_simulated

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World

_WORST = (Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY, Decision.ALLOWED)


class Question(Struct, frozen=True, kw_only=True):
    policies: Set
    context: Context
    principals: Mapping[tuple[str, str], Named]


def simulated(world: "World", question: Question, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """One result an action; with resources it holds one each."""
    resources = parameters.get("ResourceArns") or ["*"]
    results = []
    for action in parameters["ActionNames"]:
        _check(action)
        judged = [(resource, _judged(world, question, action, resource)) for resource in resources]
        results.append(_result(action, judged, bounded=question.policies.boundary is not None))
    items, marker = page(results, parameters, size="MaxItems", token="Marker", limit=1000)  # noqa: S106
    return {"EvaluationResults": items, "IsTruncated": marker is not None, "Marker": marker}


def given_context(parameters: Mapping[str, Any], own: Mapping[str, Sequence[str]]) -> Given:
    """What the request brings, over what is known of the principal."""
    entries = parameters.get("ContextEntries") or ()
    brought = {str(each["ContextKeyName"]): [str(v) for v in each.get("ContextKeyValues") or ()] for each in entries}
    return Given({**own, **brought})


def listed_policies(parameters: Mapping[str, Any], member: str) -> list[Policy]:
    texts = parameters.get(member) or ()
    return [_read(text, f"{member}.{number}", "none") for number, text in enumerate(texts, start=1)]


def resource_policy(parameters: Mapping[str, Any]) -> list[Policy]:
    text = parameters.get("ResourcePolicy")
    if text and not parameters.get("CallerArn"):
        raise Refused("InvalidInput", "The caller ARN is required when a resource policy is specified.")
    return [_read(text, "ResourcePolicy", "resource")] if text else []


def refuse_handling(parameters: Mapping[str, Any]) -> None:
    if parameters.get("ResourceHandlingOption"):
        raise not_simulated("an IAM policy simulation with ResourceHandlingOption")


def _read(text: str, name: str, kind: str) -> Policy:
    try:
        return read(text, name, kind)
    except Refused as refused:
        raise Refused("InvalidInput", refused.message) from refused


def _check(action: str) -> None:
    prefix, colon, name = action.partition(":")
    if not (prefix and colon and name) or "*" in action or "?" in action:
        raise Refused("InvalidInput", f"Invalid Action {action}: it must be a service, a colon and an action's name.")


def _judged(world: "World", question: Question, action: str, resource: str) -> Judgement:
    if _taken_away(world, action):
        return Judgement(Decision.EXPLICIT_DENY)
    asked = Asked(action=action, resource=resource, context=question.context, principals=question.principals)
    return evaluate(question.policies, asked)


def _taken_away(world: "World", action: str) -> bool:
    """A denying fault is a Deny from outside of the account's policies."""
    return any(action.lower() == each.lower() or each == f"{action.partition(':')[0]}:*" for each in world.denied)


def _result(action: str, judged: Sequence[tuple[str, Judgement]], *, bounded: bool) -> dict[str, Any]:
    decisions = {judgement.decision for _, judgement in judged}
    inside = all(judgement.inside_boundary for _, judgement in judged)
    result: dict[str, Any] = {
        "EvalActionName": action,
        "EvalResourceName": judged[0][0] if len(judged) == 1 else "*",
        "EvalDecision": next(each for each in _WORST if each in decisions).value,
        "MatchedStatements": _matched([each for _, judgement in judged for each in judgement.matched]),
        "MissingContextValues": sorted(set().union(*(judgement.missing for _, judgement in judged))),
        "ResourceSpecificResults": [_specific(*each, bounded=bounded) for each in judged if each[0] != "*"],
    }
    if bounded:
        result["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": inside}
    return result


def _specific(resource: str, judgement: Judgement, *, bounded: bool) -> dict[str, Any]:
    result: dict[str, Any] = {
        "EvalResourceName": resource,
        "EvalResourceDecision": judgement.decision.value,
        "MatchedStatements": _matched(judgement.matched),
        "MissingContextValues": sorted(judgement.missing),
    }
    if bounded:
        detail = {"AllowedByPermissionsBoundary": judgement.inside_boundary}
        result["PermissionsBoundaryDecisionDetail"] = detail
    return result


def _matched(statements: Sequence[Statement]) -> list[dict[str, Any]]:
    told = []
    for each in statements:
        (line, column), (last_line, last_column) = each.start, each.end
        one = {
            "SourcePolicyId": each.policy,
            "SourcePolicyType": each.kind,
            "StartPosition": {"Line": line, "Column": column},
            "EndPosition": {"Line": last_line, "Column": last_column},
        }
        if one not in told:
            told.append(one)
    return told
