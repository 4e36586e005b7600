"""What is wrong with a file: data, one finding a place, so that all of them can be said at once."""

from enum import StrEnum

from msgspec import Struct


class Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Finding(Struct, frozen=True, kw_only=True):
    """``line`` and ``column`` count from 1. Printed as ``file:line:column: what; remedy``, on one line."""

    path: str
    line: int
    column: int
    what: str
    remedy: str = ""
    severity: Level = Level.ERROR

    def __str__(self) -> str:
        mark = "warning: " if self.severity is Level.WARNING else ""
        text = f"{self.path}:{self.line}:{self.column}: {mark}{self.what}" + (f"; {self.remedy}" if self.remedy else "")
        return "".join(letter if letter.isprintable() else " " for letter in text)


class Findings:
    """Findings of one file while it is read."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._found: list[Finding] = []

    def add(self, place: tuple[int, int], what: str, remedy: str = "", *, severity: Level = Level.ERROR) -> None:
        finding = Finding(path=self.path, line=place[0], column=place[1], what=what, remedy=remedy, severity=severity)
        self._found.append(finding)

    @property
    def all(self) -> tuple[Finding, ...]:
        """In the order of the file, each once."""
        return tuple(dict.fromkeys(sorted(self._found, key=lambda one: (one.line, one.column))))

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.all if one.severity is Level.ERROR)


def told(findings: tuple[Finding, ...]) -> tuple[str, str]:
    """Text and remedy of a problem that stands for these findings."""
    first = next((one.remedy for one in findings if one.remedy), "")
    return "\n".join(map(str, findings)), first
