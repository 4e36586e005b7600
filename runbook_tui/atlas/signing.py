"""How a request to Atlas is signed: by digest, or with a token that lives in memory alone."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, assert_never

from runbook_tui.atlas.answers import ANEW, SIGN_IN, Asked, body_of, problem_of
from runbook_tui.atlas.keys import ApiKey, Keys, ServiceAccount
from runbook_tui.aws.errors import Denied, Malformed

if TYPE_CHECKING:
    import httpx

TOKEN_PATH: Final = "/api/oauth/token"  # noqa: S105 - a path
EARLY_S: Final = 60.0  # a token that is about to end is not used any more
SHORTEST_S: Final = 1.0

Send = Callable[["httpx.Request"], "httpx.Response"]
Sign = Callable[["httpx.Request"], "httpx.Request"]


class Signing:
    """Safe from many threads: of many that need a token, one asks for it."""

    def __init__(self, keys: Keys, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._keys = keys
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._token = ""
        self._until = float("-inf")

    def auth(self, base_url: str, send: Send) -> "httpx.Auth | Sign":
        """For one request. Denied when Atlas refuses the service account."""
        import httpx

        match self._keys:
            case ApiKey():
                # one for each request: a nonce's count must not be used by two threads
                return httpx.DigestAuth(self._keys.public, self._keys.private)
            case ServiceAccount():
                return _bearing(self._bearer(self._keys, base_url, send))
            case _:
                assert_never(self._keys)

    def drop(self) -> bool:
        """Atlas refused the token: forget it. False where there is none that a new one could replace."""
        with self._lock:
            had, self._token, self._until = bool(self._token), "", float("-inf")
        return had

    def _bearer(self, account: ServiceAccount, base_url: str, send: Send) -> str:
        with self._lock:
            if self._monotonic() >= self._until:
                self._token, lifetime = _asked_for(account, base_url, send)
                self._until = self._monotonic() + max(lifetime - EARLY_S, SHORTEST_S)
            return self._token


def _bearing(token: str) -> Sign:
    def sign(request: "httpx.Request") -> "httpx.Request":
        request.headers["authorization"] = f"Bearer {token}"
        return request

    return sign


def _asked_for(account: ServiceAccount, base_url: str, send: Send) -> tuple[str, float]:
    """A new token and for how many seconds it is good."""
    import httpx

    request = httpx.Request(
        "POST",
        f"{base_url}{TOKEN_PATH}",
        data={"grant_type": "client_credentials"},
        headers={"accept": "application/json"},
    )
    signed = next(httpx.BasicAuth(account.client_id, account.client_secret).auth_flow(request))
    response = send(signed)
    if response.status_code in (400, 401, 403):
        what = f"{SIGN_IN} is refused: the service account gets no token ({response.status_code})"
        raise Denied(what, action=SIGN_IN, remedy=ANEW)
    if response.status_code != 200:
        raise problem_of(response, Asked(method="POST", project="", path="token"))
    body = body_of(response)
    token, lifetime = body.get("access_token"), body.get("expires_in")
    if not isinstance(token, str) or not token.isprintable() or not isinstance(lifetime, int | float):
        raise Malformed("Atlas answered no token", remedy="re-check")
    return token, float(lifetime)
