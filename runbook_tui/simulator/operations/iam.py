"""IAM: what a role may do, judged over the policies that moto keeps."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from runbook_tui.simulator.pages import page
from runbook_tui.simulator.policies import Decision, Judgement, judge
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_TOO_MUCH = ("PolicyInputList", "PermissionsBoundaryPolicyInputList", "ResourcePolicy", "ResourceHandlingOption")


@overlay("iam", "SimulatePrincipalPolicy")
def simulate_principal_policy(world: World, parameters: Parameters) -> Reply:
    """One result an action; with several resources it holds one each."""
    for member in _TOO_MUCH:
        if parameters.get(member):
            raise not_simulated(f"iam:SimulatePrincipalPolicy with {member}")
    role = _role(world, parameters["PolicySourceArn"])
    policies, boundary = _policies(world, role["RoleName"]), _boundary(world, role)
    context = {
        each["ContextKeyName"]: each.get("ContextKeyValues") or [] for each in parameters.get("ContextEntries") or ()
    }

    def judged(action: str, resource: str) -> Judgement:
        if _taken_away(world, action):
            return Judgement(Decision.EXPLICIT_DENY)
        return judge(policies, boundary, action=action, resource=resource, context=context)

    resources = parameters.get("ResourceArns") or ["*"]
    results = [
        _result(action, [(each, judged(action, each)) for each in resources], bounded=boundary is not None)
        for action in parameters["ActionNames"]
    ]
    items, marker = page(results, parameters, size="MaxItems", token="Marker", limit=1000)  # noqa: S106
    return {"EvaluationResults": items, "IsTruncated": marker is not None, "Marker": marker}


def _result(action: str, judged: Sequence[tuple[str, Judgement]], *, bounded: bool) -> dict[str, Any]:
    decisions = {judgement.decision for _, judgement in judged}
    worst = next(
        each for each in (Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY, Decision.ALLOWED) if each in decisions
    )
    result: dict[str, Any] = {
        "EvalActionName": action,
        "EvalResourceName": judged[0][0] if len(judged) == 1 else "*",
        "EvalDecision": worst.value,
        "MatchedStatements": [],
        "MissingContextValues": sorted(set().union(*(judgement.missing for _, judgement in judged))),
        "ResourceSpecificResults": [
            {
                "EvalResourceName": resource,
                "EvalResourceDecision": judgement.decision.value,
                "MatchedStatements": [],
                "MissingContextValues": sorted(judgement.missing),
            }
            for resource, judgement in judged
            if resource != "*"
        ],
    }
    if bounded:
        inside = all(judgement.inside_boundary for _, judgement in judged)
        result["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": inside}
    return result


def _taken_away(world: World, action: str) -> bool:
    """A denying fault is a Deny from outside of the account's policies."""
    return any(action.lower() == each.lower() or each == f"{action.partition(':')[0]}:*" for each in world.denied)


def _role(world: World, arn: str) -> Mapping[str, Any]:
    if ":role/" not in arn:
        raise not_simulated("iam:SimulatePrincipalPolicy for anything but a role")
    role: Mapping[str, Any] = world.call("iam", "GetRole", RoleName=arn.rpartition("/")[2])["Role"]
    if role["Arn"] != arn:
        raise Refused("NoSuchEntity", f"{arn} does not exist.", 404)
    return role


def _policies(world: World, role: str) -> list[Mapping[str, Any]]:
    inline = [
        _document(world.call("iam", "GetRolePolicy", RoleName=role, PolicyName=name)["PolicyDocument"])
        for name in world.call("iam", "ListRolePolicies", RoleName=role)["PolicyNames"]
    ]
    attached = world.call("iam", "ListAttachedRolePolicies", RoleName=role)["AttachedPolicies"]
    return [*inline, *(_managed(world, each["PolicyArn"]) for each in attached)]


def _boundary(world: World, role: Mapping[str, Any]) -> Mapping[str, Any] | None:
    boundary = role.get("PermissionsBoundary")
    return _managed(world, boundary["PermissionsBoundaryArn"]) if boundary else None


def _managed(world: World, arn: str) -> Mapping[str, Any]:
    version = world.call("iam", "GetPolicy", PolicyArn=arn)["Policy"]["DefaultVersionId"]
    found = world.call("iam", "GetPolicyVersion", PolicyArn=arn, VersionId=version)
    return _document(found["PolicyVersion"]["Document"])


def _document(text: str | Mapping[str, Any]) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(unquote(text)) if isinstance(text, str) else text
    return document
