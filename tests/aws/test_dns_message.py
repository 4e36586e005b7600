"""Messages of the DNS: what is written is read again, and nothing that is read breaks the reader."""

import contextlib
import ipaddress
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.dns_message import BadMessage, Reply, question, read
from tests.support.dns_server import reply_to

LABELS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=63)
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join).filter(lambda name: len(name) <= 253)
ADDRESSES = st.lists(st.ip_addresses(v=4).map(str), max_size=8)


@given(st.integers(0, 65535), NAMES, ADDRESSES)
def test_addresses_come_back(number: int, name: str, addresses: list[str]) -> None:
    """Whatever the name and the number, the addresses of an answer are read as they were written."""
    reply = read(reply_to(question(number, name, "A"), "A", addresses), "A")
    assert reply == Reply(number, name, "NOERROR", truncated=False, data=tuple(addresses))


@given(NAMES, st.lists(NAMES, max_size=4))
def test_names_come_back(name: str, servers: list[str]) -> None:
    """Names that point back into the message are put together again."""
    assert read(reply_to(question(7, name, "NS"), "NS", servers), "NS").data == tuple(servers)


@given(st.lists(st.ip_addresses(v=6).map(str), max_size=3))
def test_addresses_of_ipv6(addresses: list[str]) -> None:
    """They are written in their short form."""
    found = read(reply_to(question(7, "a.dev", "AAAA"), "AAAA", addresses), "AAAA").data
    assert [ipaddress.ip_address(one) for one in found] == [ipaddress.ip_address(one) for one in addresses]


def test_other_records_are_left_aside() -> None:
    """The CNAME in front of an address is no address."""
    message = reply_to(question(7, "a.dev", "A"), "A", ["203.0.113.7"], first=("CNAME", "b.dev"))
    assert read(message, "A").data == ("203.0.113.7",)


@pytest.mark.parametrize(("flags", "code"), [(3, "NXDOMAIN"), (2, "SERVFAIL"), (5, "REFUSED"), (9, "code 9")])
def test_codes(flags: int, code: str) -> None:
    """What the server says of the name."""
    assert read(reply_to(question(7, "a.dev", "A"), "A", [], code=flags), "A").code == code


def test_a_truncated_answer_has_no_data() -> None:
    """What is only a part must not be compared."""
    reply = read(reply_to(question(7, "a.dev", "A"), "A", ["203.0.113.7"], truncated=True), "A")
    assert (reply.truncated, reply.data) == (True, ())


@given(st.binary(max_size=200))
def test_no_message_breaks_the_reader(message: bytes) -> None:
    """Any bytes are an answer or a BadMessage."""
    with contextlib.suppress(BadMessage):
        read(message, "A")


@given(st.data(), st.sampled_from(["A", "NS"]))
def test_no_mutation_breaks_the_reader(data: st.DataObject, kind: str) -> None:
    """A real answer that was cut or changed is read, or refused."""
    values = ["203.0.113.7"] if kind == "A" else ["ns.a.dev", "ns.b.dev"]
    message = bytearray(reply_to(question(7, "api.a.dev", kind), kind, values))
    for _ in range(data.draw(st.integers(1, 4))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(message[: data.draw(st.integers(0, len(message)))])
    with contextlib.suppress(BadMessage):
        read(cut, kind)


def test_a_name_that_points_to_itself() -> None:
    """A pointer that does not lead backwards would never end."""
    header = struct.pack("!HHHHHH", 7, 0x8180, 1, 0, 0, 0)
    with pytest.raises(BadMessage):
        read(header + b"\xc0\x0c" + b"\0\1\0\1", "A")


@pytest.mark.parametrize("name", ["", ".", "a..b", "x" * 64, "ä.dev", ".".join(["a" * 60] * 5)])
def test_names_that_cannot_be_asked(name: str) -> None:
    """Empty, long and strange labels are refused before anything is sent."""
    with pytest.raises(BadMessage):
        question(7, name, "A")
