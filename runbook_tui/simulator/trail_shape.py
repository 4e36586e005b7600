"""Requests and answers as CloudTrail writes them: members in its case, secrets hidden."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from runbook_tui.simulator.app_log_secrets import scrubbed
from runbook_tui.simulator.wire import Answer, Call

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
_TOKENS = ("SessionToken", "SecretAccessKey", "WebIdentityToken", "authorizationToken")


def parameters_of(call: Call) -> Any:
    """None when they cannot be read."""
    shape = _operation(call).input_shape
    if shape is None:
        return None
    try:
        return _told(shape, call.parameters())
    except (ValueError, TypeError, KeyError, AttributeError):  # what a client sent need not be what it should be
        return None


def result_of(call: Call, answer: Answer) -> Any:
    shape = _operation(call).output_shape
    if shape is None:
        return None
    parsed = _parsed(call, answer, shape)
    return _told(shape, {name: value for name, value in parsed.items() if name in shape.members}) or None


def error_in(call: Call, answer: Answer) -> tuple[str, str]:
    """Code and message of an error that moto answered; empty when it is none."""
    if answer.status < 400:
        return "", ""
    error = _parsed(call, answer, None).get("Error", {})
    return str(error.get("Code", "")), str(error.get("Message", ""))


def _parsed(call: Call, answer: Answer, shape: Any) -> Mapping[str, Any]:
    from botocore.parsers import ResponseParserError, create_parser

    headers = {name.lower(): value for name, value in answer.headers}
    response = {"status_code": answer.status, "headers": headers, "body": answer.body}
    try:
        parsed: dict[str, Any] = create_parser(call.protocol).parse(response, shape)
    except ResponseParserError:
        return {}
    return parsed


def _operation(call: Call) -> Any:
    from moto.core.utils import get_service_model

    return get_service_model(call.service).operation_model(call.operation)


def _told(shape: Any, value: Any) -> Any:
    if value is None:
        return None
    if shape.metadata.get("sensitive"):
        return HIDDEN
    match shape.type_name, value:
        case "structure", Mapping():
            return {
                name[:1].lower() + name[1:]: HIDDEN if name in _TOKENS else _told(shape.members[name], inner)
                for name, inner in value.items()
                if name in shape.members and inner is not None
            }
        case "list", list() | tuple():
            return [_told(shape.member, each) for each in value]
        case "map", Mapping():
            return {str(key): _told(shape.value, inner) for key, inner in value.items()}
        case _, datetime():
            return f"{value:%b %d, %Y, %I:%M:%S %p}"
        case _, bytes():
            return base64.b64encode(value[:256]).decode()
        case _, str():
            return scrubbed(value)
        case _:
            return value
