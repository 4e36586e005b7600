"""IAM Access Analyzer: no analyzers, findings about a policy, and whether it grants what it must not."""

from typing import Any

from runbook_tui.simulator.iam.context import Given
from runbook_tui.simulator.iam.documents import policy_of, read
from runbook_tui.simulator.iam.evaluate import Asked, Decision, Set, evaluate
from runbook_tui.simulator.iam.globs import listed
from runbook_tui.simulator.iam.lint import findings
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World


@overlay("accessanalyzer", "ListAnalyzers")
def list_analyzers(_world: World, _parameters: Parameters) -> Reply:
    """Nobody can make one here, so there is none."""
    return {"analyzers": []}


@overlay("accessanalyzer", "ValidatePolicy")
def validate_policy(_world: World, parameters: Parameters) -> Reply:
    """Grammar, actions that do not exist, and what is too wide. Of identity policies only."""
    if parameters["policyType"] != "IDENTITY_POLICY":
        raise not_simulated(f"accessanalyzer:ValidatePolicy of a {parameters['policyType']}")
    found = findings(parameters["policyDocument"])
    items, token = page(found, parameters, size="maxResults", token="nextToken", limit=1000)  # noqa: S106
    return {"findings": items, "nextToken": token}


@overlay("accessanalyzer", "CheckAccessNotGranted")
def check_access_not_granted(_world: World, parameters: Parameters) -> Reply:
    """FAIL when a statement could allow one of the actions: a condition can be met. What a conditional denial leaves is
    not weighed here: a policy that has one, or NotResource, is refused."""
    if parameters["policyType"] != "IDENTITY_POLICY":
        raise not_simulated(f"accessanalyzer:CheckAccessNotGranted of a {parameters['policyType']}")
    try:
        policy = read(parameters["policyDocument"], "policyDocument")
    except Refused as refused:
        raise Refused("InvalidParameterException", "The policy document is invalid.") from refused
    if any("NotResource" in each.body or _denies_sometimes(each.body) for each in policy.statements):
        raise not_simulated("accessanalyzer:CheckAccessNotGranted of a policy with conditional denials or NotResource")
    granted = [
        (index, action)
        for access in parameters["access"]
        for action in access.get("actions") or ["*"]
        for index in _granting(policy.statements, action, access.get("resources") or ["*"])
    ]
    if not granted:
        return {"result": "PASS", "message": "The policy document does not grant access to perform the listed actions."}
    reasons = [
        {
            "description": f"One or more of the listed actions in the statement with index: {index}.",
            "statementIndex": index,
            **({"statementId": sid} if (sid := policy.statements[index].body.get("Sid")) else {}),
        }
        for index in dict.fromkeys(index for index, _ in granted)
    ]
    text = "The policy document grants access to perform one or more of the listed actions."
    return {"result": "FAIL", "message": text, "reasons": reasons}


def _granting(statements: Any, action: str, resources: list[str]) -> list[int]:
    """Statements that allow the action on one of the resources, unless it is denied everywhere."""
    if "*" in action:
        raise not_simulated("accessanalyzer:CheckAccessNotGranted of actions with wildcards")
    denied = [each for each in statements if each.body["Effect"] == "Deny"]
    asked_of = [_asked(action, resource) for resource in resources]
    return [
        index
        for index, each in enumerate(statements)
        if each.body["Effect"] == "Allow"
        for resource, asked in zip(resources, asked_of, strict=True)
        if _allows(each.body, asked, anywhere=resource == "*")
        and not any(_allows({**one.body, "Effect": "Allow"}, asked, anywhere=False) for one in denied)
    ][:1]


def _denies_sometimes(body: Any) -> bool:
    return body["Effect"] == "Deny" and "Condition" in body


def _allows(body: Any, asked: Asked, *, anywhere: bool) -> bool:
    """When its conditions are met; ``anywhere``: on whatever resource the statement names."""
    chosen = {name: value for name, value in body.items() if name != "Condition"}
    if anywhere and listed(body.get("Resource", [])):
        chosen["Resource"] = "*"
    document = {"Version": "2012-10-17", "Statement": [chosen]}
    return evaluate(Set(identity=[policy_of(document)]), asked).decision is Decision.ALLOWED


def _asked(action: str, resource: str) -> Asked:
    return Asked(action=action, resource=resource, context=Given({}))
