"""The simulator's own routes under ``/_sim/``: where the application answers, which faults are set, what was asked."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from runbook_tui.core.problems import UsageProblem
from runbook_tui.simulator import faults
from runbook_tui.simulator.course import Course
from runbook_tui.simulator.listening import Application
from runbook_tui.simulator.world import World

_Reply = tuple[int, Any]
_GITHUB = "/_sim/github/repos/"
_LOCAL_HOSTS = ("127.0.0.1", "localhost")


class Control:
    """Answers its own routes and hands everything else on."""

    def __init__(self, world: World, ingress: Mapping[str, str], beyond: Application) -> None:
        self._world = world
        self._beyond = beyond
        self._routes: dict[tuple[str, str], Callable[[Mapping[str, Any]], _Reply]] = {
            ("GET", "/_sim/ingress"): lambda _body: (200, dict(ingress)),
            ("GET", "/_sim/faults"): lambda _body: (200, self._faults()),
            ("POST", "/_sim/fault"): self._set,
            ("DELETE", "/_sim/fault"): self._clear,
            ("GET", "/_sim/trail"): self._trail,
            ("GET", "/_sim/resolve"): self._resolve,
            ("GET", "/_sim/clock"): lambda _body: self._time(),
            ("POST", "/_sim/clock"): self._advance,
            ("GET", "/_sim/policies"): lambda _body: (200, {"enforced": self._world.enforce}),
        }

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith("/_sim/"):
            return self._beyond(environ, start_response)
        status, answer = self._answer(environ)
        body = json.dumps(answer).encode()
        start_response(f"{status} -", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, environ: dict[str, Any]) -> _Reply:
        # a page in a browser can reach loopback too, by a name of its own
        if environ.get("HTTP_HOST", "").partition(":")[0] not in _LOCAL_HOSTS:
            return 403, {"error": "loopback only"}
        if environ["REQUEST_METHOD"] == "GET" and environ["PATH_INFO"].startswith(_GITHUB):
            return self._github(environ)
        route = self._routes.get((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        if route is None:
            return 404, {"error": "no such route", "routes": [" ".join(each) for each in self._routes]}
        length = int(environ.get("CONTENT_LENGTH") or 0)
        try:
            body = json.loads(environ["wsgi.input"].read(length)) if length else _query(environ)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return 400, {"error": "the body is no JSON object"}
        return route(body)

    def _github(self, environ: Mapping[str, Any]) -> _Reply:
        from runbook_tui.simulator import github

        with self._world.lock:
            return github.answer(self._world, environ["PATH_INFO"].removeprefix(_GITHUB), _query(environ))

    def _set(self, body: Mapping[str, Any]) -> _Reply:
        return self._with_fault(body, faults.set_fault)

    def _clear(self, body: Mapping[str, Any]) -> _Reply:
        return self._with_fault(body, faults.clear_fault)

    def _with_fault(self, body: Mapping[str, Any], work: Callable[[World, str], None]) -> _Reply:
        try:
            with self._world.lock:
                self._world.agenda.catch_up()
                work(self._world, str(body.get("name", "")))
        except UsageProblem as problem:
            return 400, {"error": problem.what, "remedy": problem.remedy}
        return 200, self._faults()

    def _faults(self) -> Mapping[str, Any]:
        """``planned`` and ``troubles`` only where there are any."""
        with self._world.lock:
            known = self._world.store(Course)
            planned = {name: each.at.isoformat() for name, each in known.planned.items()}
            answer: dict[str, Any] = {"set": sorted(self._world.undo)}
            return (
                answer
                | ({"planned": planned} if planned else {})
                | ({"troubles": list(known.troubles)} if known.troubles else {})
            )

    def _time(self) -> _Reply:
        clock = self._world.clock
        return 200, {"now": clock.now().isoformat(), "speed": clock.speed}

    def _advance(self, body: Mapping[str, Any]) -> _Reply:
        seconds = body.get("advance")
        if not isinstance(seconds, int | float) or seconds < 0:
            return 400, {"error": "advance is a number of seconds, not negative"}
        with self._world.lock:
            self._world.clock.advance(timedelta(seconds=seconds))
            self._world.agenda.catch_up()
        return self._time()

    def _resolve(self, query: Mapping[str, Any]) -> _Reply:
        """A name, as a resolver on the internet finds it: ``?name=HOST``."""
        from runbook_tui.simulator import dns

        name = str(query.get("name", ""))
        with self._world.lock:
            self._world.agenda.catch_up()
            found = dns.resolve(self._world, name)
        return 200, {"name": name, "code": found.code, "addresses": list(found.data)}

    def _trail(self, _body: Mapping[str, Any]) -> _Reply:
        calls = [
            {
                "at": each.at.isoformat(),
                "service": each.service,
                "operation": each.operation,
                "status": each.status,
                "error": each.error,
            }
            for each in tuple(self._world.trail)
        ]
        return 200, {"calls": calls}


def _query(environ: Mapping[str, Any]) -> dict[str, str]:
    return dict(parse_qsl(environ.get("QUERY_STRING", "")))
