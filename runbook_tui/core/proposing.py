"""Which answer of a question is likely, by what the step's checks have seen. Pure."""

from collections.abc import Mapping

from msgspec import Struct

from runbook_tui.core.plan import at_path
from runbook_tui.core.runbook import Ask, Sign
from runbook_tui.core.verdict import Verdict


class Proposal(Struct, frozen=True, kw_only=True):
    """``option`` names the answer, ``because`` what was seen, in the words of the check."""

    option: str
    because: str


def proposed(ask: Ask, verdicts: Mapping[str, Verdict]) -> Proposal | None:
    """The first answer, in the order of the file, for which something was seen. None when nothing was."""
    for name, option in ask.options.items():
        for sign in option.when:
            verdict = verdicts.get(sign.check)
            if verdict is not None and _seen(sign, verdict):
                return Proposal(option=name, because=verdict.because)
    return None


def _seen(sign: Sign, verdict: Verdict) -> bool:
    try:
        return str(at_path(verdict.evidence, sign.evidence)) in sign.among
    except (LookupError, TypeError, ValueError):
        return False  # this verdict saw something else
