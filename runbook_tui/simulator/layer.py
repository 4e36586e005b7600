"""The WSGI layer in front of moto: decode, fault rules, overlay or moto, after-hook, trail."""

import io
from collections.abc import Iterable
from functools import cache
from typing import Any

from runbook_tui.simulator import registry
from runbook_tui.simulator.iam.enforce import admit
from runbook_tui.simulator.inside import Inside
from runbook_tui.simulator.kept import may_change
from runbook_tui.simulator.presigned import accepted, is_presigned
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.wire import Answer, Call, decode, encode, encode_error
from runbook_tui.simulator.wire_errors import error_body
from runbook_tui.simulator.world import World

_READS = ("Describe", "List", "Get", "BatchGet", "Lookup", "Filter", "Search", "Simulate", "Test")


class Layer:
    """Requests are carried out one at a time: moto's models are not made for threads."""

    def __init__(self, world: World) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        registry.load_operations()
        self._world = world
        self._moto = DomainDispatcherApplication(create_backend_app)
        # moto looks through its 200 folders at each request: a tenth of the time of an answer
        self._moto.get_backend_for_host = cache(self._moto.get_backend_for_host)  # type: ignore[method-assign]
        world.carrier = Inside(self._answer_inside, world.region)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer = self.answer(environ, _body(environ))
        start_response(f"{answer.status} -", [*answer.headers, ("Content-Length", str(len(answer.body)))])
        return [answer.body]

    def answer(self, environ: dict[str, Any], body: bytes) -> Answer:
        """The answer to a request from outside: faults apply, and it goes on the trail."""
        if is_presigned(environ):
            try:
                environ, body = accepted(self._world, environ)
            except Refused as refused:
                content_type, told = error_body("", "query", refused, "-")
                return Answer(refused.status, (("Content-Type", content_type),), told)
        call = decode(environ, body)
        if call is None:
            return _undecoded(environ)
        self._world.caller = call.key
        self._world.called_in = call.region
        rules = [rule for rule in tuple(self._world.rules) if rule.covers(call)]
        error: Refused | None = None
        try:
            for rule in rules:
                rule.before(call)
            admit(self._world, call)
            answer = self._safely(call, environ)
        except Refused as refused:
            answer, error = encode_error(call, refused), refused
        self._world.trail.record(call, answer, error, environ)
        for rule in rules:
            answer = rule.spoil(answer)
        return answer

    def _answer_inside(self, environ: dict[str, Any], body: bytes) -> Answer:
        call = decode(environ, body)
        assert call is not None, f"{environ['PATH_INFO']} is no operation"
        try:
            return self._safely(call, environ)
        except Refused as refused:
            return encode_error(call, refused)

    def _safely(self, call: Call, environ: dict[str, Any]) -> Answer:
        """Raises Refused and nothing else: a client must get an answer that it can read and will not retry."""
        try:
            return self._carry_out(call, environ)
        except Refused:
            raise
        except NotImplementedError as error:  # how moto says that it does not know an operation
            raise not_simulated(f"{call.service}:{call.operation}") from error
        except Exception as error:
            raise not_simulated(f"{call.service}:{call.operation} ({type(error).__name__}: {error})") from error

    def _carry_out(self, call: Call, environ: dict[str, Any]) -> Answer:
        with self._world.lock:
            self._world.agenda.catch_up()
            answer = self._answer_of(call, environ)
            if not call.operation.startswith(_READS):
                self._world.changed()
            return answer

    def _answer_of(self, call: Call, environ: dict[str, Any]) -> Answer:
        name = (call.service, call.operation)
        overlay = registry.OVERLAYS.get(name)
        if overlay is not None and (reply := overlay(self._world, call.parameters())) is not None:
            return encode(call, reply)
        hook = registry.AFTERS.get(name)
        if overlay is None and hook is None and not may_change(*name):
            raise not_simulated(f"{call.service}:{call.operation}")
        answer = self._ask_moto(call, environ)
        if hook is None or answer.status >= 300:
            return answer
        reply = hook(self._world, call.parameters())
        return answer if reply is None else encode(call, reply)

    def _ask_moto(self, call: Call, environ: dict[str, Any]) -> Answer:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
            started[:] = [(status, headers)]

        # the account, or moto would look for the key among those of every partition, and make each an IAM of its own
        fresh = {**environ, "wsgi.input": io.BytesIO(call.body), "HTTP_X_MOTO_ACCOUNT_ID": self._world.account}
        body = b"".join(self._moto(fresh, start))
        status, headers = int(started[0][0].split()[0]), started[0][1]
        if status >= 400 and _is_a_web_page(body):
            raise not_simulated(f"{call.service}:{call.operation}")
        kept = tuple((key, value) for key, value in headers if key.lower() != "content-length")
        return Answer(status, kept, body)


def _body(environ: dict[str, Any]) -> bytes:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    return bytes(environ["wsgi.input"].read(length)) if length else b""


def _is_a_web_page(body: bytes) -> bool:
    """moto answers what it does not know with Flask's error pages, or with nothing."""
    return body.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html")) or body in (b"", b"Not Found")


def _undecoded(environ: dict[str, Any]) -> Answer:
    refused = not_simulated(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} (unsigned or unknown)")
    form = str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded")
    content_type, body = error_body("", "query" if form else "json", refused, "-")
    return Answer(400, (("Content-Type", content_type), ("x-amzn-ErrorType", refused.code)), body)
