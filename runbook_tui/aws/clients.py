"""boto3 clients: made lazily, one at a time, each once, and shared by up to 32 threads."""

import gc
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from msgspec import Struct

from runbook_tui import __version__
from runbook_tui.aws.endpoint import guard_endpoint, is_loopback

CONNECTIONS: Final = 32  # more at once gain nothing on two cores (measured)
# These have one endpoint, in one region, whatever the site's region is.
HOME_REGIONS: Final[Mapping[str, str]] = {"budgets": "us-east-1", "ce": "us-east-1", "health": "us-east-1"}


class Patience(Struct, frozen=True, kw_only=True):
    """How often and how long a request is tried. Seconds; ``attempts`` counts the first one."""

    attempts: int = 6
    connect: float = 5.0
    read: float = 20.0


class Clients:
    """Safe from many threads. Creating two clients at once would only make both slow (260 ms instead of 60)."""

    def __init__(self, core: Any, region: str, endpoint_url: str | None, *, allow: bool, patience: Patience) -> None:
        import boto3

        from runbook_tui.aws.models import share
        from runbook_tui.aws.wellformed import watch_answers

        watch_answers(core)
        self._core = core
        share(core)
        self._session = boto3.Session(botocore_session=core, region_name=region)
        self._region = region
        self._endpoint_url = endpoint_url
        self._allow = allow
        self._patience = patience
        self._made: dict[tuple[str, str], Any] = {}
        self._making = threading.Lock()
        self._counting = threading.Lock()
        self._free = threading.BoundedSemaphore(CONNECTIONS)
        self._contexts: dict[bool, Any] = {}
        self.requests = 0

    def get(self, service: str, region: str = "") -> Any:
        """In the site's region, or another one. botocore's own exceptions, or RefusedProblem for a foreign endpoint."""
        name = (service, HOME_REGIONS.get(service, region or self._region))
        client = self._made.get(name)
        if client is not None:
            return client
        with self._making:
            if name not in self._made:
                with _nothing_to_collect():
                    self._made[name] = self._make(*name)
            return self._made[name]

    def credentials(self) -> Any:
        """botocore's credentials object, or None. May read files and ask token services."""
        return self._core.get_credentials()

    def close(self) -> None:
        with self._making:
            for client in self._made.values():
                client.close()
            self._made.clear()

    def _make(self, service: str, region: str) -> Any:
        client = self._session.client(
            service,
            region_name=region,
            endpoint_url=self._endpoint_url,
            config=self._config(),
        )
        url = client.meta.endpoint_url
        guard_endpoint(url, allow=self._allow)
        # botocore offers no public way to bring an HTTP session of one's own.
        client._endpoint.http_session = self._http_session(url)  # noqa: SLF001
        return client

    def _config(self) -> Any:
        from botocore.config import Config

        # A loopback endpoint has neither FIPS nor dual-stack variants, whatever the environment prefers.
        plain = {"use_fips_endpoint": False, "use_dualstack_endpoint": False} if self._endpoint_url else {}
        return Config(
            retries={"mode": "adaptive", "total_max_attempts": self._patience.attempts},
            connect_timeout=self._patience.connect,
            read_timeout=self._patience.read,
            max_pool_connections=CONNECTIONS,
            # Said whole, botocore does not put it together anew twice for each request: 7 % of a sweep.
            user_agent=f"runbook-tui/{__version__} {self._session._session.user_agent()}",  # noqa: SLF001
            **plain,
        )

    def _http_session(self, url: str) -> Any:
        from botocore.utils import get_environ_proxies

        from runbook_tui.aws.tls import SharedTls

        return SharedTls(
            self._tls(url),
            self._turn,
            timeout=(self._patience.connect, self._patience.read),
            max_pool_connections=CONNECTIONS,
            proxies={} if is_loopback(url) else get_environ_proxies(url),
            # Without it a request's body waits 40 ms for the acknowledgement of its headers.
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )

    def _tls(self, url: str) -> Any:
        from runbook_tui.aws.tls import trusted, untrusting

        secure = url.startswith("https:")
        if secure not in self._contexts:
            bundle = self._core.get_config_variable("ca_bundle") if secure else None
            self._contexts[secure] = trusted(bundle) if secure else untrusting()
        return self._contexts[secure]

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Waits while as many requests are under way as there may be, whatever the number of threads."""
        with self._free:
            with self._counting:
                self.requests += 1
            yield


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """A client is thousands of objects that all stay: looking for garbage among them takes 15 % of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
