"""Roles, their trust and their rights, passwords and keys: each put right, taken back, and refused when moved."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from runbook_tui.core.change import Stage
from runbook_tui.core.site import Table
from runbook_tui.core.verdict import Status
from runbook_tui.simulator import faults
from runbook_tui.simulator.names import SITE
from tests.support.acting import Acting, one_step
from tests.support.fixed import Bench, bench, document, fixes, role

pytestmark = pytest.mark.slow

TASK, EXECUTION, CICD = SITE.iam.task_role_of("prod"), SITE.iam.execution_role, SITE.iam.cicd_role
USER = "legacy-deploy"
HOST = "token.actions.githubusercontent.com"
FAIL, WARN, SKIP = Status.FAIL, Status.WARN, Status.SKIP


@pytest.fixture(scope="module")
def world() -> Iterator[Bench]:
    with bench() as ready:
        yield ready


class Case(Struct, frozen=True, kw_only=True):
    action: str
    broken: Callable[[Bench], object]
    checks: dict[str, Status]
    role: str = TASK
    inputs: dict[str, str] = {}


def emptied(name: str) -> Callable[[Bench], object]:
    """The role's inline policies are gone."""

    def change(world: Bench) -> None:
        iam = world.client("iam")
        for one in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=one)

    return change


def without(name: str, action: str) -> Callable[[Bench], object]:
    """No statement of the role's inline policies allows this action."""

    def change(world: Bench) -> None:
        iam = world.client("iam")
        for one in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            known = document(iam.get_role_policy(RoleName=name, PolicyName=one)["PolicyDocument"])
            kept = [each for each in known["Statement"] if action not in each["Action"]]
            if kept:
                text = json.dumps({**known, "Statement": kept})
                iam.put_role_policy(RoleName=name, PolicyName=one, PolicyDocument=text)
            else:
                iam.delete_role_policy(RoleName=name, PolicyName=one)

    return change


def deleted(name: str) -> Callable[[Bench], object]:
    def change(world: Bench) -> None:
        emptied(name)(world)
        iam = world.client("iam")
        for one in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=name, PolicyArn=one["PolicyArn"])
        iam.delete_role(RoleName=name)

    return change


def trusting(name: str, edit: Callable[[dict[str, Any]], object]) -> Callable[[Bench], object]:
    """The first statement of the role's trust policy is another one."""

    def change(world: Bench) -> None:
        iam = world.client("iam")
        known = document(iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"])
        edit(known["Statement"][0])
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(known))

    return change


CASES = (
    Case(
        action="iam.set-task-trust",
        broken=trusting(TASK, lambda one: one.pop("Condition")),
        checks={"iam.task-role.trust": WARN},
    ),
    Case(
        action="iam.set-execution-trust",
        role=EXECUTION,
        broken=trusting(EXECUTION, lambda one: one.update(Principal={"Service": "ec2.amazonaws.com"})),
        checks={"iam.exec-role.exists": FAIL},
    ),
    Case(
        action="iam.set-cicd-trust",
        role=CICD,
        broken=trusting(CICD, lambda one: one["Condition"]["StringEquals"].pop(f"{HOST}:aud")),
        checks={"iam.cicd-role.trust-github": WARN},
    ),
    Case(
        action="iam.allow-task-secret",
        broken=without(TASK, "secretsmanager:GetSecretValue"),
        checks={"iam.task-role.secrets": WARN},
    ),
    Case(action="iam.allow-task-logs", broken=without(TASK, "logs:PutLogEvents"), checks={"iam.task-role.logs": WARN}),
    Case(
        action="iam.allow-execution-secrets",
        role=EXECUTION,
        broken=without(EXECUTION, "secretsmanager:GetSecretValue"),
        checks={"iam.exec-role.secrets": FAIL},
    ),
    Case(
        action="iam.attach-execution-policy",
        role=EXECUTION,
        broken=emptied(EXECUTION),
        checks={"iam.exec-role.ecr": FAIL, "iam.exec-role.logs": FAIL},
    ),
    Case(action="iam.allow-cicd", role=CICD, broken=emptied(CICD), checks={"iam.cicd-role.permissions": FAIL}),
    Case(
        action="iam.create-task-role",
        broken=deleted(TASK),
        checks={"iam.task-role.exists": FAIL, "iam.task-role.trust": SKIP},
    ),
    Case(
        action="iam.create-cicd-role",
        role=CICD,
        broken=deleted(CICD),
        inputs={"ids": "4711/815"},
        checks={"iam.cicd-role.exists": FAIL, "iam.cicd-role.trust-github": SKIP},
    ),
    Case(
        action="iam.create-execution-role",
        role=EXECUTION,
        broken=deleted(EXECUTION),
        checks={"iam.exec-role.exists": FAIL, "iam.exec-role.ecr": SKIP},
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.action)
def test_a_role_is_put_right_and_taken_back(world: Bench, tmp_path: Path, case: Case) -> None:
    """Nothing else of the role is touched, and its check passes afterwards."""
    case.broken(world)
    fixes(world, tmp_path, case.action, lambda: role(world, case.role), case.checks, case.inputs)


def test_tables_are_allowed_by_name(world: Bench, tmp_path: Path) -> None:
    """A site that moves to DynamoDB lets its tasks at the items of its tables, and no further."""
    table = Table(name="asharvi-orders", pk="id")
    moving = world.of_site("db", migrating=True, dynamodb=type(SITE.db.dynamodb)(tables=(table,)))
    fixes(moving, tmp_path, "iam.allow-task-tables", lambda: role(world, TASK), {"iam.task-role.db": FAIL})


def test_traces_are_allowed(world: Bench, tmp_path: Path) -> None:
    """A site that wants traces attaches AWS's own policy to the task role."""
    tracing = world.of_site("obs", tracing="xray")
    fixes(tracing, tmp_path, "iam.attach-xray-policy", lambda: role(world, TASK), {"trace.permissions": FAIL})


def test_parameters_are_read_by_whoever_uses_them(world: Bench, tmp_path: Path) -> None:
    """An application that reads at run time is allowed its own path, and so is ECS."""
    used = world.of_site("params", enabled=True).of_site("app", reads_secrets_at_runtime=True)
    look = lambda: [role(world, TASK), role(world, EXECUTION)]  # noqa: E731
    fixes(used, tmp_path, "iam.allow-parameters", look, {"param.iam-scope": FAIL})


def test_codepipeline_is_trusted_for_this_account(world: Bench, tmp_path: Path) -> None:
    """A site with CodePipeline replaces the trust for GitHub."""
    moved = world.of_site("cicd", kind="codepipeline", pipelines={})
    fixes(moved, tmp_path, "iam.set-cicd-trust", lambda: role(world, CICD), {"iam.cicd-role.trust-codepipeline": FAIL})


def passwords(world: Bench) -> Any:
    iam = world.client("iam")
    try:
        return iam.get_account_password_policy()["PasswordPolicy"]
    except iam.exceptions.NoSuchEntityException:
        return None


def test_a_missing_password_policy_is_put(world: Bench, tmp_path: Path) -> None:
    """And deleted by the undo."""
    world.client("iam").delete_account_password_policy()
    checks = {"iam.password-policy.exists": FAIL, "iam.password-policy.strength": SKIP}
    fixes(world, tmp_path, "iam.set-password-policy", lambda: passwords(world), checks)


def test_a_weak_password_policy_keeps_what_was_stronger(world: Bench, tmp_path: Path) -> None:
    """The whole policy is sent: what the site says nothing of stays."""
    world.client("iam").update_account_password_policy(MinimumPasswordLength=20, MaxPasswordAge=60)
    checks = {"iam.password-policy.strength": WARN}
    made = fixes(world, tmp_path, "iam.set-password-policy", lambda: passwords(world), checks)
    assert made.plan is not None
    sent = made.plan.calls[0].parameters
    assert (sent["MinimumPasswordLength"], sent["MaxPasswordAge"], sent["PasswordReusePrevention"]) == (20, 60, 24)


def providers(world: Bench) -> Any:
    iam = world.client("iam")
    arns = [one["Arn"] for one in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]
    found = [iam.get_open_id_connect_provider(OpenIDConnectProviderArn=one) for one in arns]
    return [(one["Url"], one["ClientIDList"]) for one in found]


def test_a_missing_provider_is_made(world: Bench, tmp_path: Path) -> None:
    """And deleted by the undo, by the ARN that AWS answered."""
    iam = world.client("iam")
    (one,) = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=one["Arn"])
    fixes(world, tmp_path, "iam.create-github-provider", lambda: providers(world), {"iam.oidc-provider": FAIL})


def test_a_provider_for_others_takes_tokens_for_aws_too(world: Bench, tmp_path: Path) -> None:
    """The audiences that it has stay."""
    iam = world.client("iam")
    (one,) = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    where = {"OpenIDConnectProviderArn": one["Arn"]}
    iam.add_client_id_to_open_id_connect_provider(**where, ClientID="others")
    iam.remove_client_id_from_open_id_connect_provider(**where, ClientID="sts.amazonaws.com")
    fixes(world, tmp_path, "iam.create-github-provider", lambda: providers(world), {"iam.oidc-provider": FAIL})


def keys(world: Bench) -> Any:
    return world.client("iam").list_access_keys(UserName=USER)["AccessKeyMetadata"]


def test_an_old_key_is_deactivated_and_only_then_deleted(world: Bench, tmp_path: Path) -> None:
    """Active it is not deleted; inactive it is for good, with the user's name typed."""
    faults.set_fault(world.inside.world, "key-leaked-old")
    old = min(keys(world), key=lambda one: one["CreateDate"])
    chosen = {"key": f"{USER} …{old['AccessKeyId'][-4:]}"}
    acting = Acting(world.kit, tmp_path, one_step("iam.delete-key"), "prod", "deleting")
    assert acting.planned(**chosen).stage is Stage.REFUSED
    fixes(world, tmp_path, "iam.deactivate-key", lambda: keys(world), {"iam.keys.age": WARN}, chosen)
    planned = acting.planned(**chosen)
    assert planned.confirmation.word == USER
    assert acting.made(planned).stage is Stage.DONE
    assert old["AccessKeyId"] not in [one["AccessKeyId"] for one in keys(world)]
    acting.close()
