"""What ``secretsmanager`` says about the site's secrets. No value leaves this module: only its shape does."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Self

from msgspec import Struct, field

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Malformed
from runbook_tui.aws.facts.border import Fact, missing_is, parse
from runbook_tui.aws.facts.mongo_uri import SCHEMES, MongoUri, read_uri
from runbook_tui.aws.flights import Flights
from runbook_tui.core.text import clean

SECRET: Final = "secretsmanager:secret"  # noqa: S105 - a kind of thing, not a secret
CURRENT: Final = "AWSCURRENT"
TABLE_KEY: Final = "DYNAMO_TABLE_"

PLACEHOLDERS: Final = ("changeme", "change-me", "change_me", "replace", "todo", "example", "placeholder", "xxxx", "<")


class Secret(Fact, frozen=True, kw_only=True):
    """``version_ids_to_stages`` maps version ids to stage names."""

    arn: str = field(name="ARN")
    name: str
    deleted_date: datetime | None = None
    last_changed_date: datetime | None = None
    kms_key_id: str = ""
    owning_service: str = ""
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


class SecretsFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._shapes: Flights[SecretShape] = Flights()

    def secret(self, name: str) -> Secret:
        """Missing ``secretsmanager:secret``."""
        with missing_is(SECRET, name):
            answer = self._reader.read("secretsmanager", "describe_secret", SecretId=name)
        return Secret.from_api(answer)

    def shape(self, name: str) -> SecretShape:
        """Reads the current value, which CloudTrail records: once a sweep, as its shape may be kept though it may not.

        Missing ``secretsmanager:secret``.
        """
        return self._shapes.once(name, lambda: self._read_shape(name))

    def _read_shape(self, name: str) -> SecretShape:
        with missing_is(SECRET, name):
            answer = self._reader.read("secretsmanager", "get_secret_value", SecretId=name, VersionStage=CURRENT)
        return shape_of(answer.get("SecretString"), answer.get("SecretBinary"))


def shape_of(text: str | None, binary: bytes | None = None) -> SecretShape:
    """Malformed when there is no value at all."""
    given = text if text is not None else binary
    if not isinstance(given, str | bytes):
        raise Malformed("Secrets Manager answered without a value", remedy="re-check")
    try:
        value = json.loads(given)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        return SecretShape(binary=text is None, keys=None)
    named = {clean(key, 256): one for key, one in value.items()}
    tables = {key: clean(str(one), 255) for key, one in named.items() if key.startswith(TABLE_KEY)}
    return SecretShape(binary=text is None, keys={key: _key_shape(one) for key, one in named.items()}, tables=tables)


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
