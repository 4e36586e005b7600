"""One TLS context for all clients.

Stock botocore reads the CA bundle (some 140 certificates, 25-30 ms of CPU) again for each new connection; a sweep
over fifteen services opens over a hundred. Here the bundle is read once. What is refused stays refused: an unknown
issuer, another host's certificate, an expired one.
"""

import os
import ssl
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session, create_urllib3_context, get_cert_path

from runbook_tui.core.problems import RefusedProblem


def trusted(bundle: str | None) -> ssl.SSLContext:
    """A context that trusts the certificates in ``bundle``, else those that botocore ships with."""
    path = bundle or os.environ.get("REQUESTS_CA_BUNDLE") or get_cert_path(verify=True)
    context: ssl.SSLContext = create_urllib3_context()
    # With this on, OpenSSL compares the host name, and Python refuses to switch verification off.
    context.check_hostname = True
    try:
        context.load_verify_locations(cafile=path)
    except (OSError, ssl.SSLError) as error:
        raise RefusedProblem(
            f"the CA bundle {path} cannot be used: {error}",
            "make AWS_CA_BUNDLE (or ca_bundle of the profile) name a file of PEM certificates",
        ) from error
    return context


def untrusting() -> ssl.SSLContext:
    """For plain HTTP, where no certificate is ever seen: it trusts nobody, and costs nothing to make."""
    context: ssl.SSLContext = create_urllib3_context()
    return context


class SharedTls(URLLib3Session):  # type: ignore[misc]
    """botocore's HTTP session over a shared context. Each request goes out, and its answer is read, in a ``turn``."""

    def __init__(
        self, context: ssl.SSLContext, turn: Callable[[], AbstractContextManager[None]], **options: Any
    ) -> None:
        self._shared = context  # the base class asks for it while it starts
        self._turn = turn
        super().__init__(**options)

    def send(self, request: Any) -> AWSResponse:
        with self._turn():
            return super().send(request)

    def _get_ssl_context(self) -> ssl.SSLContext:
        return self._shared

    def _setup_ssl_cert(self, conn: Any, url: str, verify: Any) -> None:  # noqa: ARG002 - botocore's signature
        """The context knows its certificates: naming a file here would have it read again."""
        conn.cert_reqs = "CERT_REQUIRED"
        conn.ca_certs = None
