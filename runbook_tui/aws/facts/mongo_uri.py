"""What can be said of a MongoDB connection string without telling anything of it. Pure."""

import re
import secrets
from hashlib import blake2b
from typing import Final

from msgspec import Struct

SCHEMES: Final = ("mongodb+srv://", "mongodb://")
LOCAL: Final = re.compile(r"localhost|127(\.\d+){3}|0\.0\.0\.0|\[?::1\]?|host\.docker\.internal", re.IGNORECASE)
# Words by which an environment's name is known when a cluster or a database is called after it.
WORDS: Final = frozenset({"prod", "production", "prd", "staging", "stage", "stg"})
_KEY: Final = secrets.token_bytes(32)  # of this process: what is made with it means nothing outside


class MongoUri(Struct, frozen=True, kw_only=True):
    """``suffix`` is Atlas's own domain, ``this machine`` or ``other``. ``mentions`` are words for environments in the
    names of the cluster and the database. Two URIs of one cluster and database have the same ``place``, whoever
    signs in: it can be compared in this process and says nothing else.
    """

    srv: bool
    tls: bool
    local: bool
    suffix: str
    private_endpoint: bool
    custom_dns: bool
    retry_writes: bool
    bounded_selection: bool
    mentions: tuple[str, ...]
    place: str


def read_uri(text: str) -> MongoUri | None:
    """None when it is no MongoDB URI."""
    scheme = next((one for one in SCHEMES if text.startswith(one)), None)
    if scheme is None:
        return None
    before, _, query = text[len(scheme) :].partition("?")
    authority, _, database = before.partition("/")
    hosts = sorted(_host(one) for one in authority.rpartition("@")[2].lower().split(","))
    if not any(hosts):
        return None
    options = _options(query)
    srv = scheme == SCHEMES[0]
    return MongoUri(
        srv=srv,
        tls=_flag(options, "tls", _flag(options, "ssl", srv)),
        local=any(LOCAL.fullmatch(host) for host in hosts),
        suffix=_suffix(hosts),
        private_endpoint=any("-pl-" in host for host in hosts),
        custom_dns=any("-pri." in host for host in hosts),
        retry_writes=_flag(options, "retrywrites", True),  # noqa: FBT003 - the driver's default
        bounded_selection=options.get("serverselectiontimeoutms", "").isdecimal(),
        mentions=tuple(sorted(WORDS & {word for name in (*hosts, database.lower()) for word in _words(name)})),
        place=blake2b("\n".join((*hosts, database)).encode(errors="replace"), key=_KEY, digest_size=16).hexdigest(),
    )


def _host(address: str) -> str:
    """Without its port; an IPv6 address keeps its brackets."""
    return address if address.endswith("]") else re.sub(r":\d*$", "", address)


def _options(query: str) -> dict[str, str]:
    """The last of several of one name; names in small letters, as drivers read them."""
    pairs = (pair.partition("=") for pair in re.split("[&;]", query))
    return {name.lower(): value.lower() for name, _, value in pairs}


def _flag(options: dict[str, str], name: str, default: bool) -> bool:  # noqa: FBT001 - a value, not a mode
    return {"true": True, "false": False}.get(options.get(name, ""), default)


def _suffix(hosts: list[str]) -> str:
    if any(LOCAL.fullmatch(host) for host in hosts):
        return "this machine"
    known = (".mongodb.net", ".mongodbgov.net")
    return next((one for one in known if all(host.endswith(one) for host in hosts)), "other")


def _words(name: str) -> list[str]:
    return re.split(r"[^a-z]+", name)
