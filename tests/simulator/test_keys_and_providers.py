"""Keys of KMS switched off and on, audiences of providers, and which version of a secret is read."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runbook_tui.simulator.names import ENVIRONMENTS
from tests.support.inside import Inside
from tests.support.stepped import stepped

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    with stepped() as simulator:
        yield Inside(simulator)


def test_a_key_pending_deletion_comes_back_disabled(inside: Inside) -> None:
    """It can be neither enabled nor disabled before its deletion is called off; an ARN names it as well as its id."""
    kms = inside.client("kms")
    key = kms.create_key(Description="a key")["KeyMetadata"]
    kms.disable_key(KeyId=key["Arn"])
    kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    for change in (kms.enable_key, kms.disable_key):
        assert _code(change, KeyId=key["KeyId"]) == "KMSInvalidStateException"
    assert kms.cancel_key_deletion(KeyId=key["Arn"])["KeyId"] == key["Arn"]
    assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] == "Disabled"
    assert _code(kms.cancel_key_deletion, KeyId=key["KeyId"]) == "KMSInvalidStateException"
    kms.enable_key(KeyId=key["KeyId"])
    assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] == "Enabled"
    assert _code(kms.enable_key, KeyId="12345678-1234-1234-1234-123456789012") == "NotFoundException"


def test_an_audience_is_added_and_removed_once(inside: Inside) -> None:
    """Twice is no error; a provider that is not there is one."""
    iam = inside.client("iam")
    (provider,) = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    where = {"OpenIDConnectProviderArn": provider["Arn"]}
    for _ in range(2):
        iam.add_client_id_to_open_id_connect_provider(**where, ClientID="others")
    assert iam.get_open_id_connect_provider(**where)["ClientIDList"] == ["sts.amazonaws.com", "others"]
    for _ in range(2):
        iam.remove_client_id_from_open_id_connect_provider(**where, ClientID="others")
    assert iam.get_open_id_connect_provider(**where)["ClientIDList"] == ["sts.amazonaws.com"]
    gone = {"OpenIDConnectProviderArn": f"{provider['Arn']}.gone", "ClientID": "others"}
    assert _code(iam.add_client_id_to_open_id_connect_provider, **gone) == "NoSuchEntity"


def test_who_names_no_version_reads_the_current_one(inside: Inside) -> None:
    """After the stage has moved back as well."""
    secrets, name = inside.client("secretsmanager"), ENVIRONMENTS["prod"].secret_name
    before = secrets.get_secret_value(SecretId=name)
    newer = secrets.put_secret_value(SecretId=name, SecretString="{}")["VersionId"]
    assert secrets.get_secret_value(SecretId=name)["SecretString"] == "{}"
    secrets.update_secret_version_stage(
        SecretId=name, VersionStage="AWSCURRENT", MoveToVersionId=before["VersionId"], RemoveFromVersionId=newer
    )
    assert secrets.get_secret_value(SecretId=name)["SecretString"] == before["SecretString"]


def _code(change: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as refused:
        change(**parameters)
    return str(refused.value.response["Error"]["Code"])
