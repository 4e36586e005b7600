"""Asks Atlas's Admin API: signs, waits where Atlas asks to, and tells errors apart.

It reads. A change would go the same way as another ``method`` with a body, but never be repeated.
"""

import threading
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from runbook_tui.atlas.answers import Asked, body_of, problem_of
from runbook_tui.atlas.keys import Keys
from runbook_tui.atlas.signing import Signing
from runbook_tui.aws.endpoint import is_loopback
from runbook_tui.aws.errors import Throttled, Unreachable
from runbook_tui.core.text import clean

if TYPE_CHECKING:
    import httpx

ATTEMPTS: Final = 4
LONGEST_WAIT_S: Final = 20.0  # Atlas's limits are by the minute; a check has one minute for all it does
CONNECT_S: Final = 5.0
READ_S: Final = 20.0
AGAIN: Final = (429, 500, 502, 503, 504)


class AtlasClient:
    """Safe from many threads. httpx is loaded, and the key is used, at the first request."""

    def __init__(
        self,
        base_url: str,
        keys: Keys,
        *,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._base_url = base_url
        self._signing = Signing(keys, monotonic)
        self._sleep = sleep
        self._wall = wall
        self._lock = threading.Lock()
        self._http: httpx.Client | None = None

    def get(self, asked: Asked, version: str, query: Mapping[str, str | int]) -> Mapping[str, Any]:
        """The JSON object that Atlas answers. One of ``aws.errors`` after at most four tries and 20 s of waiting."""
        patience = LONGEST_WAIT_S
        for attempt in range(1, ATTEMPTS + 1):
            response = self._signed(asked, version, query)
            if response.status_code == 200:
                return body_of(response)
            if response.status_code == 401 and attempt == 1 and self._signing.drop():
                continue  # the token was revoked before its time
            wait = self._wait(response, attempt)
            if response.status_code not in AGAIN or attempt == ATTEMPTS or wait > patience:
                raise _with_wait(problem_of(response, asked), wait)
            patience -= wait
            self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _signed(self, asked: Asked, version: str, query: Mapping[str, str | int]) -> "httpx.Response":
        auth = self._signing.auth(self._base_url, self._send)
        accept = {"accept": f"application/vnd.atlas.{version}+json"}
        url = f"{self._base_url}/api/atlas/v2/groups/{asked.project}/{asked.path}"
        request = self._client().build_request(asked.method, url, params=dict(query), headers=accept)
        return self._send(request, auth=auth)

    def _send(self, request: "httpx.Request", **options: Any) -> "httpx.Response":
        import httpx

        try:
            return self._client().send(request, **options)
        except httpx.HTTPError as error:
            raise Unreachable(
                f"Atlas at {request.url.host} gave no answer: {clean(str(error) or type(error).__name__, 300)}",
                remedy="check the network of this machine (VPN, proxy, firewall), then check again",
                service="atlas",
                operation=f"{request.method}",
            ) from error

    def _client(self) -> "httpx.Client":
        with self._lock:
            if self._http is None:
                import httpx

                self._http = httpx.Client(
                    timeout=httpx.Timeout(READ_S, connect=CONNECT_S),
                    trust_env=not is_loopback(self._base_url),  # the proxy of HTTPS_PROXY
                    limits=httpx.Limits(max_keepalive_connections=0),  # a handful of requests: none is left open
                    headers={"user-agent": "runbook-tui"},
                )
            return self._http

    def _wait(self, response: "httpx.Response", attempt: int) -> float:
        """Seconds: as long as Atlas asks for, else 1, 2, 4."""
        told = response.headers.get("retry-after", "").strip()
        if told.isdecimal():
            return float(told[:9])
        try:
            return max(parsedate_to_datetime(told).timestamp() - self._wall(), 0.0)
        except (ValueError, TypeError):
            return float(2 ** (attempt - 1))


def _with_wait(problem: Any, wait: float) -> Any:
    """Tells for how long Atlas wants to be left alone."""
    if isinstance(problem, Throttled) and wait > 1:
        problem.remedy = f"wait {wait:.0f} s, as Atlas asks, and check again"
    return problem
