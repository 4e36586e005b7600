"""A real Atlas on loopback, as far as it is read: it judges how a request is signed, versioned and paged."""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from runbook_tui.atlas.client import AtlasClient
from runbook_tui.atlas.keys import ApiKey, Keys, ServiceAccount
from runbook_tui.atlas.project import AtlasProject
from tests.support.atlas_raw import GROUP, atlas
from tests.support.atlas_schema import RESOURCES
from tests.support.wire import Asked, Reply, Wire, serving

KEY = ApiKey(public="abcdefgh", private="planted-private-key")
ACCOUNT = ServiceAccount(client_id="mdb_sa_id_1", client_secret="planted-client-secret")
REALM, NONCE = "MMS Public API", "nonce-1"
Turn = Callable[[Asked], Reply | None]


class AtlasServer:
    """``answers`` by path below the project; ``turns`` are asked first, one a request, and may answer instead."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = atlas()
        self.turns: list[Turn] = []
        self.tokens: list[str] = []
        self.revoked: set[str] = set()
        self.queries: list[dict[str, str]] = []
        self.versions: list[tuple[str, str]] = []

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/api/oauth/token":
            return self._token(asked)
        if not self._signed(asked):
            challenge = f'Digest realm="{REALM}", domain="", nonce="{NONCE}", algorithm=MD5, qop="auth", stale=false'
            return refusal(401, "UNAUTHORIZED", **{"WWW-Authenticate": challenge})
        if self.turns and (reply := self.turns.pop(0)(asked)) is not None:
            return reply
        return self._read(asked)

    def _token(self, asked: Asked) -> Reply:
        pair = b64encode(f"{ACCOUNT.client_id}:{ACCOUNT.client_secret}".encode()).decode()
        sent = {name.lower(): value for name, value in asked.headers.items()}
        if sent.get("authorization") != f"Basic {pair}" or parse_qs(asked.body.decode()) != {
            "grant_type": ["client_credentials"]
        }:
            return refusal(401, "invalid_client")
        self.tokens.append(f"token-{len(self.tokens) + 1}")
        body = {"access_token": self.tokens[-1], "expires_in": 3600, "token_type": "Bearer"}
        return Reply(body=json.dumps(body).encode())

    def _signed(self, asked: Asked) -> bool:
        sent = {name.lower(): value for name, value in asked.headers.items()}.get("authorization", "")
        if sent.startswith("Bearer "):
            token = sent.removeprefix("Bearer ")
            return token in self.tokens and token not in self.revoked
        return sent.startswith("Digest ") and _digest_is_right(sent, asked)

    def _read(self, asked: Asked) -> Reply:
        parts = urlsplit(asked.path)
        group, _, path = parts.path.removeprefix("/api/atlas/v2/groups/").partition("/")
        if group != GROUP:
            return refusal(404, "GROUP_NOT_FOUND")
        if path not in self.answers:
            return refusal(404, "CLUSTER_NOT_FOUND")
        version, _ = RESOURCES[path.rpartition("/")[2]]
        accept = {name.lower(): value for name, value in asked.headers.items()}["accept"]
        self.versions.append((path, accept))
        if accept != f"application/vnd.atlas.{version}+json":
            return refusal(406, "INVALID_VERSION_DATE")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.queries.append(query)
        return Reply(body=json.dumps(_page(self.answers[path], query)).encode())


def refusal(status: int, code: str, **headers: str) -> Reply:
    body = {"error": status, "errorCode": code, "detail": "no\x1b[2J", "reason": "No"}
    return Reply(status=status, body=json.dumps(body).encode(), headers=headers)


def _page(answer: Any, query: dict[str, str]) -> Any:
    if "results" not in answer:
        return answer
    size, number = int(query.get("itemsPerPage", "100")), int(query.get("pageNum", "1"))
    return {"results": answer["results"][(number - 1) * size : number * size]}


def _digest_is_right(sent: str, asked: Asked) -> bool:
    """RFC 7616 with MD5 and qop=auth, worked out anew."""
    told = dict(re.findall(r'(\w+)="?([^",]*)"?', sent.removeprefix("Digest ")))
    first = _md5(f"{KEY.public}:{REALM}:{KEY.private}")
    second = _md5(f"{asked.method}:{asked.path}")
    expected = _md5(f"{first}:{NONCE}:{told.get('nc')}:{told.get('cnonce')}:auth:{second}")
    return (told.get("username"), told.get("uri"), told.get("response")) == (KEY.public, asked.path, expected)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class Clockwork:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@contextmanager
def atlas_server(keys: Keys = ACCOUNT) -> Iterator[tuple[AtlasProject, AtlasServer, Wire, Clockwork]]:
    server, clock = AtlasServer(), Clockwork()
    with serving(server) as wire:
        client = AtlasClient(wire.url(), keys, sleep=clock.sleep, monotonic=lambda: clock.now, wall=lambda: clock.now)
        yield AtlasProject(client, GROUP), server, wire, clock
