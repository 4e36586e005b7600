"""A simulated AWS that asks policies before every call."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runbook_tui.catalogue.permissions import policy
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.engine.survey import Answered, survey
from runbook_tui.simulator.clock import Clock
from runbook_tui.simulator.server import Simulator
from runbook_tui.wiring.kit import Kit
from tests.support.inside import Inside
from tests.support.past import digests_in, lived
from tests.support.simulator import started

pytestmark = pytest.mark.slow

ACCOUNT = "123456789012"
ON_CALL = f"arn:aws:iam::{ACCOUNT}:role/AsharviOnCall"
CLUSTER = f"arn:aws:ecs:ap-south-1:{ACCOUNT}:cluster/asharvi-backend-cluster"
SECRET = "asharvi/backend/prod"


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    with Simulator(clock=Clock(speed=0), enforce=True) as simulator:
        yield Inside(simulator)


def _document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def _deny(action: Any, resource: Any = "*") -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource}


def _user(inside: Inside, name: str, *statements: Mapping[str, Any]) -> Mapping[str, Any]:
    """A new user's access key."""
    inside.world.call("iam", "CreateUser", UserName=name)
    if statements:
        inside.world.call("iam", "PutUserPolicy", UserName=name, PolicyName="p", PolicyDocument=_document(*statements))
    key: Mapping[str, Any] = inside.world.call("iam", "CreateAccessKey", UserName=name)["AccessKey"]
    return key


def _role(inside: Inside, name: str, principal: Any, *statements: Mapping[str, Any], **more: Any) -> str:
    trust = _document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal})
    role = inside.world.call("iam", "CreateRole", RoleName=name, AssumeRolePolicyDocument=trust, **more)["Role"]
    inside.world.call("iam", "PutRolePolicy", RoleName=name, PolicyName="p", PolicyDocument=_document(*statements))
    return str(role["Arn"])


def _refused(call: Any, **parameters: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    error, metadata = raised.value.response["Error"], raised.value.response["ResponseMetadata"]
    return error["Code"], metadata["HTTPStatusCode"], error["Message"]


def test_each_protocol_denies_in_its_own_shape(inside: Inside) -> None:
    """And in AWS's sentence, with who, what, on which resource and why."""
    key = _user(inside, "nothing")
    user = f"arn:aws:iam::{ACCOUNT}:user/nothing"

    def sentence(action: str, resource: str = "*") -> str:
        who = f"User: {user} is not authorized to perform: {action} on resource: {resource}"
        return f"{who} because no identity-based policy allows the {action} action"

    answers = [
        _refused(inside.client("iam", key).delete_user, UserName="nothing"),
        _refused(inside.client("ec2", key).describe_vpcs),
        _refused(inside.client("ecs", key).describe_clusters, clusters=["asharvi-backend-cluster"]),
        _refused(inside.client("lambda", key).list_functions),
        _refused(inside.client("s3", key).list_buckets),
    ]
    unauthorized = f"You are not authorized to perform this operation. {sentence('ec2:DescribeVpcs')}"
    assert answers == [
        ("AccessDenied", 403, sentence("iam:DeleteUser", user)),
        ("UnauthorizedOperation", 403, unauthorized),
        ("AccessDeniedException", 400, sentence("ecs:DescribeClusters", CLUSTER)),
        ("AccessDeniedException", 403, sentence("lambda:ListFunctions")),
        ("AccessDenied", 403, sentence("s3:ListAllMyBuckets")),
    ]
    assert inside.client("sts", key).get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/nothing"


def test_an_explicit_deny_says_so(inside: Inside) -> None:
    """Though everything is allowed."""
    key = _user(inside, "denied", _allow("*"), _deny("ecs:Describe*", CLUSTER))
    ecs = inside.client("ecs", key)
    assert (
        "with an explicit deny in an identity-based policy"
        in _refused(ecs.describe_clusters, clusters=["asharvi-backend-cluster"])[2]
    )
    assert len(ecs.list_clusters()["clusterArns"]) == 1


def test_a_group_lends_its_policies(inside: Inside) -> None:
    """To a user who has none of its own."""
    key = _user(inside, "member")
    assert _refused(inside.client("logs", key).describe_log_groups)[0] == "AccessDeniedException"
    document = _document(_allow("logs:Describe*"))
    inside.world.call("iam", "CreateGroup", GroupName="readers")
    inside.world.call("iam", "PutGroupPolicy", GroupName="readers", PolicyName="p", PolicyDocument=document)
    inside.world.call("iam", "AddUserToGroup", GroupName="readers", UserName="member")
    assert len(inside.client("logs", key).describe_log_groups()["logGroups"]) >= 2


def test_only_the_named_resource_is_allowed(inside: Inside) -> None:
    """The other environment's secret is not."""
    arn = f"arn:aws:secretsmanager:ap-south-1:{ACCOUNT}:secret:{SECRET}-??????"
    secrets = inside.client("secretsmanager", _user(inside, "reader", _allow("secretsmanager:GetSecretValue", arn)))
    assert "MONGO_URI" in secrets.get_secret_value(SecretId=SECRET)["SecretString"]
    assert _refused(secrets.get_secret_value, SecretId="asharvi/backend/staging")[0] == "AccessDeniedException"


def test_a_resource_may_grant_by_itself(inside: Inside) -> None:
    """A secret's policy that names a user asks no policy of the user; its Deny beats everything."""
    key = _user(inside, "guest")
    name = "asharvi/backend/staging"
    statement = {"Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:user/guest"}
    for effect in ("Allow", "Deny"):
        text = _document({"Effect": effect, "Principal": principal, **statement})
        inside.world.call("secretsmanager", "PutResourcePolicy", SecretId=name, ResourcePolicy=text)
        if effect == "Allow":
            assert "SecretString" in inside.client("secretsmanager", key).get_secret_value(SecretId=name)
    inside.world.call(
        "iam", "PutUserPolicy", UserName="guest", PolicyName="p", PolicyDocument=_document(_allow("secretsmanager:*"))
    )
    message = _refused(inside.client("secretsmanager", key).get_secret_value, SecretId=name)[2]
    inside.world.call("secretsmanager", "DeleteResourcePolicy", SecretId=name)
    assert message.endswith("with an explicit deny in a resource-based policy")


def test_a_boundary_limits_a_role(inside: Inside) -> None:
    """And the sentence says that it was the boundary."""
    limit = inside.world.call("iam", "CreatePolicy", PolicyName="limit", PolicyDocument=_document(_allow("ecs:*")))
    boundary = limit["Policy"]["Arn"]
    arn = _role(inside, "Bounded", {"AWS": ON_CALL}, _allow("*"), PermissionsBoundary=boundary)
    session = inside.client("sts").assume_role(RoleArn=arn, RoleSessionName="bounded")["Credentials"]
    assert len(inside.client("ecs", session).list_clusters()["clusterArns"]) == 1
    message = _refused(inside.client("logs", session).describe_log_groups)[2]
    assert message.endswith("because no permissions boundary allows the logs:DescribeLogGroups action")


def test_a_session_s_own_policy_limits_it(inside: Inside) -> None:
    """What the role may do and the session may not is denied."""
    arn = _role(inside, "Limited", {"AWS": ON_CALL}, _allow("*"))
    given = inside.client("sts").assume_role(RoleArn=arn, RoleSessionName="limited", Policy=_document(_allow("ecs:*")))
    assert len(inside.client("ecs", given["Credentials"]).list_clusters()["clusterArns"]) == 1
    message = _refused(inside.client("iam", given["Credentials"]).list_users)[2]
    assert message.endswith("because no session policy allows the iam:ListUsers action")


def test_roles_are_assumed_by_those_whom_they_trust(inside: Inside) -> None:
    """A trust in the whole account needs a permission besides; a role that does not exist is denied, not missing."""
    root = _role(inside, "OfTheAccount", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, _allow("ecs:*"))
    alone, allowed = _user(inside, "alone"), _user(inside, "allowed", _allow("sts:AssumeRole", root))
    for key, arn in ((alone, root), (allowed, root.replace("OfTheAccount", "Nobody"))):
        code, status, message = _refused(inside.client("sts", key).assume_role, RoleArn=arn, RoleSessionName="session")
        assert (code, status, f"sts:AssumeRole on resource: {arn}" in message) == ("AccessDenied", 403, True)
    session = inside.client("sts", allowed).assume_role(RoleArn=root, RoleSessionName="session", DurationSeconds=900)
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/OfTheAccount/session"
    assert inside.client("sts", session["Credentials"]).get_caller_identity()["Arn"] == arn
    inside.wait(901)
    assert _refused(inside.client("ecs", session["Credentials"]).list_clusters)[0] == "ExpiredTokenException"


def _token(subject: str) -> str:
    host = "https://token.actions.githubusercontent.com"
    claims = {"iss": host, "aud": "sts.amazonaws.com", "sub": subject}
    return ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims, {})
    )


def test_the_delivery_role_trusts_its_repository_alone(inside: Inside) -> None:
    """By the claims of the token; then it may release, and pass the task's roles to ECS only."""
    sts, arn = inside.client("sts"), f"arn:aws:iam::{ACCOUNT}:role/AsharviCicdDeployRole"
    asked = {"RoleArn": arn, "RoleSessionName": "GitHubActions"}
    foreign = _token("repo:evil/backend:environment:prod")
    assert _refused(sts.assume_role_with_web_identity, **asked, WebIdentityToken=foreign)[0] == "AccessDenied"
    assert (
        _refused(sts.assume_role_with_web_identity, **asked, WebIdentityToken="nonsense")[0] == "InvalidIdentityToken"
    )
    own = _token("repo:asharvi/backend:environment:prod")
    session = sts.assume_role_with_web_identity(**asked, WebIdentityToken=own)["Credentials"]
    ecs = inside.client("ecs", session)
    known = ecs.describe_task_definition(taskDefinition="asharvi-backend-prod")["taskDefinition"]
    copy = {name: known[name] for name in ("family", "containerDefinitions", "networkMode", "taskRoleArn")}
    assert ecs.register_task_definition(**copy)["taskDefinition"]["family"] == "asharvi-backend-prod"
    message = _refused(ecs.register_task_definition, **{**copy, "taskRoleArn": ON_CALL})[2]
    assert f"iam:PassRole on resource: {ON_CALL}" in message
    assert _refused(inside.client("iam", session).list_users)[0] == "AccessDenied"


def test_a_key_that_is_off_or_deleted_is_good_for_nothing(inside: Inside) -> None:
    """It does not turn into the operator's."""
    key = _user(inside, "leaver", _allow("*"))
    iam = inside.client("iam", key)
    assert iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]["ServiceName"] == "iam"
    inside.world.call("iam", "UpdateAccessKey", UserName="leaver", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert _refused(iam.list_users)[:2] == ("InvalidClientTokenId", 403)
    inside.world.call("iam", "DeleteAccessKey", UserName="leaver", AccessKeyId=key["AccessKeyId"])
    assert _refused(inside.client("ecs", key).list_clusters)[0] == "UnrecognizedClientException"


def test_conditions_see_the_request(inside: Inside) -> None:
    """Its region, its cluster, the tags of the resource; a key that is not known is refused as not simulated."""
    tagged = {"StringEquals": {"aws:ResourceTag/Environment": "prod", "aws:RequestedRegion": "ap-south-1"}}
    only = {"ArnEquals": {"ecs:cluster": CLUSTER}}
    key = _user(
        inside,
        "conditional",
        _allow("ecs:DescribeServices", Condition=tagged),
        _allow("ecs:ListTasks", Condition=only),
        _allow("ecs:ListServices", Condition={"Bool": {"ecs:unheard-of": "true"}}),
    )
    ecs = inside.client("ecs", key)
    asked = {"cluster": "asharvi-backend-cluster"}
    assert ecs.describe_services(**asked, services=["asharvi-backend-prod"])["failures"] == []
    assert _refused(ecs.describe_services, **asked, services=["asharvi-backend-staging"])[0] == "AccessDeniedException"
    assert len(ecs.list_tasks(**asked)["taskArns"]) == 4
    assert _refused(ecs.list_tasks, cluster="default")[0] == "AccessDeniedException"
    code, _, message = _refused(ecs.list_services, **asked)
    assert (code, "ecs:unheard-of" in message) == ("NotSimulated", True)


def test_what_is_asked_beforehand_agrees_with_what_happens(inside: Inside) -> None:
    """With the statements that decided, the values that are missing, and the boundary."""
    limit = inside.world.call("iam", "CreatePolicy", PolicyName="asked", PolicyDocument=_document(_allow("ecs:*")))
    statements = [_allow("*"), _deny("ecs:DeleteCluster"), _allow("iam:PassRole", Condition={"Null": {"x:y": "false"}})]
    arn = _role(inside, "Asked", {"AWS": ON_CALL}, *statements, PermissionsBoundary=limit["Policy"]["Arn"])
    answer = inside.client("iam").simulate_principal_policy(
        PolicySourceArn=arn, ActionNames=["ecs:ListTasks", "ecs:DeleteCluster", "s3:GetObject"], ResourceArns=[CLUSTER]
    )
    results = {each["EvalActionName"]: each for each in answer["EvaluationResults"]}
    assert {name: each["EvalDecision"] for name, each in results.items()} == {
        "ecs:ListTasks": "allowed",
        "ecs:DeleteCluster": "explicitDeny",
        "s3:GetObject": "implicitDeny",
    }
    inner = {name: each["PermissionsBoundaryDecisionDetail"] for name, each in results.items()}
    assert [each["AllowedByPermissionsBoundary"] for each in inner.values()] == [True, True, False]
    (matched,) = results["ecs:DeleteCluster"]["MatchedStatements"]
    assert (matched["SourcePolicyId"], matched["SourcePolicyType"]) == ("role_Asked_p", "role")
    text = _document(*statements)
    place = slice(matched["StartPosition"]["Column"] - 1, matched["EndPosition"]["Column"] - 1)
    assert json.loads(text[place]) == statements[1]
    assert results["ecs:ListTasks"]["ResourceSpecificResults"][0]["EvalResourceName"] == CLUSTER


def test_policies_can_be_tried_before_they_are_made(inside: Inside) -> None:
    """With a value for a condition, or without."""
    passing = _allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}})
    asked = {"PolicyInputList": [_document(passing)], "ActionNames": ["iam:PassRole"]}
    entry = {
        "ContextKeyName": "iam:PassedToService",
        "ContextKeyValues": ["ecs-tasks.amazonaws.com"],
        "ContextKeyType": "string",
    }
    iam = inside.client("iam")
    inside.world.enforce = False
    (without,) = iam.simulate_custom_policy(**asked)["EvaluationResults"]
    (with_value,) = iam.simulate_custom_policy(**asked, ContextEntries=[entry])["EvaluationResults"]
    inside.world.enforce = True
    assert (without["EvalDecision"], without["MissingContextValues"]) == ("implicitDeny", ["iam:PassedToService"])
    assert with_value["EvalDecision"] == "allowed"


def _verdicts(kit: Kit) -> dict[str, str]:
    found: dict[str, str] = {}

    def heard(answer: Answered) -> None:
        found[answer.job.check] = answer.verdict.status.name

    survey(kit.checks, kit.clock, kit.jobs(("prod",)), heard)
    return found


def _attach(inside: Inside, documents: Sequence[Mapping[str, Any]], *, without: str = "") -> None:
    """To the role on call, in place of its own policies."""
    place = {"RoleName": "AsharviOnCall"}
    for name in inside.world.call("iam", "ListRolePolicies", **place)["PolicyNames"]:
        inside.world.call("iam", "DeleteRolePolicy", **place, PolicyName=name)
    for number, document in enumerate(documents):
        statements = [
            {**each, "Action": [action for action in each["Action"] if action != without]}
            for each in document["Statement"]
        ]
        left = [each for each in statements if each["Action"]]
        if left:
            inside.world.call("iam", "PutRolePolicy", **place, PolicyName=f"p{number}", PolicyDocument=_document(*left))


@pytest.mark.timeout(120)
def test_the_printed_policy_is_exactly_enough_for_every_check(inside: Inside, tmp_path: Path) -> None:
    """No check is denied anything; without one of its actions, exactly the checks that need it are unknown."""
    lived(tmp_path, inside.world.clock.now(), digests_in(partial(inside.world.call, "ecr")))
    checks, site = all_checks(), load_site(inside.simulator.site_path)
    kit = Kit(site, state_dir=tmp_path)
    documents = policy(checks.values(), site)
    _attach(inside, documents)
    before = len(tuple(inside.world.trail))
    verdicts = _verdicts(kit)
    assert [each.operation for each in tuple(inside.world.trail)[before:] if each.error] == []
    assert "UNKNOWN" not in verdicts.values()
    for action in (
        "elasticloadbalancing:DescribeTargetHealth",
        "secretsmanager:GetSecretValue",
        "ec2:DescribeRouteTables",
    ):
        _attach(inside, documents, without=action)
        unknown = {name for name, status in _verdicts(kit).items() if status == "UNKNOWN"}
        asked = {name for name, status in verdicts.items() if status != "SKIP"}  # the other database asks nothing
        assert unknown == {name for name in asked if action in checks[name].needs}


def test_the_verb_sim_enforces_when_it_is_told_to() -> None:
    """The role on call reads, and deletes nothing."""
    with started("--enforce") as running:
        assert len(running.client("ecs").list_clusters()["clusterArns"]) == 1
        refused = _refused(running.client("ecs").delete_cluster, cluster="asharvi-backend-cluster")
    assert refused[0] == "AccessDeniedException"
