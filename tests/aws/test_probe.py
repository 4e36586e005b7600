"""The probe against real servers on loopback."""

import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from runbook_tui.aws.probe import Answer, Failure, Ingress, Probe
from tests.support.certificates import authority, stranger
from tests.support.wire import Asked, Reply, Says, Wire, serving

HOST = "api.example.org"


@contextmanager
def application(
    says: Says | Reply, context: ssl.SSLContext | None = None, *, ca: str = ""
) -> Iterator[tuple[Probe, Wire]]:
    """A probe whose every request goes to a TLS server with a certificate for ``api.example.org``."""
    with serving(says, context or authority().server(HOST)) as wire:
        place = f"127.0.0.1:{wire.port}"
        yield Probe(Ingress(http="127.0.0.1:1", https=place, ca=ca or authority().pem)), wire


def test_an_answer_is_told_whole() -> None:
    """Status, body, headers and certificate of an answer come back; the server saw the real host's name."""
    reply = Reply(status=503, body=b'{"ready": false}', headers={"Content-Type": "application/json", "X-Secret": "s"})
    with application(reply) as (probe, wire):
        answer = probe.get(f"https://{HOST}/ready?deep=1")
        assert isinstance(answer, Answer)
        assert (answer.status, answer.body, answer.truncated) == (503, b'{"ready": false}', False)
        assert answer.headers == {"content-type": "application/json", "content-length": "16"}
        assert answer.url == f"https://{HOST}/ready?deep=1"
        assert answer.ms > 0
        assert wire.asked[0].headers["host"] == HOST
        assert wire.asked[0].path == "/ready?deep=1"


def test_a_simulated_application_says_itself_how_long_it_took() -> None:
    """What this machine took for it says nothing of it."""
    with application(Reply(headers={"X-Simulated-Seconds": "1.25"})) as (probe, _):
        answer = probe.get(f"https://{HOST}/")
    assert isinstance(answer, Answer)
    assert answer.ms == 1250


def test_the_certificate_is_told() -> None:
    """Subject, issuer, names and end of validity are read from the certificate that was shown."""
    with application(Reply()) as (probe, _):
        answer = probe.get(f"https://{HOST}/")
    assert isinstance(answer, Answer)
    shown = answer.certificate
    assert shown is not None
    assert (shown.subject, shown.issuer, shown.names) == (HOST, "Test authority", (HOST,))
    assert 28 <= (shown.not_after - datetime.now(UTC)).days <= 30


BAD: dict[str, Callable[[], ssl.SSLContext]] = {
    "tls-name": lambda: authority().server("www.example.org"),
    "tls-expired": lambda: authority().server(HOST, days=-1),
    "tls-untrusted": lambda: stranger().server(HOST),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_certificate_is_a_failure_of_its_kind(kind: str) -> None:
    """A certificate for another name, an expired one, and a stranger's are told apart; nothing is sent."""
    with application(Reply(), BAD[kind]()) as (probe, wire):
        failure = probe.get(f"https://{HOST}/")
        assert isinstance(failure, Failure)
        assert failure.kind == kind
        assert failure.text
        assert wire.asked == []


def test_the_ingress_trusts_its_own_authority_alone() -> None:
    """What a simulated application shows must be signed by the simulator's authority."""
    with application(Reply(), authority().server(HOST), ca=stranger().pem) as (probe, _):
        assert getattr(probe.get(f"https://{HOST}/"), "kind", None) == "tls-untrusted"


def test_the_world_s_authorities_are_trusted_without_an_ingress() -> None:
    """A live probe does not trust a private authority."""
    with serving(Reply(), authority().server("127.0.0.1")) as wire:
        assert getattr(Probe().get(wire.url()), "kind", None) == "tls-untrusted"


def test_a_slow_answer_is_a_timeout() -> None:
    """An answer that does not begin in time is a timeout."""
    with application(Reply(delay=3)) as (probe, _):
        failure = probe.get(f"https://{HOST}/", timeout=0.2)
    assert isinstance(failure, Failure)
    assert failure.kind == "timeout"
    assert failure.ms > 0


def test_an_answer_that_drips_is_a_timeout() -> None:
    """The body as a whole has the time, not each piece of it."""
    with application(Reply(body=b"x" * 200, drip=0.05)) as (probe, wire):
        assert getattr(probe.get(f"https://{HOST}/", timeout=0.3), "kind", None) == "timeout"
        wire.gone.set()


def test_a_refused_connection_is_told() -> None:
    """A port where nobody listens is refused."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert getattr(Probe().get(f"http://127.0.0.1:{port}/"), "kind", None) == "refused"


def test_a_name_that_does_not_resolve_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host without an address is a matter of DNS."""

    def nowhere(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    assert getattr(Probe().get("https://api.invalid/"), "kind", None) == "dns"


def test_a_proxy_that_refuses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trouble with the proxy of the environment is not blamed on the endpoint."""
    with serving(Reply(status=403)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url())
        assert getattr(Probe().get("https://api.invalid/"), "kind", None) == "proxy"


def test_a_server_that_hangs_up_is_a_failure() -> None:
    """A connection that ends without an answer is a failure, not an exception."""
    with application(Reply(hang_up=True)) as (probe, _):
        assert getattr(probe.get(f"https://{HOST}/"), "kind", None) == "other"


@pytest.mark.parametrize("url", ["ftp://x/", "https://", "nonsense", "https://x:port/"])
def test_a_url_that_is_none_is_a_failure(url: str) -> None:
    """What cannot be asked over HTTP is said, without an exception."""
    assert getattr(Probe().get(url), "kind", None) == "other"


def test_a_large_body_is_cut() -> None:
    """At most 64 kB are kept, and that is said."""
    with application(Reply(body=b"x" * 70_000)) as (probe, _):
        answer = probe.get(f"https://{HOST}/")
    assert isinstance(answer, Answer)
    assert (len(answer.body), answer.truncated) == (65_536, True)


def redirecting(asked: Asked) -> Reply:
    if asked.path == "/":
        return Reply(status=302, headers={"Location": "/ready"})
    return Reply(body=b"there")


def test_redirects_are_shown_or_followed() -> None:
    """A redirect is an answer; when asked to, the probe follows it to the same ingress."""
    with application(redirecting) as (probe, wire):
        shown = probe.get(f"https://{HOST}/")
        assert isinstance(shown, Answer)
        assert (shown.status, shown.headers["location"]) == (302, "/ready")
        followed = probe.get(f"https://{HOST}/", follow=True)
        assert isinstance(followed, Answer)
        assert (followed.status, followed.body, followed.url) == (200, b"there", f"https://{HOST}/ready")
        assert [asked.headers["host"] for asked in wire.asked] == [HOST] * 3


def test_endless_redirects_end() -> None:
    """A host that redirects for ever is a failure."""
    with application(Reply(status=302, headers={"Location": "/"})) as (probe, wire):
        assert getattr(probe.get(f"https://{HOST}/", follow=True), "kind", None) == "other"
        assert len(wire.asked) == 6


def test_plain_http_goes_to_its_own_port() -> None:
    """The redirect of port 80 can be asked too, and has no certificate."""
    with serving(Reply(status=301, headers={"Location": f"https://{HOST}/"})) as wire:
        probe = Probe(Ingress(http=f"127.0.0.1:{wire.port}", https="127.0.0.1:1", ca=authority().pem))
        answer = probe.get(f"http://{HOST}/")
    assert isinstance(answer, Answer)
    assert (answer.status, answer.certificate) == (301, None)
    assert wire.asked[0].headers["host"] == HOST


@pytest.mark.slow
def test_heavy_modules_wait_until_they_are_needed() -> None:
    """Errors, access, probe, permissions and names of operations load neither boto3 nor httpx."""
    modules = "runbook_tui.aws.errors, runbook_tui.aws.access, runbook_tui.aws.probe, runbook_tui.aws.operations"
    more = (
        "runbook_tui.catalogue.permissions, runbook_tui.aws.reader, runbook_tui.aws.session, runbook_tui.aws.sensitive"
    )
    code = f"import sys, {modules}, {more}; print(*sorted({{'boto3', 'botocore', 'httpx', 'moto'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
