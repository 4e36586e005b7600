"""The cases of docs/triage-cases.yaml."""

from collections.abc import Sequence
from typing import Final

import yaml
from msgspec import Struct, convert

from tests.support.simulator import ROOT


class Case(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    faults: tuple[str, ...]
    after: float
    truth: tuple[str, ...] = ()
    rank: int = 0
    why: str = ""

    @property
    def title(self) -> str:
        return f"{' + '.join(self.faults) or 'nothing'} after {self.after:.0f} s"


class Cases(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    cases: tuple[Case, ...]
    calm: tuple[Case, ...]
    blind: tuple[str, ...]
    apart: tuple[str, ...]


CASES: Final = convert(yaml.safe_load((ROOT / "docs" / "triage-cases.yaml").read_text()), Cases)


def rank(truth: Sequence[str], rules: Sequence[str]) -> int | None:
    """The first place, from 1, of any of the true rules."""
    return next((place for place, rule in enumerate(rules, start=1) if rule in truth), None)
