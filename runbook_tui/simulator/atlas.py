"""A simulated MongoDB Atlas: one project with one cluster, asked through the paths of its Admin API v2 that are read.

It lives in the simulator's own server, under ``/api/``, and takes the one made-up service account.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qsl

from msgspec import Struct

from runbook_tui.atlas.keys import SIMULATED
from runbook_tui.simulator.atlas_state import CLUSTER, PROJECT, AtlasState
from runbook_tui.simulator.listening import Application
from runbook_tui.simulator.world import World

_TOKEN: Final = "/api/oauth/token"  # noqa: S105 - a path
_GROUPS: Final = "/api/atlas/v2/groups/"
_CLUSTERS: Final = "2024-08-05"
_REST: Final = "2023-01-01"
_LIFETIME: Final = timedelta(hours=1)


class _Refusal(Exception):
    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"error": status, "errorCode": code, "detail": detail, "reason": code.title()}


class _Asked(Struct, frozen=True, kw_only=True):
    path: str
    version: str
    query: Mapping[str, str]


class Atlas:
    """Answers Atlas's paths and hands everything else on."""

    def __init__(self, world: World, beyond: Application) -> None:
        self._world = world
        self._beyond = beyond
        self._tokens: dict[str, Any] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not path.startswith((_TOKEN, _GROUPS)):
            return self._beyond(environ, start_response)
        version = _REST
        try:
            answer = self._token(environ) if path == _TOKEN else self._read(environ)
            status = 200
            version = _version(environ)
        except _Refusal as refused:
            status, answer = refused.status, refused.body
        kind = f"application/vnd.atlas.{version}+json" if status == 200 and path != _TOKEN else "application/json"
        body = json.dumps(answer).encode()
        start_response(f"{status} -", [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    def _token(self, environ: Mapping[str, Any]) -> Mapping[str, Any]:
        import base64

        length = int(environ.get("CONTENT_LENGTH") or 0)
        form = dict(parse_qsl(environ["wsgi.input"].read(length).decode(errors="replace")))
        pair = f"{SIMULATED.client_id}:{SIMULATED.client_secret}".encode()
        basic = f"Basic {base64.b64encode(pair).decode()}"
        if environ["REQUEST_METHOD"] != "POST" or form.get("grant_type") != "client_credentials":
            raise _Refusal(400, "INVALID_REQUEST", "grant_type is client_credentials")
        if environ.get("HTTP_AUTHORIZATION") != basic:
            raise _Refusal(401, "UNAUTHORIZED", "This client is not known.")
        token = secrets.token_urlsafe(24)
        self._tokens[token] = self._world.clock.now() + _LIFETIME
        return {"access_token": token, "expires_in": int(_LIFETIME.total_seconds()), "token_type": "Bearer"}

    def _read(self, environ: Mapping[str, Any]) -> Mapping[str, Any]:
        kind, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        until = self._tokens.get(token)
        if kind != "Bearer" or until is None or self._world.clock.now() > until:
            raise _Refusal(401, "UNAUTHORIZED", "You are not authorized for this resource.")
        group, _, path = environ["PATH_INFO"].removeprefix(_GROUPS).partition("/")
        if group != PROJECT:
            raise _Refusal(404, "GROUP_NOT_FOUND", f"No group with ID {group} exists.")
        if environ["REQUEST_METHOD"] != "GET":
            raise _Refusal(405, "METHOD_NOT_ALLOWED", "The simulated Atlas is read-only.")
        query = dict(parse_qsl(environ.get("QUERY_STRING", "")))
        asked = _Asked(path=path, version=_version(environ), query=query)
        with self._world.lock:
            self._world.agenda.catch_up()
            return _answer(self._world.store(AtlasState), self._world, asked)


def _version(environ: Mapping[str, Any]) -> str:
    accept = str(environ.get("HTTP_ACCEPT", ""))
    return accept.removeprefix("application/vnd.atlas.").removesuffix("+json")


def _answer(state: AtlasState, world: World, asked: _Asked) -> Mapping[str, Any]:
    parts = asked.path.split("/")
    if parts[0] == "clusters" and len(parts) > 1 and parts[1] != CLUSTER:
        raise _Refusal(404, "CLUSTER_NOT_FOUND", f"No cluster named {parts[1]} exists in group {PROJECT}.")
    known = _routes(state, world).get(asked.path)
    if known is None:
        raise _Refusal(404, "RESOURCE_NOT_FOUND", f"Cannot find resource {asked.path}.")
    version, answer = known
    if asked.version < version:
        raise _Refusal(406, "INVALID_VERSION_DATE", "There is no such version of this resource.")
    found = answer()
    return _page(found, asked.query) if isinstance(found, list) else found


def _routes(state: AtlasState, world: World) -> Mapping[str, tuple[str, Callable[[], Any]]]:
    """Path below the project to the first version that has it, and what answers."""
    here = f"clusters/{CLUSTER}"
    return {
        here: (_CLUSTERS, state.cluster),
        f"{here}/backup/schedule": (_CLUSTERS, lambda: state.schedule(world.clock.now())),
        f"{here}/backup/snapshots": (_REST, lambda: state.snapshots(world.clock.now())),
        f"{here}/backup/restoreJobs": (_REST, lambda: state.restores(world.began)),
        "accessList": (_REST, lambda: list(state.access_list)),
        "alertConfigs": (_REST, lambda: list(state.alerts)),
    }


def _page(found: list[Any], query: Mapping[str, str]) -> Mapping[str, Any]:
    """``itemsPerPage`` is 100 unless it is said, at most 500; ``pageNum`` begins at 1."""
    try:
        size, number = int(query.get("itemsPerPage", "100")), int(query.get("pageNum", "1"))
    except ValueError:
        raise _Refusal(400, "INVALID_QUERY_PARAMETER", "itemsPerPage and pageNum are numbers.") from None
    if not (1 <= size <= 500 and number >= 1):
        raise _Refusal(400, "INVALID_QUERY_PARAMETER", "itemsPerPage is 1 to 500, pageNum at least 1.")
    counted = {"totalCount": len(found)} if query.get("includeCount", "true") == "true" else {}
    return {"results": found[(number - 1) * size : number * size], **counted}
