"""Which hosts a certificate's names cover."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.errors import Malformed, Missing
from runbook_tui.aws.facts.acm import AcmFacts, Certificate, covers
from tests.support.facts import NOON, answers
from tests.support.ingress_ground import CERTIFICATE, certificate

LABELS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=8)
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join)


@pytest.mark.parametrize(
    ("name", "host", "covered"),
    [
        ("api.asharvi.dev", "api.asharvi.dev", True),
        ("API.Asharvi.dev", "api.asharvi.DEV.", True),
        ("*.asharvi.dev", "api.asharvi.dev", True),
        ("*.asharvi.dev", "asharvi.dev", False),
        ("*.asharvi.dev", "a.b.asharvi.dev", False),
        ("*.asharvi.dev", ".asharvi.dev", False),
        ("*.asharvi.dev", "api.asharvi.dev.evil.net", False),
        ("asharvi.dev", "api.asharvi.dev", False),
        ("*", "localhost", False),
        ("", "api.asharvi.dev", False),
    ],
)
def test_names_that_cover(name: str, host: str, covered: bool) -> None:
    """A name covers itself; a star stands for exactly one label."""
    assert covers(name, host) is covered


@given(LABELS, NAMES)
def test_a_star_is_one_label(label: str, parent: str) -> None:
    """Whatever the label, the wildcard covers it, and neither its parent nor anything two labels below."""
    wild = f"*.{parent}"
    assert covers(wild, f"{label}.{parent}")
    assert not covers(wild, parent)
    assert not covers(wild, f"{label}.{label}.{parent}")


@given(NAMES, NAMES)
def test_a_plain_name_covers_itself_alone(one: str, other: str) -> None:
    """Without a star, equal names and no others; case does not matter."""
    assert covers(one.upper(), one)
    assert covers(one, other) is (one == other)


def test_names_of_a_certificate() -> None:
    """Its domain and its alternative names, each once, in lower case."""
    found = Certificate.from_api(
        {"CertificateArn": "a", "DomainName": "A.dev", "SubjectAlternativeNames": ["a.dev", "b.dev"]}
    )
    assert found.names == ("a.dev", "b.dev")


def test_what_is_left() -> None:
    """Time until its end; none for a certificate that was never issued."""
    found = Certificate.from_api(certificate()["Certificate"])
    left = found.left(NOON)
    assert left is not None
    assert left.days == 168
    assert Certificate(certificate_arn="a").left(NOON) is None


def test_a_certificate_that_is_gone() -> None:
    """Whatever ACM calls it, it is a missing certificate of that ARN."""
    raised = Missing("acm:certificate-arn", "?")
    with pytest.raises(Missing) as caught:
        AcmFacts(answers({("acm", "describe_certificate"): raised})).certificate(CERTIFICATE)
    assert (caught.value.kind, caught.value.name) == ("acm:certificate", CERTIFICATE)


@pytest.mark.parametrize("raw", [{}, {"Certificate": {"NotAfter": "soon"}}, {"Certificate": None}])
def test_a_certificate_that_cannot_be_read(raw: dict[str, Any]) -> None:
    """An answer without a certificate is not taken for one without an end."""
    with pytest.raises(Malformed):
        AcmFacts(answers({("acm", "describe_certificate"): raw})).certificate(CERTIFICATE)
