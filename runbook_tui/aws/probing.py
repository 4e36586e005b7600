"""The HTTP client behind ``Probe``: loaded when the first endpoint is asked."""

import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import httpx

from runbook_tui.aws.endpoint import is_loopback
from runbook_tui.aws.probe import Answer, Certificate, Failure, FailureKind, Ingress
from runbook_tui.core.text import clean

LARGEST_BODY: Final = 64 * 1024
KEPT_HEADERS: Final = ("access-control-allow-origin", "content-length", "content-type", "date", "location", "server")
REDIRECTS: Final = 5
_SIMULATED_SECONDS: Final = "x-simulated-seconds"

# OpenSSL's verify codes (x509_vfy.h).
EXPIRED: Final = 10
WRONG_NAME: Final = frozenset({62, 64})  # host name, IP address


class _ToIngress(httpx.HTTPTransport):
    """Sends requests for any host to loopback; the host's name stays in ``Host`` and in TLS."""

    def __init__(self, ingress: Ingress, context: ssl.SSLContext) -> None:
        super().__init__(verify=context, trust_env=False)
        self._ingress = ingress

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        place = self._ingress.https if url.scheme == "https" else self._ingress.http
        host, _, port = place.rpartition(":")
        request.extensions = {**request.extensions, "sni_hostname": url.host}
        request.url = url.copy_with(host=host, port=int(port))
        try:
            return super().handle_request(request)
        finally:
            request.url = url  # a redirect is relative to what was asked, not to where it went


class Prober:
    def __init__(self, ingress: Ingress | None) -> None:
        self._ingress = ingress
        self._context = httpx.create_ssl_context() if ingress is None else ssl.create_default_context(cadata=ingress.ca)

    def ask(
        self, method: str, url: str, headers: Mapping[str, str], *, timeout: float, follow: bool
    ) -> Answer | Failure:
        began = time.monotonic()
        try:
            with (
                self._client(url, timeout, follow=follow) as client,
                client.stream(method, url, headers=headers) as response,
            ):
                return self._answer(response, began, timeout)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Failure(kind=_kind(error), text=clean(_text(error)), ms=_ms(began))

    def _client(self, url: str, timeout: float, *, follow: bool) -> httpx.Client:
        return httpx.Client(
            transport=_ToIngress(self._ingress, self._context) if self._ingress else None,
            verify=self._context,
            trust_env=self._ingress is None and not is_loopback(url),  # the proxy of HTTPS_PROXY
            timeout=timeout,
            follow_redirects=follow,
            max_redirects=REDIRECTS,
            headers={"user-agent": "runbook-tui", "accept": "*/*"},
        )

    def _answer(self, response: httpx.Response, began: float, timeout: float) -> Answer | Failure:
        certificate = _certificate(response)
        body = bytearray()
        for chunk in _before(response.iter_bytes(), began + timeout):
            if chunk is None:
                return Failure(kind="timeout", text=f"the answer was not complete after {timeout:g} s", ms=_ms(began))
            body += chunk
            if len(body) > LARGEST_BODY:
                break
        return Answer(
            url=str(response.url),
            status=response.status_code,
            ms=self._took(response, began),
            headers={name: clean(response.headers[name]) for name in KEPT_HEADERS if name in response.headers},
            body=bytes(body[:LARGEST_BODY]),
            truncated=len(body) > LARGEST_BODY,
            certificate=certificate,
        )

    def _took(self, response: httpx.Response, began: float) -> float:
        """A simulated application says itself how long it took: this machine's own pace is not its."""
        told = response.headers.get(_SIMULATED_SECONDS) if self._ingress is not None else None
        return round(float(told) * 1000, 1) if told is not None else _ms(began)


def _before(chunks: Iterator[bytes], deadline: float) -> Iterator[bytes | None]:
    """None once the deadline has passed: httpx limits the wait for each piece, not for all of them."""
    for chunk in chunks:
        yield chunk if time.monotonic() <= deadline else None


def _ms(began: float) -> float:
    return round((time.monotonic() - began) * 1000, 1)


def _kind(error: BaseException) -> FailureKind:
    if isinstance(error, httpx.TimeoutException):
        return "timeout"
    if isinstance(error, httpx.ProxyError):
        return "proxy"
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                return _certificate_kind(cause.verify_code)
            case ConnectionRefusedError():
                return "refused"
            case socket.gaierror():
                return "dns"
            case TimeoutError():
                return "timeout"
    return "other"


def _certificate_kind(code: int) -> FailureKind:
    if code == EXPIRED:
        return "tls-expired"
    return "tls-name" if code in WRONG_NAME else "tls-untrusted"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _text(error: BaseException) -> str:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return str(cause.verify_message)
    return str(error) or type(error).__name__


def _certificate(response: httpx.Response) -> Certificate | None:
    stream = response.extensions.get("network_stream")
    connection = stream.get_extra_info("ssl_object") if stream is not None else None
    shown: Any = connection.getpeercert() if connection is not None else None
    if not shown:
        return None
    return Certificate(
        subject=_name(shown["subject"]),
        issuer=_name(shown["issuer"]),
        not_after=datetime.fromtimestamp(ssl.cert_time_to_seconds(shown["notAfter"]), UTC),
        names=tuple(clean(name) for _, name in shown.get("subjectAltName", ())),
    )


def _name(parts: tuple[tuple[tuple[str, str], ...], ...]) -> str:
    """The common name, else everything that the certificate says of whom it is for."""
    said = [pair for part in parts for pair in part]
    common = next((value for key, value in said if key == "commonName"), "")
    return clean(common or ", ".join(value for _, value in said))
