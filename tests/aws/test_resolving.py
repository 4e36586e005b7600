"""Asking resolvers: a real server on loopback."""

import socket
from pathlib import Path

import pytest

from runbook_tui.aws.probe import Failure, Ingress, Probe, Resolved
from runbook_tui.aws.resolving import resolve, resolvers
from tests.support.dns_server import reply_to, serving_names

HOST = "api.asharvi.dev"


def _answer(asked: bytes, _stream: bool) -> bytes:
    return reply_to(asked, "A", ["203.0.113.7", "203.0.113.8"])


def _unused() -> tuple[str, int]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind(("127.0.0.1", 0))
        place: tuple[str, int] = wire.getsockname()
        return place


def test_addresses_of_a_name() -> None:
    """What the resolver answers is what is told, whatever the case of the name."""
    with serving_names(_answer) as place:
        assert resolve(HOST.upper(), "A", [place]) == Resolved(code="NOERROR", data=("203.0.113.7", "203.0.113.8"))


@pytest.mark.parametrize(("code", "word"), [(3, "NXDOMAIN"), (2, "SERVFAIL"), (5, "REFUSED")])
def test_a_name_that_is_not_found(code: int, word: str) -> None:
    """The code is told as the DNS calls it."""
    with serving_names(lambda asked, _: reply_to(asked, "A", [], code=code)) as place:
        assert resolve(HOST, "A", [place]) == Resolved(code=word)


def test_a_long_answer_is_asked_for_again_over_a_stream() -> None:
    """A datagram that says that it is cut is not believed."""

    def long(asked: bytes, stream: bool) -> bytes:
        return reply_to(asked, "NS", ["ns.a.dev"] if stream else [], truncated=not stream)

    with serving_names(long) as place:
        assert resolve(HOST, "NS", [place]) == Resolved(code="NOERROR", data=("ns.a.dev",))


def test_a_server_that_fails_is_passed_over() -> None:
    """The next one is asked; one that fails says nothing about the name."""
    with serving_names(lambda asked, _: reply_to(asked, "A", [], code=2)) as broken, serving_names(_answer) as good:
        assert resolve(HOST, "A", [_unused(), broken, good]) == Resolved(
            code="NOERROR", data=("203.0.113.7", "203.0.113.8")
        )


def test_a_silent_server_is_a_timeout() -> None:
    """After its patience the resolver is given up."""
    with serving_names(lambda *_: None) as place:
        found = resolve(HOST, "A", [place], patience=0.05)
    assert getattr(found, "kind", None) == "timeout"


def test_nobody_there() -> None:
    """A port where nothing listens refuses."""
    assert getattr(resolve(HOST, "A", [_unused()]), "kind", None) == "refused"


def test_an_answer_with_another_number_is_not_taken() -> None:
    """Anybody could have sent it; the right one may still come."""

    def forged(asked: bytes, _stream: bool) -> bytes:
        return bytes([asked[0] ^ 1]) + reply_to(asked, "A", ["198.51.100.1"])[1:]

    with serving_names(forged) as place:
        assert getattr(resolve(HOST, "A", [place], patience=0.05), "kind", None) == "timeout"


def test_an_answer_about_another_name_is_not_taken() -> None:
    """The number alone is no proof."""

    def other(asked: bytes, _stream: bool) -> bytes:
        return reply_to(asked.replace(b"\x03api", b"\x03www"), "A", ["198.51.100.1"])

    with serving_names(other) as place:
        assert getattr(resolve(HOST, "A", [place]), "kind", None) == "other"


def test_a_stream_that_ends_early() -> None:
    """Half an answer is none."""

    def cut(asked: bytes, stream: bool) -> bytes | None:
        return None if stream else reply_to(asked, "A", [], truncated=True)

    with serving_names(cut) as place:
        found = resolve(HOST, "A", [place])
    assert isinstance(found, Failure)
    assert (found.kind, "closed" in found.text) == ("other", True)


def test_a_name_that_cannot_be_asked() -> None:
    """It is told, not sent."""
    assert getattr(resolve("a..b", "A", [_unused()]), "kind", None) == "other"


def test_without_a_resolver() -> None:
    """A machine that names none is told so."""
    assert resolve(HOST, "A", []) == Failure(kind="other", text="this machine names no resolver")


def test_resolvers_of_this_machine(tmp_path: Path) -> None:
    """Each nameserver of the file, in its order; none without the file."""
    path = tmp_path / "resolv.conf"
    assert resolvers(path) == ()
    path.write_text("# x\nsearch asharvi.dev\nnameserver 203.0.113.53\nnameserver ::1\nnameserver\n")
    assert resolvers(path) == (("203.0.113.53", 53), ("::1", 53))


def test_nobody_is_outside_of_a_simulated_world() -> None:
    """The resolvers of the machine know nothing of its names."""
    assert Probe(Ingress(http="127.0.0.1:1", https="127.0.0.1:1", ca="")).resolve(HOST, "A") is None
