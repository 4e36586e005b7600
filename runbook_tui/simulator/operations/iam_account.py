"""The account's authorization details, with the AWS managed policies that are in use, as AWS gives them."""

from collections.abc import Iterator, Mapping
from typing import Any

from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World

_OF_AWS = "AWSManagedPolicy"


@overlay("iam", "GetAccountAuthorizationDetails")
def get_account_authorization_details(world: World, parameters: Parameters) -> Reply:
    """moto would give every policy that AWS has ever published: more than a thousand documents."""
    wanted = list(parameters.get("Filter") or ("User", "Role", "Group", "LocalManagedPolicy", _OF_AWS))
    if _OF_AWS not in wanted:
        return None
    everybody = ["User", "Role", "Group", "LocalManagedPolicy"]
    answer = dict(world.call("iam", "GetAccountAuthorizationDetails", Filter=everybody))
    in_use = sorted(set(_attached(answer)))
    policies = answer["Policies"] if "LocalManagedPolicy" in wanted else []
    answer["Policies"] = [*policies, *(_described(world, arn) for arn in in_use if arn.startswith("arn:aws:iam::aws:"))]
    for kind in ("User", "Role", "Group"):
        if kind not in wanted:
            answer[f"{kind}DetailList"] = []
    return answer


def _attached(answer: Mapping[str, Any]) -> Iterator[str]:
    for kind in ("User", "Role", "Group"):
        for one in answer.get(f"{kind}DetailList", ()):
            for policy in one.get("AttachedManagedPolicies", ()):
                yield policy["PolicyArn"]


def _described(world: World, arn: str) -> dict[str, Any]:
    told = world.call("iam", "GetPolicy", PolicyArn=arn)["Policy"]
    version = world.call("iam", "GetPolicyVersion", PolicyArn=arn, VersionId=told["DefaultVersionId"])["PolicyVersion"]
    return {**told, "PolicyVersionList": [version]}
