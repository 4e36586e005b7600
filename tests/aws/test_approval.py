"""A second person's proof: STS says who signed it, for this plan and no other, for 15 minutes."""

import base64
import json
from collections.abc import Iterator

import pytest

from runbook_tui.aws.approval import sign, verify
from runbook_tui.aws.session import Session, open_session
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.problems import RefusedProblem
from tests.support.inside import Inside
from tests.support.stepped import stepped

pytestmark = pytest.mark.slow

DIGEST = "ab" * 32


@pytest.fixture(scope="module")
def inside() -> Iterator[Inside]:
    with stepped() as simulator:
        yield Inside(simulator)


def session(inside: Inside, person: str | None = None) -> Session:
    return open_session(load_site(inside.simulator.site_path), profile=person)


def changed(proof: str, old: str, new: str) -> str:
    told = json.loads(base64.urlsafe_b64decode(proof + "=" * (-len(proof) % 4)))
    assert old in told["url"]
    told["url"] = told["url"].replace(old, new)
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode()


def test_sts_names_who_signed(inside: Inside) -> None:
    """The operator's session asks; the answer is the second person."""
    proof = sign(session(inside, "asha.rao"), DIGEST)
    assert verify(session(inside), proof, DIGEST).arn.endswith(":user/asha.rao")
    assert "Secret" not in proof


def test_a_proof_is_of_one_plan(inside: Inside) -> None:
    """For another digest the signature does not hold."""
    proof = sign(session(inside, "asha.rao"), DIGEST)
    with pytest.raises(RefusedProblem, match="SignatureDoesNotMatch"):
        verify(session(inside), proof, "cd" * 32)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("http://127.0.0.1", "http://127.0.0.2"),
        ("GetCallerIdentity", "GetSessionToken"),
        ("X-Amz-Expires=900", "X-Amz-Expires=90000"),
        ("host%3Bx-runbook-tui-plan", "host"),
        ("/?Action", "/evil?Action"),
    ],
)
def test_what_is_not_our_question_to_our_sts_is_never_sent(inside: Inside, old: str, new: str) -> None:
    """Another host, action, path or life, or a digest that nothing binds: refused before anything leaves."""
    proof = changed(sign(session(inside, "asha.rao"), DIGEST), old, new)
    with pytest.raises(RefusedProblem, match="not for this site's STS"):
        verify(session(inside), proof, DIGEST)


def test_a_stale_proof_is_refused(inside: Inside) -> None:
    """The same request with an older date: its signature would not hold, and its time is over."""
    proof = sign(session(inside, "asha.rao"), DIGEST)
    stale = changed(proof, "X-Amz-Date=20", "X-Amz-Date=19")
    with pytest.raises(RefusedProblem, match="ExpiredToken"):
        verify(session(inside), stale, DIGEST)


@pytest.mark.parametrize("proof", ["", "hello", "e30", base64.urlsafe_b64encode(b'{"v":2,"url":"x"}').decode()])
def test_what_is_no_proof_is_said_to_be_none(inside: Inside, proof: str) -> None:
    """Half a line, another text, another version."""
    with pytest.raises(RefusedProblem, match="no approval"):
        verify(session(inside), proof, DIGEST)
