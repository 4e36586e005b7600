"""Asks a real endpoint over HTTP, as a client of the application would, and a name of the DNS.

Certificates are always verified.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from runbook_tui.aws.probing import Prober

FailureKind = Literal["tls-name", "tls-expired", "tls-untrusted", "timeout", "refused", "dns", "proxy", "other"]


class Certificate(Struct, frozen=True, kw_only=True):
    """What the server showed. ``names`` are the DNS names and addresses that it is good for."""

    subject: str
    issuer: str
    not_after: datetime
    names: tuple[str, ...] = ()


class Answer(Struct, frozen=True, kw_only=True):
    """``ms`` runs from before the connection until the body was read; ``body`` ends after 64 kB, ``truncated`` says
    so. ``headers`` has few, in lower case. ``url`` is the last one when redirects were followed."""

    url: str
    status: int
    ms: float
    headers: dict[str, str]
    body: bytes
    truncated: bool = False
    certificate: Certificate | None = None


class Failure(Struct, frozen=True, kw_only=True):
    """No HTTP answer came. ``text`` is one line that says why."""

    kind: FailureKind
    text: str
    ms: float = 0.0


class Resolved(Struct, frozen=True, kw_only=True):
    """``code`` is NOERROR, NXDOMAIN or another word of the DNS; ``data`` are addresses, or names in lower case."""

    code: str
    data: tuple[str, ...] = ()


class Ingress(Struct, frozen=True, kw_only=True):
    """Where a simulated application answers: requests for every host go to these loopback ``host:port``,
    with the name that was asked for, and trust the certificate authority ``ca`` (PEM text) alone."""

    http: str
    https: str
    ca: str


class Probe:
    """Safe from many threads. httpx is loaded, and certificates are read, at the first question."""

    def __init__(self, ingress: Ingress | None = None) -> None:
        self._ingress = ingress
        self._prober: Prober | None = None

    def get(self, url: str, *, timeout: float = 5.0, follow: bool = False) -> Answer | Failure:
        """``timeout``, in seconds, limits each wait (to connect, for the next bytes) and the whole of the body.
        ``follow`` follows up to five redirects."""
        return self._asking().ask("GET", url, {}, timeout=timeout, follow=follow)

    def preflight(self, url: str, *, origin: str, method: str = "GET", timeout: float = 5.0) -> Answer | Failure:
        """What a browser asks before a page of ``origin`` (``https://example.org``) may send ``method`` there."""
        headers = {"origin": origin, "access-control-request-method": method}
        return self._asking().ask("OPTIONS", url, headers, timeout=timeout, follow=False)

    def _asking(self) -> "Prober":
        if self._prober is None:
            from runbook_tui.aws.probing import Prober

            self._prober = Prober(self._ingress)
        return self._prober

    def resolve(self, name: str, kind: Literal["A", "AAAA", "NS"]) -> Resolved | Failure | None:
        """What the resolvers of this machine say; None in a simulated world, which has nobody outside of it."""
        if self._ingress is not None:
            return None
        from runbook_tui.aws import resolving

        return resolving.resolve(name, kind, resolving.resolvers())
