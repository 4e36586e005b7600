"""Where a container's secret comes from, read out of its ``valueFrom``. Names only: never a value."""

import re
from enum import StrEnum
from typing import Final

from msgspec import Struct


class Store(StrEnum):
    SECRETS_MANAGER = "secretsmanager"
    PARAMETER_STORE = "ssm"
    UNREADABLE = "unreadable"


_SUFFIX: Final = re.compile(r"-[A-Za-z0-9]{6}\Z")


class SecretReference(Struct, frozen=True, kw_only=True):
    """``name`` is the secret's name without the six random characters that Secrets Manager adds to its ARN.

    ``key`` is empty when the whole JSON text is injected; ``stage`` and ``version`` when neither is pinned.
    """

    store: Store
    name: str
    suffixed: bool = True
    region: str = ""
    account: str = ""
    key: str = ""
    stage: str = ""
    version: str = ""

    def is_of(self, secret_name: str) -> bool:
        return self.name == secret_name

    @property
    def described(self) -> str:
        """For evidence. A text that is no reference may be a value put in the wrong place: it is not repeated."""
        if self.store is Store.UNREADABLE:
            return "no reference"
        pinned = "".join(f", {part}" for part in (self.stage, self.version) if part)
        return f"{self.store.value} {self.name}, key {self.key or '(all of it)'}{pinned}"


def read_reference(value_from: str) -> SecretReference:
    """``arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SUFFIX:KEY:STAGE:VERSION``, a parameter's ARN or name."""
    if not value_from.startswith("arn:"):
        return SecretReference(store=Store.PARAMETER_STORE, name=value_from)
    parts = value_from.split(":")
    service = parts[2] if len(parts) > 2 else ""
    if service == Store.PARAMETER_STORE and len(parts) == 6:
        return _parameter(parts)
    if service == Store.SECRETS_MANAGER and parts[5:6] == ["secret"] and 7 <= len(parts) <= 10 and parts[6]:
        return _secret(parts)
    return SecretReference(store=Store.UNREADABLE, name="")


def _parameter(parts: list[str]) -> SecretReference:
    name = parts[5].removeprefix("parameter")
    return SecretReference(store=Store.PARAMETER_STORE, name=name, region=parts[3], account=parts[4])


def _secret(parts: list[str]) -> SecretReference:
    resource = parts[6]
    key, stage, version = (*parts[7:], "", "", "")[:3]
    return SecretReference(
        store=Store.SECRETS_MANAGER,
        name=_SUFFIX.sub("", resource),
        suffixed=_SUFFIX.search(resource) is not None,
        region=parts[3],
        account=parts[4],
        key=key,
        stage=stage,
        version=version,
    )
