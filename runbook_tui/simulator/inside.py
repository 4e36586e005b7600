"""API calls without a network: botocore's serialiser and parser around a function that answers a request."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from runbook_tui.simulator.models import service_model
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.wire import Answer

ACCESS_KEY = "ASIASIMULATEDONCALL0"
SECRET_KEY = "simulated-credentials-open-nothing-real0"  # noqa: S105 - it opens nothing but this simulator

_GLOBAL = ("iam", "route53", "cloudfront")


class Inside:
    def __init__(self, answer: Callable[[dict[str, Any], bytes], Answer], region: str) -> None:
        self._answer = answer
        self._region = region

    def __call__(self, service: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        from botocore.parsers import create_parser
        from botocore.serialize import create_serializer

        model = service_model(service)
        protocol = model.resolved_protocol
        operation_model = model.operation_model(operation)
        request = create_serializer(protocol).serialize_to_request(dict(parameters), operation_model)
        environ, body = self._environ(model, request)
        answer = self._answer(environ, body)
        parsed: dict[str, Any] = create_parser(protocol).parse(
            {"status_code": answer.status, "headers": _Headers(answer.headers), "body": answer.body},
            operation_model.output_shape,
        )
        if answer.status >= 300:
            raise Refused(parsed["Error"]["Code"], parsed["Error"]["Message"], answer.status)
        return parsed

    def _environ(self, model: Any, request: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        from werkzeug.test import EnvironBuilder

        body, headers = request["body"], dict(request["headers"])
        if isinstance(body, dict):
            body = urlencode(body, doseq=True)
        raw = body.encode() if isinstance(body, str) else bytes(body)
        region = "us-east-1" if model.service_name in _GLOBAL else self._region
        headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/20200101/{region}/{model.signing_name}/aws4_request"
        )
        path, _, fixed = request["url_path"].partition("?")  # as in S3's /Bucket?versioning
        builder = EnvironBuilder(
            path=path,
            query_string="&".join(filter(None, (fixed, urlencode(request["query_string"], doseq=True)))),
            method=request["method"],
            headers=headers,
            data=raw,
            base_url="http://127.0.0.1",
        )
        return builder.get_environ(), raw


class _Headers(dict[str, str]):
    """botocore reads headers whatever their case."""

    def __init__(self, headers: tuple[tuple[str, str], ...]) -> None:
        super().__init__({name.lower(): value for name, value in headers})

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name.lower())
