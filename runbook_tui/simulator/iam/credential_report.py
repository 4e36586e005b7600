"""The credential report: a row for root, then one a user."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from runbook_tui.simulator.iam.root_user import RootUser

if TYPE_CHECKING:
    from runbook_tui.simulator.world import World

_COLUMNS = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
    "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
)
_NO_KEY = ("false", "N/A", "N/A", "N/A", "N/A")
_NO_CERTIFICATES = ("false", "N/A", "false", "N/A")


def credential_report(world: "World") -> bytes:
    began = f"{world.began.replace(year=world.began.year - 3, day=1):%Y-%m-%dT%H:%M:%S+00:00}"
    owner = world.store(RootUser)
    root = (
        "<root_account>",
        f"arn:aws:iam::{world.account}:root",
        began,
        "not_supported",
        "no_information",
        "not_supported",
        "not_supported",
        str(owner.has_device).lower(),
        *(("true", began, "N/A", "N/A", "N/A") if owner.keys else _NO_KEY),
        *_NO_KEY,
        *_NO_CERTIFICATES,
    )
    rows = [root, *(_user(each) for each in world.backend("iam").users.values())]
    return "\n".join([_COLUMNS, *(",".join(row) for row in rows)]).encode()


def _user(user: Any) -> tuple[str, ...]:
    has_password = bool(user.password)
    keys = [_key(each) for each in user.access_keys[:2]]
    return (
        user.name,
        user.arn,
        _time(user.create_date),
        str(has_password).lower(),
        _time(user.password_last_used, "no_information") if has_password else "N/A",
        _time(user.create_date) if has_password else "N/A",
        "N/A",
        str(bool(user.mfa_devices)).lower(),
        *(keys[0] if keys else _NO_KEY),
        *(keys[1] if len(keys) > 1 else _NO_KEY),
        *_NO_CERTIFICATES,
    )


def _key(key: Any) -> tuple[str, ...]:
    active, made = str(key.status == "Active").lower(), _time(key.create_date)
    if key.last_used is None:
        return (active, made, "N/A", "N/A", "N/A")
    return (active, made, _time(key.last_used.timestamp), key.last_used.region, key.last_used.service)


def _time(at: datetime | None, otherwise: str = "N/A") -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S+00:00}" if at is not None else otherwise
