"""Secrets and parameters: made, changed key by key, put in order; no value is written down anywhere."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.core.change import Stage
from runbook_tui.core.verdict import Status
from runbook_tui.simulator.names import ENVIRONMENTS, SITE
from runbook_tui.simulator.seed.secrets import values
from tests.support.acting import Acting, one_step
from tests.support.fixed import Bench, bench, document, fixes

pytestmark = pytest.mark.slow

PROD = ENVIRONMENTS["prod"]
NAME = PROD.secret_name
TYPED = "typed-unseen-0123456789-0123456789-01234"
FAIL, WARN, PASS = Status.FAIL, Status.WARN, Status.PASS


@pytest.fixture(scope="module")
def world() -> Iterator[Bench]:
    with bench() as ready:
        yield ready


def secrets(world: Bench) -> Any:
    return world.client("secretsmanager")


def look(world: Bench) -> Any:
    """Everything of prod's secret but its dates."""
    found = secrets(world).describe_secret(SecretId=NAME)
    policy = document(secrets(world).get_resource_policy(SecretId=NAME).get("ResourcePolicy") or "null")
    kept = {name: found.get(name) for name in ("Description", "KmsKeyId", "VersionIdsToStages")}
    tags = {one["Key"]: one["Value"] for one in found.get("Tags", ())}
    return {**kept, "Tags": tags, "policy": policy, "deleted": "DeletedDate" in found}


def acting_afresh(world: Bench, folder: Path, action: str) -> Acting:
    """By an operator who has typed nothing yet."""
    return Acting(world.of_site("secrets").kit, folder, one_step(action), "prod")


def held(world: Bench) -> Any:
    return json.loads(secrets(world).get_secret_value(SecretId=NAME)["SecretString"])


def written(acting: Acting) -> str:
    return acting.journal.path.read_text() + "".join(map(repr, acting.entries))


def test_one_key_is_changed_and_all_others_stay(world: Bench, tmp_path: Path) -> None:
    """What the operator types goes into the document in memory; the undo makes the former version current."""
    before, stages = held(world), look(world)["VersionIdsToStages"]
    acting = acting_afresh(world, tmp_path, "secrets.put-value")
    asked = acting.planned(key="JWT_SECRET").questions
    assert [(one.name, one.hidden) for one in asked] == [("prod-JWT_SECRET", True)]
    acting.kit.changes.supply("prod-JWT_SECRET", TYPED)
    change = acting.planned(key="JWT_SECRET")
    assert change.plan is not None, change.reason
    assert "secretsmanager:GetSecretValue" in change.plan.permissions
    made = acting.made(change)
    assert made.stage is Stage.DONE, (made.reason, made.calls)
    assert held(world) == {**before, "JWT_SECRET": TYPED}
    assert acting.undone().stage is Stage.DONE
    assert held(world) == before
    (current,) = (version for version, names in stages.items() if "AWSCURRENT" in names)
    assert "AWSCURRENT" in look(world)["VersionIdsToStages"][current]
    assert acting.planned(key="JWT_SECRET").stage is Stage.WANTING, "a typed value serves one change"
    acting.close()
    text = written(acting)
    assert TYPED not in text
    assert not any(value in text for key, value in before.items() if key not in ("CORS_ORIGIN", "SMTP_USER"))


def test_a_new_version_in_between_refuses_the_change(world: Bench, tmp_path: Path) -> None:
    """Whoever stored another version meanwhile does not lose it."""
    acting = acting_afresh(world, tmp_path, "secrets.put-value")
    acting.kit.changes.supply("prod-SMTP_PASS", TYPED)
    change = acting.planned(key="SMTP_PASS")
    other = {**held(world), "SMTP_PASS": "of somebody else"}
    secrets(world).put_secret_value(SecretId=NAME, SecretString=json.dumps(other))
    assert acting.made(change).stage is Stage.REFUSED
    acting.close()
    assert held(world) == other


def test_what_is_no_document_is_left_alone(world: Bench, tmp_path: Path) -> None:
    """A secret that is plain text cannot take a key: nothing is sent, and nothing is in doubt."""
    former = held(world)
    secrets(world).put_secret_value(SecretId=NAME, SecretString="plain-and-secret-text")
    acting = acting_afresh(world, tmp_path, "secrets.put-value")
    acting.kit.changes.supply("prod-SMTP_PASS", TYPED)
    made = acting.made(acting.planned(key="SMTP_PASS"))
    acting.close()
    assert made.stage is Stage.FAILED
    assert "NoJsonObject" in made.reason
    assert "plain-and-secret-text" not in written(acting)
    assert secrets(world).get_secret_value(SecretId=NAME)["SecretString"] == "plain-and-secret-text"
    secrets(world).put_secret_value(SecretId=NAME, SecretString=json.dumps(former))


def test_a_deleted_secret_is_restored(world: Bench, tmp_path: Path) -> None:
    """With the values that it had; the undo schedules its deletion again."""
    before = held(world)
    secrets(world).delete_secret(SecretId=NAME, RecoveryWindowInDays=7)
    fixes(world, tmp_path, "secrets.restore", lambda: look(world), {"secret.exists": FAIL})
    assert held(world) == before


def test_tags_and_a_description_are_added(world: Bench, tmp_path: Path) -> None:
    """What is there stays."""
    secrets(world).untag_resource(SecretId=NAME, TagKeys=["Component", "Project"])
    secrets(world).update_secret(SecretId=NAME, Description="")
    fixes(world, tmp_path, "secrets.tag", lambda: look(world), {"secret.tags-owner": WARN})


@pytest.mark.parametrize("guarded", [False, True], ids=["alone", "beside-a-guard"])
def test_what_opens_a_secret_is_taken_out(world: Bench, tmp_path: Path, guarded: bool) -> None:
    """A Deny that guards it stays; a policy of which nothing is left is deleted."""
    read = {"Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    statements: list[Any] = [{"Effect": "Allow", "Principal": "*", **read}]
    if guarded:
        only_tls = {"Bool": {"aws:SecureTransport": "false"}}
        statements.append({"Effect": "Deny", "Principal": "*", "Condition": only_tls, **read})
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    secrets(world).put_resource_policy(SecretId=NAME, ResourcePolicy=text, BlockPublicPolicy=False)
    fixes(world, tmp_path, "secrets.close-policy", lambda: look(world), {"secret.resource-policy": FAIL})
    left = look(world)["policy"]
    assert (left["Statement"] == statements[1:]) if guarded else left is None


def test_a_disabled_key_is_enabled(world: Bench, tmp_path: Path) -> None:
    """And one whose deletion was scheduled comes back first."""
    kms = world.client("kms")
    key = kms.create_key(Description="of prod's secret")["KeyMetadata"]["KeyId"]
    secrets(world).update_secret(SecretId=NAME, KmsKeyId=key)
    kms.disable_key(KeyId=key)
    world.expect({"secret.kms": FAIL})

    def state() -> Any:
        return kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]

    acting = Acting(world.kit, tmp_path, one_step("secrets.enable-key"), "prod", "first")
    assert acting.made(acting.planned()).stage is Stage.DONE
    assert state() == "Enabled"
    assert acting.undone().stage is Stage.DONE
    assert state() == "Disabled"
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    planned = acting.planned()
    assert planned.plan is not None
    assert [one.operation for one in planned.plan.calls] == ["cancel_key_deletion", "enable_key"]
    assert acting.made(planned).stage is Stage.DONE
    assert state() == "Enabled"
    acting.close()


def test_a_secret_is_made_of_what_is_typed(world: Bench, tmp_path: Path) -> None:
    """Every key is asked unseen; undone, the secret is scheduled for deletion."""
    secrets(world).delete_secret(SecretId=NAME, ForceDeleteWithoutRecovery=True)
    world.expect({"secret.exists": FAIL})
    acting = acting_afresh(world, tmp_path, "secrets.create")
    asked = acting.planned().questions
    wanted = {**{key: values(PROD)[key] for key in SITE.secrets.required_keys}, "JWT_SECRET": TYPED}
    assert {one.name for one in asked} == {f"prod-{key}" for key in wanted}
    for key, value in wanted.items():
        acting.kit.changes.supply(f"prod-{key}", value)
    made = acting.made(acting.planned())
    assert made.stage is Stage.DONE, (made.reason, made.calls)
    assert held(world) == wanted
    world.expect({"secret.exists": PASS, "secret.keys": PASS, "secret.tags-owner": PASS})
    idle = acting.planned()
    assert idle.plan is not None
    assert idle.plan.idle
    assert acting.undone(made.number).stage is Stage.DONE
    assert look(world)["deleted"]
    acting.close()
    assert TYPED not in written(acting)
    assert wanted["SMTP_PASS"] not in written(acting)
    secrets(world).restore_secret(SecretId=NAME)


def test_missing_parameters_are_made(world: Bench, tmp_path: Path) -> None:
    """With the values that the operator gives for everybody to see."""
    used, ssm, name = world.of_site("params", enabled=True), world.client("ssm"), "/asharvi/backend/prod/LOG_LEVEL"
    ssm.delete_parameter(Name=name)

    def there() -> Any:
        return [one["Name"] for one in ssm.describe_parameters()["Parameters"]]

    fixes(used, tmp_path, "params.create", there, {"param.exists": WARN}, {name: "info"})
    assert ssm.get_parameter(Name=name)["Parameter"]["Value"] == "info"
