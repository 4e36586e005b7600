"""IAM: what principals may do, judged over the policies that moto keeps."""

from runbook_tui.simulator.iam.attached import boundary, identity_policies
from runbook_tui.simulator.iam.documents import read
from runbook_tui.simulator.iam.evaluate import Named, Set
from runbook_tui.simulator.iam.principals import Sessions, role_of, user_of
from runbook_tui.simulator.iam.simulate import (
    Question,
    given_context,
    listed_policies,
    refuse_handling,
    resource_policy,
    simulated,
)
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, after, overlay
from runbook_tui.simulator.world import World


@overlay("iam", "SimulatePrincipalPolicy")
def simulate_principal_policy(world: World, parameters: Parameters) -> Reply:
    """Of a role or a user; further policies may be given with the question."""
    refuse_handling(parameters)
    source = str(parameters["PolicySourceArn"])
    if ":role/" not in source and ":user/" not in source:
        raise not_simulated("iam:SimulatePrincipalPolicy for anything but a role or a user")
    if role_of(world, source) is None and user_of(world, source) is None:
        raise Refused("NoSuchEntity", f"{source} does not exist.", 404)
    caller = str(parameters.get("CallerArn") or source)
    given = listed_policies(parameters, "PermissionsBoundaryPolicyInputList")
    question = Question(
        policies=Set(
            identity=[*identity_policies(world, source), *listed_policies(parameters, "PolicyInputList")],
            boundary=given or boundary(world, source),
            resource=resource_policy(parameters),
        ),
        context=given_context(parameters, _known_of(world, source)),
        principals=_names(caller),
    )
    return simulated(world, question, parameters)


@overlay("iam", "SimulateCustomPolicy")
def simulate_custom_policy(world: World, parameters: Parameters) -> Reply:
    refuse_handling(parameters)
    question = Question(
        policies=Set(
            identity=listed_policies(parameters, "PolicyInputList"),
            boundary=listed_policies(parameters, "PermissionsBoundaryPolicyInputList") or None,
            resource=resource_policy(parameters),
        ),
        context=given_context(parameters, {}),
        principals=_names(str(parameters.get("CallerArn") or "")),
    )
    return simulated(world, question, parameters)


@overlay("iam", "PutRolePolicy")
@overlay("iam", "PutUserPolicy")
@overlay("iam", "PutGroupPolicy")
@overlay("iam", "CreatePolicy")
def must_be_a_policy(_world: World, parameters: Parameters) -> Reply:
    """What cannot be read could not be judged either."""
    read(parameters["PolicyDocument"])
    return None


@after("iam", "DeleteAccessKey")
def good_for_nothing(world: World, parameters: Parameters) -> Reply:
    """A key that was deleted does not become the operator's, as an unknown one would."""
    world.store(Sessions).deleted.add(parameters["AccessKeyId"])
    return None


def _known_of(world: World, source: str) -> dict[str, list[str]]:
    """What IAM fills in by itself."""
    known = {"aws:PrincipalArn": [source], "aws:PrincipalAccount": [source.split(":")[4]]}
    user = user_of(world, source)
    return known if user is None else {**known, "aws:username": [user.name], "aws:userid": [user.id]}


def _names(caller: str) -> dict[tuple[str, str], Named]:
    if not caller:
        return {}
    account = caller.split(":")[4]
    itself = Named.BY_ROLE if ":role/" in caller else Named.ITSELF
    root = {("AWS", f"arn:aws:iam::{account}:root"): Named.BY_ACCOUNT, ("AWS", account): Named.BY_ACCOUNT}
    return root | {("AWS", caller): itself, ("AWS", "*"): itself}
