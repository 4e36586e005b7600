"""The border: an answer of AWS goes in, a frozen fact comes out, or ``Malformed``. Past it nothing is raw."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any, Final, TypeVar

from msgspec import Struct, ValidationError, convert, json

from runbook_tui.aws.errors import Malformed, Missing
from runbook_tui.core.text import clean

FactType = TypeVar("FactType")

LONGEST_TEXT = 2048  # the longest ARN; descriptions are 255
LONGEST_KEY = 500


class Fact(Struct, frozen=True, kw_only=True, rename="pascal"):
    """Attributes are AWS's members in snake case: ``vpc_id`` is ``VpcId``. What AWS adds later is ignored."""


class LowerFact(Struct, frozen=True, kw_only=True, rename="camel"):
    """The same for the services that begin their members in lower case (``repositoryName``)."""


class Tag(Fact, frozen=True, kw_only=True):
    key: str
    value: str = ""


def parse(raw: Any, fact: type[FactType]) -> FactType:
    """Malformed when a member that must be there is not, or has another type. All text is cleaned."""
    _learn(fact)
    try:
        # Nearly every answer is plain text; finding that out by the encoder takes a tenth of cleaning each string.
        found = convert(raw, type=fact)
        return found if _plain(found) else convert(_cleaned(raw), type=fact)
    except ValidationError as problem:
        raise Malformed(
            f"AWS described a {fact.__name__} in a shape that cannot be read: {clean(str(problem))}",
            remedy="update runbook-tui; the service may have changed its answer",
        ) from None


_learned: Final[set[Any]] = set()
_learning: Final = Lock()


def _learn(fact: type[Any]) -> None:
    """msgspec works a type out on its first use; two threads that do so at once crash the process (0.22)."""
    if fact not in _learned:
        with _learning:
            json.Decoder(fact)
            _learned.add(fact)


def parse_all(answer: Mapping[str, Any], member: str, fact: type[FactType]) -> tuple[FactType, ...]:
    """Every item of a list member; an absent list is an empty one, as the query protocols answer."""
    return parse(answer.get(member, ()), tuple[fact, ...])  # type: ignore[valid-type]


@contextmanager
def missing_is(kind: str, name: str, remedy: str = "") -> Iterator[None]:
    """Whatever AWS calls what it did not find: here it is this ``kind`` with this ``name``."""
    try:
        yield
    except Missing as problem:
        raise Missing(
            kind, name, remedy=remedy or problem.remedy, service=problem.service, operation=problem.operation
        ) from None


def _plain(fact: Any) -> bool:
    """Whether ``clean`` would leave every text in it as it is. JSON escapes control characters with a backslash."""
    try:
        said = json.encode(fact)
    except UnicodeEncodeError:  # half a character
        return False
    plain = said.isascii() and b"\\" not in said and b"\x7f" not in said
    return plain and max(map(len, said.split(b'"'))) <= LONGEST_KEY


def _cleaned(raw: Any) -> Any:
    if isinstance(raw, str):
        return clean(raw, LONGEST_TEXT)
    if isinstance(raw, dict):  # asked before Mapping, which is ten times slower to answer
        return {_key(key): _cleaned(value) for key, value in raw.items()}
    if isinstance(raw, list | tuple):
        return [_cleaned(item) for item in raw]
    if isinstance(raw, Mapping):
        return _cleaned(dict(raw))
    return raw


def _key(key: Any) -> Any:
    return clean(key, LONGEST_KEY) if isinstance(key, str) else key
