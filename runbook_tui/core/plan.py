"""A change before it happens: plain data that a screen shows, a digest binds and an executor carries out."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from msgspec import Struct, convert, json, to_builtins

# A parameter's value may be an object with one of these keys: it is filled in when the call is made.
ANSWER: Final = "$answer"  # {"$answer": "vpc", "path": "Vpc.VpcId"}: of an earlier call of the same plan
OTHERWISE: Final = "otherwise"  # beside it: the value where that call is not made
SECRET: Final = "$secret"  # {"$secret": "MONGO_URI"}: typed by the operator, kept in memory alone  # noqa: S105
TOKEN: Final = "$token"  # {"$token": ""}: the same for the same call of the same run, however often it is made  # noqa: S105
# {"$merge": {"JWT_SECRET": {"$secret": "…"}}, "into": {…}}: JSON text, what is read now with these members in it
MERGE: Final = "$merge"
FOUND: Final = "$found"  # {"$found": {…}}: read when the call is made, for what has another id by then
NOTHING_FOUND: Final = "NothingFound"  # the code of a call for which nothing was found; it may be among its ``gone``


class Risk(StrEnum):
    CHANGE = "change"
    DISRUPTIVE = "disruptive"
    DESTRUCTIVE = "destructive"


class Ready(Struct, frozen=True, kw_only=True):
    """What the next call waits for: ``path`` of the answer of a reading ``operation`` of the same service.

    ``path`` is dotted, places of lists are numbers. One of ``failed`` ends the wait at once. ``absent`` are error codes
    that say that it is not there, as an answer without the path does: its state is then empty, which may be ``wanted``.
    Seconds.
    """

    operation: str
    parameters: Mapping[str, Any]
    path: str
    wanted: tuple[str, ...]
    failed: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    timeout: float = 300.0
    every: float = 5.0


class ShownOnce(Struct, frozen=True, kw_only=True):
    """A part of an answer, by its dotted path. The operator sees it once, under this name; it is never written down."""

    name: str
    path: str


class ApiCall(Struct, frozen=True, kw_only=True):
    """One request. ``operation`` and ``parameters`` are boto3's; ``id`` names it within its plan.

    ``not_yet`` are error codes that only say that something new is not visible everywhere: the call is repeated for
    up to ``patience`` seconds. ``gone`` are codes that say that there is nothing left to do. ``undo`` takes this call
    back, first to last. ``shows`` is what of the answer only the operator sees, once.
    """

    id: str
    service: str
    operation: str
    parameters: Mapping[str, Any]
    effect: str
    not_yet: tuple[str, ...] = ()
    patience: float = 60.0
    gone: tuple[str, ...] = ()
    ready: Ready | None = None
    undo: tuple["ApiCall", ...] = ()
    shows: tuple[ShownOnce, ...] = ()


class Difference(Struct, frozen=True, kw_only=True):
    """One value that the change gives another: ``before`` is empty for what is not there yet."""

    what: str
    before: str
    after: str


class Plan(Struct, frozen=True, kw_only=True):
    """``resource`` is the name that is typed to confirm what is destructive. ``permissions`` are IAM actions, those
    that AWS asks besides (``iam:PassRole``) among them. ``no_undo`` says why there is no way back, where there is
    none; ``undo_risk`` is that of the way back, where it is another. ``seen`` is what else was read and must still be
    so when the plan is carried out. ``restore_within``: the change is for a while only, and is taken back by itself so
    many seconds after its first call, or when the program ends; 0 for one that stays.
    """

    action: str
    title: str
    environment: str
    resource: str
    effect: str
    risk: Risk
    calls: tuple[ApiCall, ...]
    differences: tuple[Difference, ...] = ()
    warnings: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    no_undo: str = ""
    undo_risk: Risk | None = None
    restore_within: float = 0.0
    seen: Mapping[str, Any] = {}

    @property
    def digest(self) -> str:
        """What a confirmation binds to: two plans with the same digest do the same to the same state."""
        return sha256(json.encode(self, order="deterministic")).hexdigest()

    @property
    def idle(self) -> bool:
        """Everything already is as it would make it."""
        return not self.calls

    @property
    def shows(self) -> bool:
        """It makes something that a person at a screen has to take over: a key that AWS tells once."""
        return any(call.shows for call in self.calls)

    def call(self, call_id: str) -> ApiCall:
        return next(call for call in self.calls if call.id == call_id)

    def following(self, call_id: str) -> ApiCall | None:
        place = [call.id for call in self.calls].index(call_id) + 1
        return self.calls[place] if place < len(self.calls) else None

    def paths_of(self, call_id: str) -> tuple[str, ...]:
        """What the rest of the plan, its undo included, takes from this call's answer."""
        found = dict.fromkeys(one["path"] for one in _taken(self.calls) if one[ANSWER] == call_id)
        return tuple(found)


class Choice(Struct, frozen=True, kw_only=True):
    value: str
    label: str


class Question(Struct, frozen=True, kw_only=True):
    """An input that an action still needs. Without ``choices`` the operator types it; what is ``hidden`` is a secret
    and typed unseen."""

    name: str
    text: str
    choices: tuple[Choice, ...] = ()
    default: str = ""
    hidden: bool = False


def answer(call_id: str, path: str, *, otherwise: str = "") -> dict[str, str]:
    """A parameter that an earlier call answers; ``otherwise`` where there is no such call."""
    return {ANSWER: call_id, "path": path, **({OTHERWISE: otherwise} if otherwise else {})}


def secret(name: str) -> dict[str, str]:
    """A parameter that the operator types."""
    return {SECRET: name}


def token() -> dict[str, str]:
    """An idempotency token."""
    return {TOKEN: ""}


class Reading(Struct, frozen=True, kw_only=True):
    """A text in AWS: ``path`` of the answer of a reading ``operation``."""

    service: str
    operation: str
    parameters: Mapping[str, Any]
    path: str


def merged(members: Mapping[str, Any], into: Reading | None = None) -> dict[str, Any]:
    """A parameter that is the JSON text of an object: these members, and all others of the object that ``into`` reads.
    It is read when the call is made, and goes from AWS to AWS through memory alone."""
    return {MERGE: dict(members), "into": to_builtins(into)}


def found(where: Reading) -> dict[str, Any]:
    """A parameter that is read when the call is made."""
    return {FOUND: to_builtins(where)}


def readings(value: Any) -> Iterator[Reading]:
    """What is read to make these parameters."""
    if isinstance(value, Mapping):
        if MERGE in value and value["into"] is not None:
            yield convert(value["into"], Reading)
        if FOUND in value:
            yield convert(value[FOUND], Reading)
        for item in value.values():
            yield from readings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from readings(item)


def filled(value: Any, answers: Mapping[str, Mapping[str, Any]], token_text: str) -> Any:
    """The parameters with every answer and token in its place. KeyError for an answer that is not known."""
    if isinstance(value, Mapping):
        if ANSWER in value:
            known = answers.get(value[ANSWER], {})
            return known[value["path"]] if value["path"] in known or OTHERWISE not in value else value[OTHERWISE]
        if TOKEN in value:
            return token_text
        return {name: filled(item, answers, token_text) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [filled(item, answers, token_text) for item in value]
    return value


def fillable(value: Any, answers: Mapping[str, Mapping[str, Any]]) -> bool:
    return all(OTHERWISE in one or one["path"] in answers.get(one[ANSWER], {}) for one in references(value))


def at_path(answered: Any, path: str) -> Any:
    """The value at a dotted path of an answer; KeyError or IndexError when it is not there.

    In a list a number is a place, and ``Name=value`` the first element whose member is that or holds it.
    """
    value = answered
    for name in path.split("."):
        value = _of_list(value, name) if isinstance(value, list | tuple) else value[name]
    return value


def _of_list(values: Sequence[Any], name: str) -> Any:
    member, chosen, wanted = name.partition("=")
    if not chosen:
        return values[int(name)]
    for one in values:
        held = one.get(member)
        if held == wanted or (isinstance(held, list | tuple) and wanted in held):
            return one
    raise KeyError(name)


def _taken(calls: tuple[ApiCall, ...]) -> Iterator[Mapping[str, Any]]:
    for call in calls:
        yield from references(call.parameters)
        if call.ready is not None:
            yield from references(call.ready.parameters)
        yield from _taken(call.undo)


def references(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every place that an earlier call's answer fills, as ``answer`` made it."""
    if isinstance(value, Mapping):
        if ANSWER in value:
            yield value
        else:
            for item in value.values():
                yield from references(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from references(item)
