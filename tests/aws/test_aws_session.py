"""Who signs, where requests go, and what is refused before any is sent."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from runbook_tui.aws.endpoint import guard_endpoint
from runbook_tui.aws.errors import WrongRegion
from runbook_tui.aws.reader import SessionReader
from runbook_tui.aws.session import Identity, Session, guard_account, open_session
from runbook_tui.aws.signin import SignInRefused
from runbook_tui.core.events import World
from runbook_tui.core.problems import RefusedProblem, SignInExpired, WrongAccount
from runbook_tui.core.site import Aws, Operator, Site
from tests.support.aws import IMPATIENT, PATIENT, session_with, simulated_site
from tests.support.wire import WHO, Wire, document, serving, xml


def signer(wire: Wire, place: int = -1) -> str:
    """The access key that signed a request."""
    return wire.asked[place].headers["authorization"].partition("Credential=")[2].partition("/")[0]


@contextmanager
def live(
    wire: Wire, *, profile: str | None = None, name: str = "", site_profile: str | None = None, **aws: Any
) -> Iterator[Session]:
    """A session of a site in the real world, whose endpoint happens to be on loopback."""
    site = Site(
        mode="real", aws=Aws(endpoint_url=wire.url(), profile=site_profile, **aws), operator=Operator(name=name)
    )
    session = open_session(site, profile=profile, patience=PATIENT)
    yield session
    session.close()


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two profiles of the operator, ``site`` and ``other``, and one that asks for an MFA code."""
    text = "\n".join(
        f"[{name}]\naws_access_key_id = KEY-{name}\naws_secret_access_key = x" for name in ("site", "other")
    )
    (tmp_path / "credentials").write_text(text)
    (tmp_path / "config").write_text(
        "[profile mfa]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = site\nmfa_serial = arn:aws:iam::1:mfa/me\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


def test_the_identity_is_asked_once() -> None:
    """Account, ARN and user id come from STS, which is asked once a session."""
    with session_with(WHO) as (session, wire):
        assert session.identity() == session.identity()
        assert session.identity() == Identity(
            account="123456789012", arn="arn:aws:iam::123456789012:user/op", user_id="AIDA", method="explicit"
        )
        assert len(wire.asked) == 1
        assert session.world is World.SIMULATED


def test_another_account_than_the_site_s_is_refused() -> None:
    """The account guard compares what STS says with what the site names."""
    site = Site(aws=Aws(account_id="123456789012"))
    guard_account(site, Identity(account="123456789012", arn="", user_id=""))
    with pytest.raises(WrongAccount, match=r"999999999999.*123456789012") as caught:
        guard_account(site, Identity(account="999999999999", arn="", user_id=""))
    assert caught.value.remedy


def test_real_credentials_never_reach_the_simulator(profiles: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A simulated site signs with made-up credentials, whatever the environment and the profiles hold."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "KEY-environment")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real-token")
    monkeypatch.setenv("AWS_PROFILE", "does-not-exist")
    with serving(WHO) as wire:
        session = open_session(simulated_site(wire.url(), profile="site"), profile="other", patience=PATIENT)
        session.identity()
        assert signer(wire) == "simulated-other"  # a person of the simulated account
        assert "x-amz-security-token" not in wire.asked[0].headers
        session.close()


def test_loopback_is_never_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment would see the requests, or be unable to reach this machine."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with session_with(WHO) as (session, _):
        assert session.identity().account == "123456789012"


@pytest.mark.parametrize("url", [None, "https://sts.amazonaws.com", "http://203.0.113.1:5000"])
def test_a_simulated_site_stays_on_this_machine(url: str | None) -> None:
    """Without a loopback endpoint a simulated site is refused: it must never reach real AWS."""
    with pytest.raises(RefusedProblem) as caught:
        open_session(Site(mode="simulator", aws=Aws(endpoint_url=url)))
    assert caught.value.remedy


@pytest.mark.parametrize(
    "url",
    [
        "https://ecs.ap-south-1.amazonaws.com",
        "https://ec2.cn-north-1.amazonaws.com.cn",
        "https://lambda.ap-south-1.api.aws",
        "http://127.0.0.1:5000",
        "http://127.8.8.8",
        "http://localhost:4566",
        "http://[::1]:5000",
    ],
)
def test_aws_and_loopback_are_allowed(url: str) -> None:
    """Endpoints of AWS and of this machine need no permission."""
    guard_endpoint(url, allow=False)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://amazonaws.com.example.com",
        "https://notamazonaws.com",
        "http://10.0.0.1",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://user@example.com:80",
    ],
)
def test_other_endpoints_need_to_be_allowed(url: str) -> None:
    """Anybody else would get signed requests: refused unless the operator says so."""
    with pytest.raises(RefusedProblem, match="neither AWS nor on this machine"):
        guard_endpoint(url, allow=False)
    guard_endpoint(url, allow=True)


def test_an_endpoint_of_the_environment_is_guarded_too(profiles: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS_ENDPOINT_URL means what it means to the aws CLI, and is held to the same rule."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://sts.example.com")
    session = open_session(Site(mode="real"), profile="site", patience=IMPATIENT)
    with pytest.raises(RefusedProblem, match=r"sts\.example\.com"):
        session.identity()


def test_nobody_signed_in_is_told_how() -> None:
    """Without any credentials the remedy names the sign-in, and nothing is sent."""
    with serving(WHO) as wire, live(wire) as session:
        with pytest.raises(SignInExpired, match="not signed in") as caught:
            session.identity()
        assert "aws sso login" in caught.value.remedy
        assert "--profile" in caught.value.remedy
        assert wire.asked == []


def test_a_region_without_endpoint_is_told(profiles: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host name of AWS that does not resolve means a wrong region, or a machine without DNS."""

    def nowhere(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    session = open_session(Site(mode="real"), profile="site", region="ap-south-9", patience=IMPATIENT)
    with pytest.raises(WrongRegion, match="ap-south-9") as caught:
        session.identity()
    assert "DNS" in caught.value.remedy


def test_the_site_s_profile_signs(profiles: None) -> None:
    """With nothing said elsewhere the profile of the site file is used."""
    with serving(WHO) as wire, live(wire, site_profile="site") as session:
        session.identity()
        assert signer(wire) == "KEY-site"


def test_the_environment_wins_over_the_site_s_profile(profiles: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS_PROFILE and exported keys say who signs, as for the aws CLI."""
    monkeypatch.setenv("AWS_PROFILE", "other")
    with serving(WHO) as wire, live(wire, site_profile="site") as session:
        session.identity()
        assert signer(wire) == "KEY-other"


def test_the_option_wins_over_everything(profiles: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """--profile wins over exported keys and the site file."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "KEY-environment")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with serving(WHO) as wire, live(wire, profile="other", site_profile="site") as session:
        session.identity()
        assert signer(wire) == "KEY-other"


def test_a_profile_that_does_not_exist_is_refused(profiles: None) -> None:
    """A mistyped profile is said at once, with the command that lists them."""
    with pytest.raises(RefusedProblem, match="nobody") as caught:
        open_session(Site(mode="real"), profile="nobody")
    assert "list-profiles" in caught.value.remedy


def test_temporary_credentials_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Expiry and kind of the credentials are known where their source tells them."""
    expires = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    monkeypatch.setenv("AWS_CREDENTIAL_EXPIRATION", expires.isoformat())
    with serving(WHO) as wire, live(wire) as session:
        identity = session.identity()
    assert (identity.method, identity.temporary, identity.renews_itself) == ("env", True, False)
    assert identity.expires == expires


def test_the_site_s_role_is_assumed(profiles: None) -> None:
    """With aws.role_arn every request is signed by that role; its session is named after the operator."""
    credentials = (
        "<Credentials><AccessKeyId>KEY-role</AccessKeyId><SecretAccessKey>x</SecretAccessKey>"
        "<SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>"
        "<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/Op/x</Arn></AssumedRoleUser>"
    )
    role = xml("AssumeRoleResponse", credentials, wrapper="AssumeRoleResult")
    arn = "arn:aws:iam::123456789012:role/Op"
    with (
        serving(lambda asked: role if asked.operation == "AssumeRole" else WHO) as wire,
        live(wire, profile="site", name="Ana María", role_arn=arn, external_id="ext-1") as session,
    ):
        identity = session.identity()
        assert wire.operations() == ["AssumeRole", "GetCallerIdentity"]
        assert (signer(wire, 0), signer(wire, 1)) == ("KEY-site", "KEY-role")
        assert b"ExternalId=ext-1" in wire.asked[0].body
        assert b"RoleSessionName=runbook-tui-Ana-Mar-a" in wire.asked[0].body
        assert (identity.method, identity.renews_itself) == ("assume-role", True)


def test_an_mfa_code_is_never_prompted_for(profiles: None) -> None:
    """A profile that needs a code is refused with the command that takes it: a prompt would hang the screen."""
    with serving(WHO) as wire, live(wire, profile="mfa") as session:
        with pytest.raises(SignInRefused, match="MFA") as caught:
            session.identity()
        assert "--profile mfa" in caught.value.remedy
        assert wire.asked == []


def test_the_site_s_region_wins_over_the_environment_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names in the site file live in its region; only --region says otherwise."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    with serving(document(clusters=[])) as wire:
        session = open_session(simulated_site(wire.url()), patience=PATIENT)
        SessionReader(session).read("ecs", "describe_clusters")
        assert "/ap-south-1/ecs/" in wire.asked[0].headers["authorization"]
        other = open_session(simulated_site(wire.url()), region="us-east-1", patience=PATIENT)
        SessionReader(other).read("ecs", "describe_clusters")
        assert "/us-east-1/ecs/" in wire.asked[1].headers["authorization"]
        assert other.region == "us-east-1"
        session.close()
        other.close()
