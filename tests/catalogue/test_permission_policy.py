"""The generated policy."""

import json
from typing import Any

import pytest

from runbook_tui.catalogue.permissions import LARGEST, policy
from runbook_tui.catalogue.registry import Check, all_checks
from runbook_tui.core.site import Aws, Environment, Site
from runbook_tui.core.verdict import Scope, Severity, passed

SITE = Site(
    aws=Aws(account_id="123456789012", region="ap-south-1"),
    environments={
        name: Environment(name=name, secret_name=f"app/{name}", ecr_repo=f"app-{name}") for name in ("staging", "prod")
    },
)


def check(*needs: str) -> Check:
    return Check(
        id="x.y",
        guide="1",
        severity=Severity.LOW,
        scope=Scope.SHARED,
        needs=needs,
        title="",
        establishes=(),
        ask=lambda *_: passed(""),
    )


def allowed(documents: list[dict[str, Any]]) -> dict[str, Any]:
    """Action to resources, over all statements."""
    return {
        action: statement["Resource"]
        for document in documents
        for statement in document["Statement"]
        for action in statement["Action"]
    }


def test_each_needed_action_is_allowed_once() -> None:
    """The policy holds what the checks declare, grouped by service, and who is asking: nothing else."""
    documents = policy([check("ecs:ListTasks", "ec2:DescribeVpcs"), check("ecs:ListTags", "ecs:ListTasks")], SITE)
    assert documents == [
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Sid": "Ec2Read", "Effect": "Allow", "Action": ["ec2:DescribeVpcs"], "Resource": "*"},
                {"Sid": "EcsRead", "Effect": "Allow", "Action": ["ecs:ListTags", "ecs:ListTasks"], "Resource": "*"},
                {"Sid": "StsRead", "Effect": "Allow", "Action": ["sts:GetCallerIdentity"], "Resource": "*"},
            ],
        }
    ]  # fmt: skip


def test_secrets_and_layers_are_the_site_s_own() -> None:
    """Reading a secret's value and an image's layers is allowed on the site's ARNs alone."""
    found = allowed(policy([check("secretsmanager:GetSecretValue", "ecr:GetDownloadUrlForLayer")], SITE))
    assert found["secretsmanager:GetSecretValue"] == [
        "arn:aws:secretsmanager:ap-south-1:123456789012:secret:app/staging-??????",
        "arn:aws:secretsmanager:ap-south-1:123456789012:secret:app/prod-??????",
    ]
    assert found["ecr:GetDownloadUrlForLayer"] == [
        "arn:aws:ecr:ap-south-1:123456789012:repository/app-staging",
        "arn:aws:ecr:ap-south-1:123456789012:repository/app-prod",
    ]


def test_what_no_check_needs_is_not_allowed() -> None:
    """A sensitive action appears only when a check needs it."""
    assert "secretsmanager:GetSecretValue" not in allowed(policy([check("ecs:ListTasks")], SITE))


def test_without_environments_a_sensitive_action_is_left_out() -> None:
    """With no secret to scope it to, reading values is not allowed at all: never on everything."""
    found = allowed(policy([check("secretsmanager:GetSecretValue")], Site()))
    assert "secretsmanager:GetSecretValue" not in found


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eu-west-1", "aws")]
)
def test_arns_are_of_the_region_s_partition(region: str, partition: str) -> None:
    """ARNs of China and GovCloud begin with their own partition."""
    site = Site(aws=Aws(account_id="123456789012", region=region), environments=SITE.environments)
    found = allowed(policy([check("ecr:GetDownloadUrlForLayer")], site))
    assert found["ecr:GetDownloadUrlForLayer"][0].startswith(f"arn:{partition}:ecr:{region}:")


def test_a_policy_that_is_too_long_is_split() -> None:
    """Every document fits into a managed policy, together they allow everything, and no Sid stands twice in one."""
    needs = [f"service{number}:DescribeSomethingWithARatherLongName{part}" for number in range(9) for part in range(40)]
    needs += [f"ec2:DescribeSomethingElse{number:04}" for number in range(250)]
    documents = policy([check(*needs)], SITE)
    assert len(documents) > 1
    for document in documents:
        text = json.dumps(document)
        assert len("".join(text.split())) <= LARGEST
        sids = [statement["Sid"] for statement in document["Statement"]]
        assert len(sids) == len(set(sids))
        assert all(sid.isalnum() for sid in sids)
    assert set(allowed(documents)) == {*needs, "sts:GetCallerIdentity"}


READ_ONLY = ("Describe", "Get", "List", "View", "Filter", "Lookup", "BatchGet", "GET", "Simulate", "Test", "Validate")


def test_the_product_s_own_policy_only_reads() -> None:
    """The policy of all checks changes nothing, allows no wildcard, and fits into one managed policy."""
    documents = policy(all_checks().values(), SITE)
    found = allowed(documents)
    assert len(documents) == 1
    # AWS makes these reports, and runs this query, when it is asked to; nothing in the account is changed by it
    made = (
        "access-analyzer:",
        "iam:GenerateCredentialReport",
        "iam:GenerateServiceLastAccessedDetails",
        "logs:StartQuery",
    )
    reads = [action for action in found if not action.startswith(made)]
    assert [action for action in reads if not action.partition(":")[2].startswith(READ_ONLY)] == []
    assert not any("*" in action for action in found)
