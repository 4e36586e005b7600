"""What a container's health-check command asks, and whether it can fail. Read from its text alone."""

import re
import shlex
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

LOCAL_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})

_URL: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-fA-F:]+\]|[^\s'\"`:/?#)]+)"
    r"(?::(?P<port>\d+|\$\{[^}]*\}|\$\w+|['\"`]\s*\+[^'\"`]*\+\s*['\"`]))?(?P<path>/[^\s'\"`?#)]*)?"
)
_BARE: Final = re.compile(
    r"(?<![\w./@-])(?P<host>localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?=[:/])"
    r"(?::(?P<port>\d+|\$\{[^}]*\}|\$\w+))?(?P<path>/[^\s'\"`?#)]*)?"
)
_DEFAULTED: Final = re.compile(r"\$\{\w+:?-([^}]*)\}")  # ${PORT:-3000} is 3000 unless the variable is set
_SHELL_WORDS: Final = frozenset({"||", "&&", "|", ";"})
_SWALLOWED: Final = re.compile(r"(\|\||;|&&)\s*(true|:|exit\s+0)\s*;?\s*\Z")
_CURL_FAILS: Final = re.compile(r"\s(-[a-zA-Z]*f[a-zA-Z]*|--fail|--fail-with-body)(?=\s|\Z)")
_SILENT: Final = frozenset({"nc", "ncat", "pgrep", "ps", "true", ":", "exit", "echo", "test", "[", "ls", "cat", "kill"})
_SETS_EXIT_CODE: Final = ("exit", "throw", "|| false", "assert")
_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}


class Asked(Struct, frozen=True, kw_only=True):
    """One address in the command. ``port`` is empty when it comes from a variable."""

    host: str
    port: str
    path: str


class HealthCommand(Struct, frozen=True, kw_only=True):
    """``tool`` is the first program's bare name. ``broken`` says why the command can never succeed, else is empty.

    ``opaque``: a script or a variable hides what is asked. ``can_fail``: an error ends in a non-zero exit code.
    """

    text: str
    tool: str
    asked: tuple[Asked, ...]
    broken: str = ""
    opaque: bool = False
    can_fail: bool = True
    heeds_status: bool = True

    def mentions(self, path: str) -> bool:
        """Whether the path stands in it on its own, as in ``{port: 3000, path: '/ready'}``."""
        return re.search(rf"(?<![\w/.-]){re.escape(path)}(?![\w/.-])", self.text) is not None

    def mentions_port(self, port: int) -> bool:
        return re.search(rf"(?<!\d){port}(?!\d)", self.text) is not None


def read_health_command(command: Sequence[str]) -> HealthCommand:
    """``command`` as ECS has it: CMD or CMD-SHELL first, then the arguments."""
    text = " ".join(command[1:]).strip()
    tool = _tool(text)
    asked = _addresses(text)
    return HealthCommand(
        text=text,
        tool=tool,
        asked=asked,
        broken=_broken(command),
        opaque=not asked and tool not in _SILENT and bool(text),
        can_fail=_can_fail(text, tool),
        heeds_status=_heeds_status(text, tool),
    )


def _addresses(text: str) -> tuple[Asked, ...]:
    text = _DEFAULTED.sub(r"\1", text)
    full = list(_URL.finditer(text))
    rest = _URL.sub(" ", text)
    return tuple(_asked(match) for match in (*full, *_BARE.finditer(rest)))


def _asked(match: re.Match[str]) -> Asked:
    parts = match.groupdict()
    port = parts["port"] or _DEFAULT_PORTS.get(parts.get("scheme") or "http", "")
    return Asked(host=parts["host"].lower(), port=port if port.isdigit() else "", path=parts["path"] or "/")


def _tool(text: str) -> str:
    try:
        words = shlex.split(text)
    except ValueError:  # a quote that never ends
        words = text.split()
    plain = [word for word in words if not re.fullmatch(r"\w+=.*", word)]
    return plain[0].rpartition("/")[2] if plain else ""


def _broken(command: Sequence[str]) -> str:
    if not command or command[0] not in ("CMD", "CMD-SHELL"):
        return "it begins with neither CMD nor CMD-SHELL"
    rest = command[1:]
    if not rest or not " ".join(rest).strip():
        return "it names no command"
    if command[0] == "CMD" and (_SHELL_WORDS & set(rest) or (len(rest) == 1 and " " in rest[0].strip())):
        return "CMD runs no shell, so this command line cannot be started: use CMD-SHELL"
    return ""


def _can_fail(text: str, tool: str) -> bool:
    if _SWALLOWED.search(text):
        return False
    if tool in ("node", "nodejs") and _inline(text):
        return any(word in text for word in _SETS_EXIT_CODE)
    return tool not in ("true", ":", "echo")


def _heeds_status(text: str, tool: str) -> bool:
    """curl alone takes an answer 500 for a success unless it is told otherwise."""
    return tool != "curl" or bool(_CURL_FAILS.search(text)) or bool(re.search(r"\|\s*(grep|jq)\b", text))


def _inline(text: str) -> bool:
    return re.search(r"\s(-e|--eval|-p)\s", f" {text} ") is not None
