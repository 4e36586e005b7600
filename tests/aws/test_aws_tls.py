"""Certificates, with real TLS servers on loopback: one shared context refuses what stock botocore refuses."""

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from runbook_tui.aws.clients import Patience
from runbook_tui.aws.errors import Unreachable
from runbook_tui.aws.reader import SessionReader
from runbook_tui.aws.session import open_session
from runbook_tui.core.problems import RefusedProblem
from runbook_tui.core.site import Site
from tests.support.aws import simulated_site
from tests.support.certificates import authority, stranger
from tests.support.wire import WHO, Asked, Reply, Wire, document, serving

PATIENT = Patience(attempts=1, connect=5, read=5)


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test authority alone is trusted, by AWS_CA_BUNDLE."""
    path = tmp_path / "bundle.pem"
    path.write_text(authority().pem)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(path))
    return path


def says(asked: Asked) -> Reply:
    return WHO if asked.service == "sts" else document(clusters=[], repositories=[])


def reader_of(wire: Wire) -> SessionReader:
    return SessionReader(open_session(simulated_site(wire.url()), patience=PATIENT))


def test_a_good_certificate_is_accepted(bundle: Path) -> None:
    """AWS_CA_BUNDLE says whom to trust, as for the aws CLI."""
    with serving(says, authority().server("127.0.0.1")) as wire:
        reader = reader_of(wire)
        assert reader.read("sts", "get_caller_identity")["Account"] == "123456789012"
        reader.session.close()


BAD: dict[str, tuple[Callable[[], ssl.SSLContext], str]] = {
    "another host's": (lambda: authority().server("other.example"), "mismatch|not valid for"),
    "another address's": (lambda: authority().server("127.0.0.2"), "mismatch|not valid for"),
    "an expired": (lambda: authority().server("127.0.0.1", days=-1), "expired"),
    "a stranger's": (lambda: stranger().server("127.0.0.1"), "unable to get local issuer|self.signed"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_certificate_is_refused(bundle: Path, kind: str) -> None:
    """Another host's, an expired or an unknown issuer's certificate ends the call before anything is sent."""
    server, reason = BAD[kind]
    with serving(says, server()) as wire:
        reader = reader_of(wire)
        with pytest.raises(Unreachable, match=reason) as caught:
            reader.read("ecs", "describe_clusters")
        assert "AWS_CA_BUNDLE" in caught.value.remedy
        assert wire.asked == []
        reader.session.close()


def test_without_a_bundle_a_private_authority_is_not_trusted() -> None:
    """The certificates that botocore ships with are the default."""
    with serving(says, authority().server("127.0.0.1")) as wire:
        reader = reader_of(wire)
        with pytest.raises(Unreachable):
            reader.read("ecs", "describe_clusters")
        reader.session.close()


def test_one_good_connection_does_not_excuse_a_bad_one(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The context is shared by services with different endpoints: each certificate is judged by itself."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with (
        serving(says, authority().server("127.0.0.1")) as good,
        serving(says, stranger().server("127.0.0.1")) as bad,
    ):
        monkeypatch.setenv("AWS_ENDPOINT_URL_ECS", good.url())
        monkeypatch.setenv("AWS_ENDPOINT_URL_ECR", bad.url())
        reader = SessionReader(open_session(Site(mode="real"), patience=PATIENT))
        reader.read("ecs", "describe_clusters")
        with pytest.raises(Unreachable, match=r"issuer|self.signed"):
            reader.read("ecr", "describe_repositories")
        assert (len(good.asked), len(bad.asked)) == (1, 0)
        reader.session.close()


def test_the_bundle_is_read_once(bundle: Path) -> None:
    """All clients and connections share one context: stock botocore would read the file again for each."""
    with serving(says, authority().server("127.0.0.1")) as wire:
        reader = reader_of(wire)
        reader.read("sts", "get_caller_identity")
        bundle.unlink()
        assert reader.read("ecs", "describe_clusters")["clusters"] == []
        assert reader.read("ecr", "describe_repositories")["repositories"] == []
        reader.session.close()


@pytest.mark.parametrize("content", [None, "this is no certificate"])
def test_a_useless_bundle_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None) -> None:
    """A bundle that does not exist, or holds no certificate, is a problem with a remedy."""
    path = tmp_path / "nothing.pem"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(path))
    session = open_session(simulated_site("https://127.0.0.1:1"), patience=PATIENT)
    with pytest.raises(RefusedProblem, match=r"nothing\.pem") as caught:
        session.identity()
    assert "AWS_CA_BUNDLE" in caught.value.remedy
