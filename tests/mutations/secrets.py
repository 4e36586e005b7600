"""Secrets: secret.*"""

import json
from datetime import timedelta
from typing import Any

from tests.mutations.contract import FAIL, SKIP, UNKNOWN, WARN, Row
from tests.support.changes import PROD, STAGING
from tests.support.standing import Standing


def _values(world: Standing, name: str) -> Any:
    return json.loads(world.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"])


def _same_signing_secret(world: Standing) -> None:
    held = _values(world, STAGING.secret_name) | {"JWT_SECRET": _values(world, PROD.secret_name)["JWT_SECRET"]}
    world.client("secretsmanager").put_secret_value(SecretId=STAGING.secret_name, SecretString=json.dumps(held))


def _key_disabled(world: Standing) -> None:
    kms = world.client("kms")
    key = kms.create_key(Description="of prod's secret")["KeyMetadata"]["KeyId"]
    world.client("secretsmanager").update_secret(SecretId=PROD.secret_name, KmsKeyId=key)
    world.world.backend("kms").keys[key].key_state = "Disabled"


def _policy(world: Standing, effect: str, principal: str, condition: Any = None) -> None:
    one = {"Effect": effect, "Principal": principal, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [one | ({"Condition": condition} if condition else {})]}
    world.client("secretsmanager").put_resource_policy(
        SecretId=PROD.secret_name, ResourcePolicy=json.dumps(document), BlockPublicPolicy=False
    )


def _opened(world: Standing) -> None:
    _policy(world, "Allow", "*")


def _by_endpoint_only(world: Standing) -> None:
    _policy(world, "Deny", "*", {"StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}})


def _not_rotated(world: Standing) -> None:
    """moto dates a version by the seconds since 1970."""
    for version in world.world.backend("secretsmanager").secrets[PROD.secret_name].versions.values():
        version["createdate"] -= int(timedelta(days=181).total_seconds())


def _untagged(world: Standing) -> None:
    world.client("secretsmanager").untag_resource(SecretId=PROD.secret_name, TagKeys=["Component"])


ROWS = (
    Row(
        check="secret.exists",
        name="prod's secret is scheduled for deletion",
        change=lambda world: world.client("secretsmanager").delete_secret(SecretId=PROD.secret_name),
        flips={
            "secret.exists@prod": FAIL,
            "secret.keys@prod": SKIP,
            "secret.env-distinct": SKIP,
            "atlas.uri-private@prod": SKIP,
        },
    ),
    Row(
        check="secret.keys",
        name="prod's secret lacks a key",
        change=lambda world: world.fault("secret-key-missing"),
        flips={"secret.keys@prod": FAIL, "secret.env-distinct": WARN, "maint.secrets-rotated@prod": WARN},
    ),
    Row(
        check="secret.env-distinct",
        name="staging signs with prod's secret",
        change=_same_signing_secret,
        flips={"secret.env-distinct": FAIL, "maint.secrets-rotated@staging": WARN},
    ),
    Row(
        check="secret.kms",
        name="the key of prod's secret is another one, and disabled",
        change=_key_disabled,
        flips={"secret.kms@prod": FAIL, "iam.exec-role.secrets@prod": FAIL},
    ),
    Row(
        check="secret.resource-policy",
        name="everybody may read prod's secret",
        change=_opened,
        flips={"secret.resource-policy@prod": FAIL},
    ),
    Row(
        check="secret.resource-policy",
        name="prod's secret is read through one endpoint only",
        change=_by_endpoint_only,
        flips={"secret.resource-policy@prod": UNKNOWN},
    ),
    Row(
        check="secret.rotation-age",
        name="prod's values are half a year old",
        change=_not_rotated,
        flips={"secret.rotation-age@prod": FAIL, "maint.secrets-rotated@prod": FAIL},
    ),
    Row(
        check="secret.tags-owner",
        name="a tag of prod's secret is gone",
        change=_untagged,
        flips={"secret.tags-owner@prod": WARN},
    ),
)
