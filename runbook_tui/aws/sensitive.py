"""What AWS itself calls sensitive, taken out of parameters and answers before anybody keeps them.

botocore's service models mark members such as a secret's ``SecretString``. Values are walked beside the model, so
that nothing depends on how a value looks. What the model does not know is taken out too.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

REDACTED: Final = "(redacted)"
# What is kept of an answer's metadata: headers may carry cookies and tokens.
KEPT_METADATA: Final = ("RequestId", "HTTPStatusCode", "RetryAttempts")


def redact(service: str, operation: str, value: Mapping[str, Any], *, output: bool = False) -> Any:
    """A copy of ``value`` without sensitive members. ``value`` holds the parameters of boto3's ``operation``
    (``get_secret_value``), or its answer with ``output``. An unknown operation is redacted whole."""
    model = _operation(service, operation)
    if model is None:
        return REDACTED
    shape = model.output_shape if output else model.input_shape
    kept = _walk(shape, value) if shape is not None else {}
    if output and isinstance(kept, dict) and isinstance(value.get("ResponseMetadata"), Mapping):
        metadata = value["ResponseMetadata"]
        kept["ResponseMetadata"] = {name: metadata[name] for name in KEPT_METADATA if name in metadata}
    return kept


@cache
def service_model(service: str) -> Any:
    """botocore's model of a service; None for one that it does not know."""
    from botocore.exceptions import UnknownServiceError
    from botocore.session import Session

    from runbook_tui.aws.models import share

    session = Session()
    share(session)
    try:
        return session.get_service_model(service)
    except UnknownServiceError:
        return None


@cache
def _operation(service: str, operation: str) -> Any:
    from botocore import xform_name

    model = service_model(service)
    names = model.operation_names if model is not None else ()
    name = next((name for name in names if xform_name(name) == operation), None)
    return model.operation_model(name) if name is not None else None


def _walk(shape: Any, value: Any) -> Any:
    if value is None:
        return None
    if shape.metadata.get("sensitive"):
        return REDACTED
    match shape.type_name, value:
        case "structure", Mapping():
            return _structure(shape, value)
        case "list", list() | tuple():
            return [_walk(shape.member, item) for item in value]
        case "map", Mapping():
            return {_walk(shape.key, key): _walk(shape.value, item) for key, item in value.items()}
        case (("structure" | "list" | "map"), _):
            return REDACTED  # not what the model says: nobody knows what it is
        case _:
            return value


def _structure(shape: Any, value: Mapping[str, Any]) -> dict[str, Any]:
    if shape.is_document_type:
        return dict.fromkeys(value, REDACTED)
    members = shape.members
    return {
        name: _walk(members[name], item) if name in members else REDACTED
        for name, item in value.items()
        if name != "ResponseMetadata"
    }
