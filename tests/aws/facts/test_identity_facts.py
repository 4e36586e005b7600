"""Facts of who signs, the front end and tags."""

from datetime import timedelta
from typing import Any

import pytest

from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.frontend import FrontendFacts
from runbook_tui.aws.facts.identity import ACTIONS_AT_ONCE, Caller, IdentityFacts, PrincipalKind
from runbook_tui.aws.facts.tagging import TaggingFacts
from tests.support.facts import NOON, answers
from tests.support.ground import but, caller, ground


@pytest.mark.parametrize(
    ("arn", "kind", "role"),
    [
        ("arn:aws:iam::123456789012:root", PrincipalKind.ROOT, ""),
        ("arn:aws:iam::123456789012:user/root", PrincipalKind.USER, ""),
        ("arn:aws:sts::123456789012:assumed-role/Ops/jo@x.dev", PrincipalKind.ASSUMED_ROLE, "Ops"),
        ("arn:aws-cn:sts::123456789012:assumed-role/Ops/i-1", PrincipalKind.ASSUMED_ROLE, "Ops"),
        ("arn:aws:sts::123456789012:federated-user/jo", PrincipalKind.FEDERATED_USER, ""),
        ("nonsense", PrincipalKind.OTHER, ""),
    ],
)
def test_kind_of_caller(arn: str, kind: PrincipalKind, role: str) -> None:
    """The kind of principal is read from the ARN's resource, and from nothing else in it."""
    found = Caller(account="123456789012", arn=arn)
    assert (found.kind, found.role) == (kind, role)


def test_caller_without_account() -> None:
    """An answer without the account is Malformed: an empty account must not pass for one."""
    with pytest.raises(Malformed):
        Caller.from_api({"Arn": "arn:aws:iam::123456789012:root"})


@pytest.mark.parametrize("name", ["date", "Date"])
def test_skew_by_the_header(name: str) -> None:
    """The header's name may be written either way; the skew is what we are ahead."""
    answer = caller()
    date = answer["ResponseMetadata"]["HTTPHeaders"].pop("date")
    answer["ResponseMetadata"]["HTTPHeaders"][name] = date
    assert IdentityFacts(answers(but(get_caller_identity=answer))).clock_skew(NOON + timedelta(seconds=5)) == 5


def test_one_denied_resource_is_a_denial() -> None:
    """The decision of each resource counts; the one on top may be that of any of them."""
    raw = {
        "EvaluationResults": [
            {
                "EvalActionName": "a:B",
                "EvalDecision": "allowed",
                "ResourceSpecificResults": [
                    {"EvalResourceDecision": "allowed"},
                    {"EvalResourceDecision": "implicitDeny", "MissingContextValues": ["aws:SourceIp"]},
                ],
            }
        ]
    }
    (one,) = IdentityFacts(answers(but(simulate_principal_policy=raw))).simulate("arn", ["a:B"], ["x", "y"])
    assert (one.allowed, one.missing_context) == (False, ("aws:SourceIp",))


def test_reason_of_a_denial() -> None:
    """Who denies is told: the organization, the boundary, a policy, or nobody allows."""
    raw: list[dict[str, Any]] = [
        {"EvalDecision": "implicitDeny", "OrganizationsDecisionDetail": {"AllowedByOrganizations": False}},
        {"EvalDecision": "implicitDeny", "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False}},
        {"EvalDecision": "explicitDeny"},
        {"EvalDecision": "implicitDeny"},
    ]
    answer = {"EvaluationResults": [{"EvalActionName": "a:B", **one} for one in raw]}
    found = IdentityFacts(answers(but(simulate_principal_policy=answer))).simulate("arn", ["a:B"], ["*"])
    assert [one.why for one in found] == [
        "by a policy of the organization",
        "by the permissions boundary",
        "explicitly",
        "no policy allows it",
    ]


def test_many_actions_go_in_several_requests() -> None:
    """More actions than one request may hold are asked in several, none of them twice."""
    reader = answers(ground())
    names = [f"ecs:Action{number}" for number in range(2 * ACTIONS_AT_ONCE + 1)]
    found = IdentityFacts(reader).simulate("arn", names, ["*"])
    assert [one.eval_action_name for one in found] == names
    assert [len(given["ActionNames"]) for _, _, given in reader.asked] == [ACTIONS_AT_ONCE, ACTIONS_AT_ONCE, 1]


def test_functions_without_their_environment() -> None:
    """A function's environment values do not enter its fact."""
    raw = {
        "Functions": [
            {"FunctionName": "f", "Environment": {"Variables": {"TOKEN": "planted"}}, "VpcConfig": {"SubnetIds": ["s"]}}
        ]
    }
    (one,) = FrontendFacts(answers(but(list_functions=raw))).functions()
    assert (one.function_name, one.vpc_config.subnet_ids) == ("f", ("s",))
    assert "planted" not in repr(one)


def test_no_distributions() -> None:
    """CloudFront leaves Items out where there are none."""
    assert FrontendFacts(answers(but(list_distributions={"DistributionList": {"Quantity": 0}}))).distributions() == ()


def test_apis_by_name_and_id() -> None:
    """APIs of both kinds are known by their names and their ids."""
    assert FrontendFacts(answers(ground())).apis() == {"a1", "legacy", "h1", "forms"}


def test_tag_of_a_resource() -> None:
    """A tag is found by its key; a tag with an empty value is there, another is not."""
    raw = {"ResourceTagMappingList": [{"ResourceARN": "arn:1", "Tags": [{"Key": "Project", "Value": ""}]}]}
    (one,) = TaggingFacts(answers(but(get_resources=raw))).tagged("Project")
    assert (one.value("Project"), one.value("Component")) == ("", None)
