"""Who calls: users by their keys, sessions of roles by the keys that STS gave them, and everybody else is on call."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from runbook_tui.simulator.iam.documents import Policy
from runbook_tui.simulator.iam.evaluate import Named

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World

_ON_CALL_ID = "AROASIMULATEDONCALL0"


class Kind(Enum):
    """In CloudTrail's words."""

    USER = "IAMUser"
    ROLE = "AssumedRole"
    ROOT = "Root"


class Principal(Struct, frozen=True, kw_only=True):
    """``arn`` is the session's of a role, ``owner`` that of the role or user whose policies count; ``name`` is its
    name. ``session`` is the session's name, empty for a user. ``claims`` are a web identity's condition keys."""

    kind: Kind
    arn: str
    owner: str
    name: str
    identifier: str
    key: str
    session: str = ""
    since: datetime | None = None
    mfa: bool = False
    limits: tuple[Policy, ...] | None = None
    claims: Mapping[str, tuple[str, ...]] = {}

    @property
    def account(self) -> str:
        return self.arn.split(":")[4]

    @property
    def user_name(self) -> str:
        """As CloudTrail's ``Username`` says it."""
        return self.session or self.name

    @property
    def user_id(self) -> str:
        return f"{self.identifier}:{self.session}" if self.session else self.identifier

    def names(self) -> dict[tuple[str, str], Named]:
        """What a resource's policy may call it."""
        root = f"arn:aws:iam::{self.account}:root"
        own = {("AWS", self.arn): Named.ITSELF, ("AWS", "*"): Named.ITSELF}
        if self.kind is Kind.ROLE:
            own |= {("AWS", self.owner): Named.BY_ROLE, ("AWS", self.identifier): Named.BY_ROLE}
            own |= {("AWS", "*"): Named.BY_ROLE}
        return {("AWS", root): Named.BY_ACCOUNT, ("AWS", self.account): Named.BY_ACCOUNT, **own}


class Sessions:
    """Of roles, by access key; and the keys that are good for nothing any more."""

    def __init__(self) -> None:
        self.by_key: dict[str, tuple[Principal, datetime]] = {}
        self.deleted: set[str] = set()
        self.secrets: dict[str, str] = {}


PERSON: Final = "simulated-"


def who(world: "World", key: str) -> Principal:
    """``simulated-NAME`` is the user of that name, as the product's ``--profile NAME`` signs here; every other key that
    nobody made in this world is the operator on call."""
    known = world.store(Sessions).by_key.get(key)
    if known is not None:
        return known[0]
    found = user_key(world, key)
    user = found[0] if found is not None else _named(world, key)
    if user is None:
        return on_call(world, key)
    return Principal(kind=Kind.USER, arn=user.arn, owner=user.arn, name=user.name, identifier=user.id, key=key)


def on_call(world: "World", key: str = "") -> Principal:
    from runbook_tui.simulator.world import ON_CALL_ROLE, SESSION_NAME

    role = role_named(world, ON_CALL_ROLE)
    return Principal(
        kind=Kind.ROLE,
        arn=world.on_call_arn,
        owner=role.arn if role is not None else f"arn:aws:iam::{world.account}:role/{ON_CALL_ROLE}",
        name=ON_CALL_ROLE,
        identifier=role.id if role is not None else _ON_CALL_ID,
        key=key,
        session=SESSION_NAME,
        since=world.began,
        mfa=True,
    )


def user_key(world: "World", key: str) -> tuple[Any, Any] | None:
    """moto's models of a user and of one of its access keys."""
    for user in world.backend("iam").users.values():
        for each in user.access_keys:
            if each.access_key_id == key:
                return user, each
    return None


def _named(world: "World", key: str) -> Any:
    """moto's model of the user that a key of a person names, or None."""
    name = key.removeprefix(PERSON)
    return next((each for each in world.backend("iam").users.values() if key != name and each.name == name), None)


def role_named(world: "World", name: str) -> Any:
    """moto's model, or None."""
    return next((each for each in world.backend("iam").roles.values() if each.name == name), None)


def role_of(world: "World", arn: str) -> Any:
    return next((each for each in world.backend("iam").roles.values() if each.arn == arn), None)


def user_of(world: "World", arn: str) -> Any:
    return next((each for each in world.backend("iam").users.values() if each.arn == arn), None)
