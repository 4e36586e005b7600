"""What ``ssm`` says about the parameters of the site: names and types. Values are not even asked for."""

from collections.abc import Sequence
from typing import Final

from runbook_tui.aws.access import Reader
from runbook_tui.aws.facts.border import Fact
from runbook_tui.aws.facts.listing import listed
from runbook_tui.aws.facts.moment import Moment

SECURE: Final = "SecureString"
NAMES_A_REQUEST: Final = 50  # a filter takes no more


class Parameter(Fact, frozen=True, kw_only=True):
    """``type`` is String, StringList or SecureString."""

    name: str
    type: str = ""
    version: int = 0
    last_modified_date: Moment | None = None


class ParameterFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def under(self, path: str) -> tuple[Parameter, ...]:
        """All below a path, at any depth."""
        wanted = [{"Key": "Path", "Option": "Recursive", "Values": [_bare(path)]}]
        return listed(self._reader.read("ssm", "describe_parameters", ParameterFilters=wanted), "Parameters", Parameter)

    def named(self, names: Sequence[str]) -> tuple[Parameter, ...]:
        """Those of them that exist."""
        chunks = [list(names[at : at + NAMES_A_REQUEST]) for at in range(0, len(names), NAMES_A_REQUEST)]
        return tuple(one for chunk in chunks for one in self._named(chunk))

    def _named(self, names: list[str]) -> tuple[Parameter, ...]:
        wanted = [{"Key": "Name", "Option": "Equals", "Values": names}]
        return listed(self._reader.read("ssm", "describe_parameters", ParameterFilters=wanted), "Parameters", Parameter)


def _bare(path: str) -> str:
    """Without the slash at its end, which only the root has."""
    return path.rstrip("/") or "/"
