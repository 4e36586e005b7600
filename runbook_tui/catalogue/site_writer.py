"""Writes the site file: what differs from the defaults, in the catalogue's order, with a line for people."""

import os
import re
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from runbook_tui.catalogue.scalars import resolve, truth
from runbook_tui.catalogue.site_file import complete
from runbook_tui.core.problems import SiteProblem
from runbook_tui.core.site import Site
from runbook_tui.core.site_limits import LIMITS
from runbook_tui.core.site_values import keys_of

_HEADER: Final = """\
# The site of runbook-tui: what this installation is. Only what differs from the guide's defaults stands here;
# `runbook-tui schema site` describes every key. No secret belongs in this file.
"""
_NOTES: Final[Mapping[str, str]] = {
    "site": "The name that resource names begin with",
    "mode": "simulator: practise on this machine; real: the AWS account below",
    "aws": "The account, its region and how to sign in",
    "operator": "Who walks the runbooks",
    "domain": "The DNS zone of the API",
    "environments": "Names and sizes that staging and prod have for themselves",
    "frontend": "What the front end already uses",
    "iam": "Roles, users and password rules",
    "net": "The VPC, its subnets, and who may reach the load balancer",
    "secrets": "JSON keys that each secret must have: names only, never values",
    "params": "Settings in Parameter Store",
    "ecr": "Container images",
    "cicd": "The pipeline",
    "ecs": "The cluster",
    "deploy": "How a deployment replaces tasks",
    "app": "Facts of the application",
    "alb": "The load balancer",
    "tg": "Its target groups",
    "db": "The database",
    "obs": "Logs, topics and dashboards",
    "alarm": "Thresholds of alarms",
    "roll": "Limits while a release rolls out",
    "dr": "Limits of disaster-recovery drills",
    "review": "How often to review",
    "maint": "Maintenance",
    "cost": "Cost",
    "tags": "Tags that every resource carries",
    "audit": "Where the audit log lies",
    "clock": "How far the clock may be off, in seconds",
    "read_only": "true hides everything that changes AWS",
}
# Written even when they are the defaults: they say at a glance what the file is about.
_ALWAYS: Final = ("site.name", "mode", "aws.account_id", "aws.region")
_BARE: Final = re.compile(r"[A-Za-z_/][A-Za-z0-9_./-]*")


def differences(site: Site) -> dict[str, Any]:
    """Nested values, as the file has them, that ``complete`` needs to make this site."""
    plain = complete({"site": {"name": site.site.name}, "domain": {"zone": site.domain.zone}})
    given: dict[str, Any] = _differences(site, plain, "")
    if site.domain.zone:
        given["domain"] = {"zone": site.domain.zone, **given.get("domain", {})}
    return {key: given[key] for key in keys_of(Site) if key in given}


def rendered(site: Site) -> str:
    """The file's text."""
    parts = [_HEADER]
    for key, value in differences(site).items():
        parts.append("\n".join((f"# {_NOTES[key]}", *_lines(key, value, key, ""))) + "\n")
    return "\n".join(parts)


def write_site(site: Site, path: Path) -> Path | None:
    """Write the file whole or not at all, 0600; the former file is kept beside it, and its new place returned.

    SiteProblem when the folder cannot be written; then nothing has changed.
    """
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            _write(temporary, rendered(site).encode())
            kept = _keep(target) if target.exists() else None
            temporary.replace(target)
            _sync_folder(target.parent)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        remedy = "name another place with --output, or make room and allow writing there"
        raise SiteProblem(f"{path} cannot be written: {error.strerror}", remedy) from error
    return kept


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _keep(path: Path) -> Path:
    """A second name for the former file: it stays in its place until the new one takes it over."""
    number = 0
    while True:
        kept = path.with_name(f"{path.name}.bak" + (f".{number}" if number else ""))
        try:
            kept.hardlink_to(path)
        except FileExistsError:
            number += 1
        except OSError:  # a file system without hard links
            _write(kept, path.read_bytes())
            return kept
        else:
            return kept


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _differences(value: Struct, plain: Struct, prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, attribute in keys_of(type(value)).items():
        one, other = getattr(value, attribute), getattr(plain, attribute)
        below = f"{prefix}{key}"
        if isinstance(one, Struct) and isinstance(other, Struct):
            inner = _differences(one, other, f"{below}.")
            if inner:
                found[key] = inner
        elif key == "environments" and not prefix:
            pairs = {name: _differences(one[name], other[name], f"{below}.{name}.") for name in one}
            if any(pairs.values()):
                found[key] = {name: inner for name, inner in pairs.items() if inner}
        elif one != other or (below in _ALWAYS and one):
            found[key] = _builtin(one)
    return found


def _builtin(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_builtin(item) for item in value]
    if isinstance(value, Struct):
        return {key: getattr(value, attribute) for key, attribute in keys_of(type(value)).items()}
    return dict(value) if isinstance(value, Mapping) else value


def _lines(key: str, value: Any, dotted: str, indent: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        yield f"{indent}{_text(key)}:"
        for name, inner in value.items():
            yield from _lines(name, inner, f"{dotted}.{name}", f"{indent}  ")
    else:
        yield f"{indent}{_text(key)}: {_flow(value, dotted)}"


def _flow(value: Any, dotted: str) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_flow(item, f'{dotted}[]') for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)}: {_flow(item, f'{dotted}.{key}')}" for key, item in value.items()) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value, quote=_is_enum(dotted))
    return "null" if value is None else _number(value)


def _number(value: float) -> str:
    # repr may say 1e-07 or 1e+22, which the reader takes for numbers too; inf and nan never pass the rules.
    return repr(value)


def _is_enum(dotted: str) -> bool:
    limit = LIMITS.get(re.sub(r"^environments\.[a-z]+", "environments.*", dotted))
    return limit is not None and bool(limit.choices)


def _text(value: str, *, quote: bool = False) -> str:
    bare = _BARE.fullmatch(value) and value == resolve(value) and truth(value) is None
    return value if bare and not quote else f'"{"".join(map(_escaped, value))}"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    if letter.isprintable():
        return letter
    code = ord(letter)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
