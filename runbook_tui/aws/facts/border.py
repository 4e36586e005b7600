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
        return convert(_cleaned(raw), type=fact)
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


def _cleaned(raw: Any) -> Any:
    match raw:
        case str():
            return clean(raw, LONGEST_TEXT)
        case Mapping():
            return {clean(key) if isinstance(key, str) else key: _cleaned(value) for key, value in raw.items()}
        case list() | tuple():
            return [_cleaned(item) for item in raw]
        case _:
            return raw
