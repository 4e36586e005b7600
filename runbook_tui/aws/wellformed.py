"""Answers that are no answers: half a JSON document, a proxy's HTML page with status 200.

botocore takes unparsable JSON for an empty answer, and an empty answer reads like "there is none": a check would
say FAIL, or even PASS, on the strength of a broken connection. These two hooks see each answer before and after it
is parsed.
"""

import json
import re
from typing import Any, Final

from botocore.parsers import ResponseParserError

# What a body must begin and end with, by protocol. CBOR and streams are left to botocore.
BRACKETS: Final = {
    "json": (b"{", b"}"),
    "rest-json": (b"{", b"}"),
    "query": (b"<", b">"),
    "ec2": (b"<", b">"),
    "rest-xml": (b"<", b">"),
}
_ROOT: Final = re.compile(rb"<\s*([A-Za-z][\w.:-]*)")
_HTML: Final = re.compile(rb"\s*<(!doctype\s+html|html)", re.IGNORECASE)


def watch_answers(core: Any) -> None:
    """Have every client of this botocore session refuse malformed answers with ResponseParserError.

    Of S3's, botocore itself makes server errors, and retries them.
    """
    events = core.get_component("event_emitter")
    events.register_first("before-parse", _look_before, unique_id="runbook-tui-before")
    events.register_first("response-received", _look_after, unique_id="runbook-tui-after")


def _look_before(operation_model: Any, response_dict: dict[str, Any], **_: Any) -> None:
    body = response_dict["body"]
    if not isinstance(body, bytes) or not body.strip() or _well_formed(operation_model, body):
        return
    if response_dict["status_code"] >= 500:
        response_dict["body"] = b""  # then botocore makes its error from the status alone, and retries
        return
    raise ResponseParserError(f"an answer of {len(body)} bytes is not {_protocol(operation_model)}")


def _well_formed(operation_model: Any, body: bytes) -> bool:
    brackets = BRACKETS.get(_protocol(operation_model))
    if brackets is None or _raw(operation_model):
        return True
    text = body.strip()
    if not (text.startswith(brackets[0]) and text.endswith(brackets[1])):
        return False
    return brackets[0] == b"{" or _expected_root(operation_model, text)


def _expected_root(operation_model: Any, text: bytes) -> bool:
    """Query protocols name their root after the operation (or ``ErrorResponse``, ``Response`` for errors)."""
    if _HTML.match(text):
        return False
    if _protocol(operation_model) == "rest-xml":
        return True
    root = _ROOT.search(text)
    return root is None or root[1].endswith(b"Response")


def _look_after(response_dict: dict[str, Any] | None, parsed_response: dict[str, Any] | None, **_: Any) -> None:
    """Only an answer that parsed to nothing is read a second time."""
    if response_dict is None or parsed_response is None or response_dict["status_code"] >= 300:
        return
    body = response_dict["body"]
    if parsed_response.keys() - {"ResponseMetadata"} or not isinstance(body, bytes):
        return
    if body.strip().startswith(b"{"):
        _refuse_strangers(body)


def _refuse_strangers(body: bytes) -> None:
    """JSON with content of which botocore understood nothing was not written by AWS."""
    try:
        document = json.loads(body)
    except ValueError as error:
        raise ResponseParserError(f"an answer of {len(body)} bytes is not JSON") from error
    if any(value is not None for value in document.values()):
        raise ResponseParserError("an answer of which no field is known")


def _protocol(operation_model: Any) -> str:
    return str(operation_model.service_model.resolved_protocol)


def _raw(operation_model: Any) -> bool:
    """Whether the body is the caller's own content (an object, an exported file) and not the protocol's."""
    shape = operation_model.output_shape
    payload = shape.serialization.get("payload") if shape is not None else None
    return payload is not None and shape.members[payload].type_name in ("blob", "string")
