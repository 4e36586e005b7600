"""Facts of IAM."""

from typing import Any

import pytest

from runbook_tui.aws.errors import Malformed, Missing, ServerFault
from runbook_tui.aws.facts.credential_report import read_report
from runbook_tui.aws.facts.iam import PATIENCE_S, TASK_ROLE, IamFacts
from runbook_tui.aws.facts.iam_account import read_details
from tests.support.facts import NOON, Answers, answers
from tests.support.iam_ground import allow, attached, but, details, document, inline, managed, people, user_detail

CUSTOM = "arn:aws:iam::123456789012:policy/team/Deploy"


class Making:
    """A report that IAM makes for some time; ``waited`` are the pauses between two looks."""

    def __init__(self, *states: str) -> None:
        self._states = list(states)
        self.waited: list[float] = []

    def state(self, **_: Any) -> dict[str, Any]:
        return {"State": self._states.pop(0) if len(self._states) > 1 else self._states[0]}

    def facts(self) -> IamFacts:
        world = but(people(), generate_credential_report=self.state)
        return IamFacts(answers(world), self.waited.append)


def test_a_report_is_waited_for() -> None:
    """A report under way is asked for again until it is there."""
    making = Making("STARTED", "INPROGRESS", "COMPLETE")
    assert [one.name for one in making.facts().credential_report().users] == ["asha", "dev", "asharvi-ci"]
    assert len(making.waited) == 2


def test_a_report_is_not_waited_for_for_ever() -> None:
    """After a minute nobody waits any more."""
    making = Making("INPROGRESS")
    with pytest.raises(ServerFault, match="not ready"):
        making.facts().credential_report()
    assert PATIENCE_S <= sum(making.waited) <= PATIENCE_S + max(making.waited)
    assert making.waited == sorted(making.waited)


def test_the_root_user_is_no_user() -> None:
    """Its row may say anything: it is judged elsewhere."""
    found = read_report(b"user,password_enabled,mfa_active\n<root_account>,not_supported,true\njo,true,false\n", NOON)
    assert [(one.name, one.password, one.mfa) for one in found.users] == [("jo", True, False)]


@pytest.mark.parametrize(
    ("content", "made"),
    [
        (b"user,password_enabled,mfa_active\njo,true,perhaps\n", NOON),
        (b"user,password_enabled\njo,true\n", NOON),
        (b"", NOON),
        (None, NOON),
        (b'user,password_enabled,mfa_active\n"jo,true,true\n', NOON),
        (b"user,password_enabled,mfa_active\njo,true,true\n", NOON.replace(tzinfo=None)),
        (b"user,password_enabled,mfa_active\njo,true,true\n", None),
    ],
)
def test_what_is_no_report(content: Any, made: Any) -> None:
    """A report that cannot be read is not taken for one without users."""
    with pytest.raises(Malformed):
        read_report(content, made)


def test_a_policy_in_its_default_version() -> None:
    """A managed policy counts as its default version says, not its first."""
    (user, *_) = read_details(
        details(
            user_detail("jo", groups=(), AttachedManagedPolicies=attached(CUSTOM)),
            policies=(managed(CUSTOM, allow("ecs:UpdateService")),),
        )
    ).users
    (one,) = user.statements
    assert (one.policy, one.statement.actions) == ("Deploy", ("ecs:UpdateService",))


def test_policies_of_a_users_groups() -> None:
    """A user has what its groups have."""
    found = read_details(details()).user("asha")
    assert found is not None
    assert [one.policy for one in found.statements] == ["read", "mfa"]


def test_policies_that_nobody_has() -> None:
    """A customer policy without attachments is told apart from AWS's."""
    of_aws = managed("arn:aws:iam::aws:policy/X", allow("*"), attached=0)
    found = read_details(details(policies=(managed(CUSTOM, allow("*"), attached=0), of_aws)))
    assert [one.arn for one in found.unattached] == [CUSTOM]


@pytest.mark.parametrize("member", ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"])
def test_half_a_description(member: str) -> None:
    """A list that did not come is not an empty one."""
    answer = details()
    del answer[member]
    with pytest.raises(Malformed):
        read_details(answer)


def test_policies_of_a_role() -> None:
    """Attached ones by their default version, and inline ones, quoted for a URL or not."""
    world: Answers = {
        ("iam", "list_attached_role_policies"): {"AttachedPolicies": attached(CUSTOM)},
        ("iam", "get_policy"): {"Policy": {"DefaultVersionId": "v7"}},
        ("iam", "get_policy_version"): {"PolicyVersion": {"Document": document(allow("s3:*"))}},
        ("iam", "list_role_policies"): {"PolicyNames": ["own"]},
        ("iam", "get_role_policy"): {"RoleName": "r", **inline("own", allow("ecs:*"))},
    }
    reader = answers(world)
    found = IamFacts(reader).role_policies("r", TASK_ROLE)
    assert [(one.name, one.document.statements[0].actions) for one in found] == [
        ("Deploy", ("s3:*",)),
        ("own", ("ecs:*",)),
    ]
    assert ("iam", "get_policy_version", {"PolicyArn": CUSTOM, "VersionId": "v7"}) in reader.asked


def test_a_role_that_is_not_there() -> None:
    """It is Missing as the role that the site means it to be."""
    with pytest.raises(Missing) as caught:
        IamFacts(answers({("iam", "get_role"): Missing("iam:role", "r")})).role("r", TASK_ROLE)
    assert (caught.value.kind, caught.value.name) == (TASK_ROLE, "r")


def test_services_last_used() -> None:
    """The job is asked for until it has ended."""
    states = ["IN_PROGRESS", "COMPLETED"]

    def job(**_: Any) -> dict[str, Any]:
        return {"JobStatus": states.pop(0), "ServicesLastAccessed": [{"ServiceNamespace": "s3"}]}

    waited: list[float] = []
    world: Answers = {
        ("iam", "generate_service_last_accessed_details"): {"JobId": "j-1"},
        ("iam", "get_service_last_accessed_details"): job,
    }
    found = IamFacts(answers(world), waited.append).last_accessed("arn")
    assert [one.service_namespace for one in found] == ["s3"]
    assert len(waited) == 1
