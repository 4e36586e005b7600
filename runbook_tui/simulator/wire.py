"""Between HTTP and operations: decoding requests and encoding answers with moto's own protocol code."""

import io
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

from msgspec import Struct

from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.wire_errors import error_body

_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_UNSIGNED = b"Action=AssumeRoleWithWebIdentity"
# the name in a signature, where it is not boto3's name of the service
_SIGNED_AS = {
    "monitoring": "cloudwatch",
    "tagging": "resourcegroupstaggingapi",
    "servicequotas": "service-quotas",
    "access-analyzer": "accessanalyzer",
    "execute-api": "apigateway",
}


class Answer(Struct, frozen=True):
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def dated(answer: Answer, at: datetime) -> Answer:
    """With another time at which AWS says to have answered."""
    kept = [(name, value) for name, value in answer.headers if name.lower() != "date"]
    return Answer(answer.status, (*kept, ("Date", http_date(at))), answer.body)


def http_date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)


class Call(Struct, frozen=True, kw_only=True):
    """One request, decoded. ``service`` is boto3's name, ``operation`` the API's (``DescribeServices``)."""

    service: str
    operation: str
    region: str
    key: str
    protocol: str
    body: bytes
    request: Any
    uri: Mapping[str, Any]

    def parameters(self) -> Mapping[str, Any]:
        from moto.core.parse import PROTOCOL_PARSERS

        parser = PROTOCOL_PARSERS[self.protocol](_model(self.service).operation_model(self.operation))
        parsed: dict[str, Any] = parser.parse(
            {
                "method": self.request.method,
                "values": self.request.values,
                "headers": self.request.headers,
                "body": self.body,
                "url_path": self.request.path,
                "url_params": dict(self.uri),
            }
        )
        return parsed


def _model(service: str) -> Any:
    from moto.core.utils import get_service_model

    return get_service_model(service)


def decode(environ: Mapping[str, Any], body: bytes) -> Call | None:
    """None when the request is unsigned, or of a service or operation that botocore does not know.

    A web identity is exchanged for keys by who has no keys yet: that request alone needs no signature.
    """
    from botocore.exceptions import UnknownServiceError
    from moto.core.request import Request, determine_request_protocol

    signed = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    if signed is None and _UNSIGNED not in body:
        return None
    key, region, signing_name = signed.groups() if signed is not None else ("", "us-east-1", "sts")
    service = _service(signing_name, environ.get("PATH_INFO", ""), body)
    try:
        model = _model(service)
        protocol = determine_request_protocol(model, environ.get("CONTENT_TYPE"))
    except (UnknownServiceError, NotImplementedError):
        return None
    request = Request({**environ, "wsgi.input": io.BytesIO(body)})
    name, uri = _operation(service, protocol, environ, body, request)
    if name not in model.operation_names:
        return None
    return Call(
        service=service,
        operation=name,
        region=region,
        key=key,
        protocol=protocol,
        body=body,
        request=request,
        uri=uri,
    )


def _service(signing_name: str, path: str, body: bytes) -> str:
    """Some services share a signing name: what they are asked tells them apart."""
    if signing_name == "apigateway":
        return "apigatewayv2" if path.startswith("/v2/") else "apigateway"
    if signing_name == "elasticloadbalancing":
        return "elbv2" if b"Version=2015-12-01" in body else "elb"
    return _SIGNED_AS.get(signing_name, signing_name)


def _operation(
    service: str, protocol: str, environ: Mapping[str, Any], body: bytes, request: Any
) -> tuple[str, Mapping[str, Any]]:
    from moto.core.routing import get_service_router
    from werkzeug.exceptions import HTTPException

    if protocol in ("query", "ec2"):
        return dict(parse_qsl(body.decode("utf-8", "replace"))).get("Action", ""), {}
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return target.rpartition(".")[2], {}
    try:
        operation, uri = get_service_router(service).match(request)
    except HTTPException:
        return "", {}
    return str(operation.name), uri


def encode(call: Call, result: Mapping[str, Any]) -> Answer:
    from moto.core.serialize import SerializationContext, XFormedAttributePicker, get_serializer_class

    request_id = str(uuid.uuid4())
    serializer = get_serializer_class(call.service, call.protocol)(
        operation_model=_model(call.service).operation_model(call.operation),
        context=SerializationContext(request_id),
        value_picker=XFormedAttributePicker(),  # so that moto's models can stand in an answer
    )
    answer = serializer.serialize(result)
    body = answer["body"]
    headers = {**{name: str(value) for name, value in answer["headers"].items()}, "x-amzn-RequestId": request_id}
    return Answer(
        int(answer["status_code"]), tuple(headers.items()), body.encode() if isinstance(body, str) else bytes(body)
    )


def encode_error(call: Call, refused: Refused) -> Answer:
    request_id = str(uuid.uuid4())
    content_type, body = error_body(call.service, call.protocol, refused, request_id)
    headers = [("Content-Type", content_type), ("x-amzn-RequestId", request_id)]
    if call.protocol in ("json", "rest-json"):
        headers.append(("x-amzn-ErrorType", refused.code))
    if "awsQueryCompatible" in _model(call.service).metadata:
        headers.append(("x-amzn-query-error", f"{refused.code};Sender"))
    return Answer(refused.status, tuple(headers), body)
