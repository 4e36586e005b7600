"""What ``secretsmanager`` says about the site's secrets. No value leaves this module: only its shape does."""

import json
from collections.abc import Mapping
from datetime import datetime
from hmac import compare_digest, digest
from secrets import token_bytes
from typing import Any, Final, Self

from msgspec import Struct, field

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.border import Fact, Tag, missing_is, parse
from runbook_tui.aws.facts.listing import listed
from runbook_tui.aws.facts.moment import Moment
from runbook_tui.aws.facts.mongo_uri import SCHEMES, MongoUri, read_uri
from runbook_tui.aws.flights import Flights
from runbook_tui.aws.together import together
from runbook_tui.core.text import clean

SECRET: Final = "secretsmanager:secret"  # noqa: S105 - a kind of thing, not a secret
CURRENT: Final = "AWSCURRENT"
TABLE_KEY: Final = "DYNAMO_TABLE_"

PLACEHOLDERS: Final = ("changeme", "change-me", "change_me", "replace", "todo", "example", "placeholder", "xxxx", "<")


class RotationRules(Fact, frozen=True, kw_only=True):
    """0 where the schedule is an expression, or there is none."""

    automatically_after_days: int = 0


class Version(Fact, frozen=True, kw_only=True):
    """One that a stage points to."""

    version_id: str
    version_stages: tuple[str, ...] = ()
    created_date: Moment | None = None


class Secret(Fact, frozen=True, kw_only=True):
    """``version_ids_to_stages`` maps version ids to stage names."""

    arn: str = field(name="ARN")
    name: str
    deleted_date: datetime | None = None
    last_changed_date: datetime | None = None
    kms_key_id: str = ""
    owning_service: str = ""
    description: str = ""
    tags: tuple[Tag, ...] = ()
    rotation_enabled: bool = False
    rotation_rules: RotationRules = RotationRules()
    last_rotated_date: datetime | None = None
    next_rotation_date: datetime | None = None
    version_ids_to_stages: Mapping[str, tuple[str, ...]] = {}

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)

    def versions_at(self, stage: str) -> tuple[str, ...]:
        return tuple(version for version, stages in self.version_ids_to_stages.items() if stage in stages)


class KeyShape(Struct, frozen=True, kw_only=True):
    """One key of a secret: what can be said of its value without telling anything of it.

    ``length`` is a bucket (``<16``, ``16–31``, ``≥32``); ``scheme`` says that it begins as a MongoDB URI does, and
    ``uri`` what can be said of that.
    """

    is_text: bool
    filled: bool = False
    length: str = ""
    padded: bool = False
    placeholder: bool = False
    scheme: bool = False
    wildcard: bool = False
    uri: MongoUri | None = None


class SecretShape(Struct, frozen=True, kw_only=True):
    """``keys`` is None when the value is no JSON object. ``tables`` are the values of the keys that name DynamoDB
    tables: the one kind of value that is no secret."""

    binary: bool
    keys: Mapping[str, KeyShape] | None
    tables: Mapping[str, str] = {}


class Comparison(Struct, frozen=True, kw_only=True):
    """Of two secrets, by key: ``same`` says of those that both fill whether the values are equal."""

    same: Mapping[str, bool]
    only_first: tuple[str, ...] = ()
    only_second: tuple[str, ...] = ()


class _Read(Struct, frozen=True):
    """``marks`` stand for values without holding them: their keyed hashes, with a key that never leaves the process."""

    shape: SecretShape
    marks: Mapping[str, bytes]


class SecretsFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._key = token_bytes(32)
        self._shapes: Flights[_Read] = Flights()

    def secret(self, name: str) -> Secret:
        """Missing ``secretsmanager:secret``."""
        with missing_is(SECRET, name):
            answer = self._reader.read("secretsmanager", "describe_secret", SecretId=name)
        return Secret.from_api(answer)

    def shape(self, name: str) -> SecretShape:
        """Reads the current value, which CloudTrail records: once a sweep, as its shape may be kept though it may not.

        Missing ``secretsmanager:secret``.
        """
        return self._read(name).shape

    def comparison(self, first: str, second: str) -> Comparison | None:
        """Reads both, as ``shape`` does. None when one of them is no JSON object."""
        one, other = together(lambda: self._read(first), lambda: self._read(second))
        if one.shape.keys is None or other.shape.keys is None:
            return None
        return Comparison(
            same={key: compare_digest(one.marks[key], other.marks[key]) for key in one.marks if key in other.marks},
            only_first=tuple(key for key in one.shape.keys if key not in other.shape.keys),
            only_second=tuple(key for key in other.shape.keys if key not in one.shape.keys),
        )

    def versions(self, name: str) -> tuple[Version, ...]:
        """Those that a stage points to. Missing ``secretsmanager:secret``."""
        with missing_is(SECRET, name):
            answer = self._reader.read(
                "secretsmanager", "list_secret_version_ids", SecretId=name, IncludeDeprecated=False
            )
        return listed(answer, "Versions", Version)

    def _read(self, name: str) -> _Read:
        return self._shapes.once(name, lambda: self._read_now(name))

    def _read_now(self, name: str) -> _Read:
        with missing_is(SECRET, name):
            answer = self._reader.read("secretsmanager", "get_secret_value", SecretId=name, VersionStage=CURRENT)
        text, binary = answer.get("SecretString"), answer.get("SecretBinary")
        return _Read(shape_of(text, binary), self._marks(text if text is not None else binary))

    def _marks(self, raw: str | bytes | None) -> Mapping[str, bytes]:
        """Of the keys that have a text that is not empty."""
        filled = {key: one for key, one in _members(raw).items() if isinstance(one, str) and one.strip()}
        return {key: digest(self._key, one.encode("utf-8", "surrogatepass"), "sha256") for key, one in filled.items()}


def shape_of(text: str | None, binary: bytes | None = None) -> SecretShape:
    """Malformed when there is no value at all."""
    given = text if text is not None else binary
    if not isinstance(given, str | bytes):
        raise Malformed("Secrets Manager answered without a value", remedy="re-check")
    value = _value(given)
    if not isinstance(value, dict):
        return SecretShape(binary=text is None, keys=None)
    named = _members(value)
    tables = {key: clean(str(one), 255) for key, one in named.items() if key.startswith(TABLE_KEY)}
    return SecretShape(binary=text is None, keys={key: _key_shape(one) for key, one in named.items()}, tables=tables)


def _value(raw: str | bytes | None) -> object:
    try:
        return json.loads(raw or b"")
    except (ValueError, RecursionError):
        return None


def _members(raw: object) -> Mapping[str, object]:
    """By cleaned key; none when it is no JSON object."""
    value = _value(raw) if isinstance(raw, str | bytes) else raw
    return {clean(key, 256): one for key, one in value.items()} if isinstance(value, dict) else {}


def _key_shape(value: object) -> KeyShape:
    if not isinstance(value, str):
        return KeyShape(is_text=False)
    bare = value.strip()
    return KeyShape(
        is_text=True,
        filled=bool(bare),
        length=_bucket(len(value)),
        padded=bare != value,
        placeholder=bare.lower().startswith(PLACEHOLDERS),
        scheme=bare.startswith(SCHEMES),
        wildcard=bare == "*",
        uri=read_uri(bare),
    )


def _bucket(length: int) -> str:
    if length < 16:
        return "<16"
    return "16–31" if length < 32 else "≥32"
