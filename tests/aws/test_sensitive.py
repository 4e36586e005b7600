"""Redaction beside botocore's service models."""

from typing import Any

import pytest
from botocore import xform_name
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.sensitive import REDACTED, redact
from tests.support.aws import PROTOCOLS

SERVICES = sorted({*PROTOCOLS, "ssm"})
PLANTED = "PLANTED-SECRET"


@pytest.mark.parametrize(
    ("service", "operation", "output", "value", "expected"),
    [
        (
            "secretsmanager",
            "get_secret_value",
            True,
            {"Name": "app", "SecretString": "hunter2", "SecretBinary": b"hunter2", "VersionStages": ["AWSCURRENT"]},
            {"Name": "app", "SecretString": REDACTED, "SecretBinary": REDACTED, "VersionStages": ["AWSCURRENT"]},
        ),
        (
            "secretsmanager",
            "put_secret_value",
            False,
            {"SecretId": "app", "SecretString": "hunter2"},
            {"SecretId": "app", "SecretString": REDACTED},
        ),
        (
            "ssm",
            "get_parameters_by_path",
            True,
            {"Parameters": [{"Name": "/a", "Value": "hunter2"}, {"Name": "/b", "Value": "x"}]},
            {"Parameters": [{"Name": "/a", "Value": REDACTED}, {"Name": "/b", "Value": REDACTED}]},
        ),
        (
            "iam",
            "create_access_key",
            True,
            {"AccessKey": {"UserName": "ci", "AccessKeyId": "AKIA", "SecretAccessKey": "hunter2"}},
            {"AccessKey": {"UserName": "ci", "AccessKeyId": "AKIA", "SecretAccessKey": REDACTED}},
        ),
        ("iam", "get_role", False, {"RoleName": "Op"}, {"RoleName": "Op"}),
        ("ecs", "describe_services", False, {"cluster": "a", "new": "of"}, {"cluster": "a", "new": REDACTED}),
        ("ecs", "describe_services", True, {"services": "not a list"}, {"services": REDACTED}),
        ("ecs", "update_service", False, {"desiredCount": 2, "service": None}, {"desiredCount": 2, "service": None}),
    ],
)  # fmt: skip
def test_what_the_model_calls_sensitive_is_taken_out(
    service: str, operation: str, output: bool, value: dict[str, Any], expected: dict[str, Any]
) -> None:
    """Sensitive members become (redacted), everything else stays, what the model does not know goes."""
    assert redact(service, operation, value, output=output) == expected


def test_the_metadata_keeps_its_ids_alone() -> None:
    """The request id of an answer is kept; its headers, which may hold cookies, are not."""
    metadata = {"RequestId": "r-1", "HTTPStatusCode": 200, "RetryAttempts": 0, "HTTPHeaders": {"set-cookie": "s"}}
    kept = redact("sts", "get_caller_identity", {"Account": "1", "ResponseMetadata": metadata}, output=True)
    assert kept == {"Account": "1", "ResponseMetadata": {"RequestId": "r-1", "HTTPStatusCode": 200, "RetryAttempts": 0}}


@pytest.mark.parametrize(("service", "operation"), [("ecs", "unheard_of"), ("unheard", "of")])
def test_an_unknown_operation_is_redacted_whole(service: str, operation: str) -> None:
    """What no model describes is not kept."""
    assert redact(service, operation, {"a": "secret"}) == REDACTED


def test_the_original_is_left_alone() -> None:
    """The value that is redacted is a copy."""
    value = {"SecretId": "app", "SecretString": "hunter2"}
    redact("secretsmanager", "put_secret_value", value)
    assert value["SecretString"] == "hunter2"


def planted(shape: Any, *, sensitive: bool, depth: int = 0) -> Any:
    """A value of this shape, with the planted text in every sensitive string and nowhere else."""
    sensitive = sensitive or bool(shape.metadata.get("sensitive"))
    match shape.type_name:
        case "structure":
            members = shape.members if depth < 6 else {}
            return {name: planted(member, sensitive=sensitive, depth=depth + 1) for name, member in members.items()}
        case "list":
            return [planted(shape.member, sensitive=sensitive, depth=depth + 1)]
        case "map":
            key = planted(shape.key, sensitive=sensitive, depth=depth + 1)
            return {key: planted(shape.value, sensitive=sensitive, depth=depth + 1)}
        case "string":
            return PLANTED if sensitive else "plain"
        case "blob":
            return PLANTED.encode() if sensitive else b"plain"
        case "integer" | "long" | "float" | "double":
            return 7
        case kind:
            return kind


def shapes(service: str) -> list[tuple[str, bool, Any]]:
    model = Session().get_service_model(service)
    found = []
    for name in model.operation_names:
        operation = model.operation_model(name)
        for output, shape in ((False, operation.input_shape), (True, operation.output_shape)):
            if shape is not None:
                found.append((xform_name(name), output, shape))
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_no_sensitive_member_of_any_operation_survives(service: str) -> None:
    """Every parameter and answer of every operation of the services in use, with a secret wherever the model
    says that there may be one: none is left, and nothing that is not sensitive is lost."""
    for operation, output, shape in shapes(service):
        value = planted(shape, sensitive=False)
        kept = redact(service, operation, value, output=output)
        assert PLANTED not in repr(kept), operation
        assert repr(kept).count("plain") == repr(value).count("plain"), operation


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(PLANTED),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    )
)
def test_a_secret_of_any_shape_is_taken_out(secret: Any) -> None:
    """Whatever stands where a secret belongs, of whatever type, is not kept."""
    kept = redact("secretsmanager", "put_secret_value", {"SecretId": "app", "SecretString": secret})
    assert kept == {"SecretId": "app", "SecretString": None if secret is None else REDACTED}
