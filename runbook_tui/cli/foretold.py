"""What a walk without a screen says besides its journal: what the sign-in may do, and how far a wait has come."""

from typing import TYPE_CHECKING, Final

from runbook_tui.cli.output import tell
from runbook_tui.core.forecast import May, summary
from runbook_tui.core.progress import Observation
from runbook_tui.core.reading import in_one_line
from runbook_tui.core.text import clean
from runbook_tui.wiring.forecasting import forecast

if TYPE_CHECKING:
    from runbook_tui.wiring.kit import Kit
    from runbook_tui.wiring.runs import OpenRun

_MARK: Final = {May.YES: "✔", May.NO: "✘", May.UNKNOWN: "?"}
_LONGEST: Final = 400


def tell_forecast(kit: "Kit", opened: "OpenRun") -> None:
    """Before the first step: a missing permission is better known now than at step five."""
    environment = opened.started.environment if opened.started else opened.state.environment
    found = forecast(kit, opened.runbook, environment)
    may, text = summary(found)
    tell(f"{_MARK[may]} {clean(text, _LONGEST)}")
    for one in found:
        if one.may is May.NO:
            tell(f"  {_MARK[one.may]} {one.step}: denied {', '.join(one.missing)}")


def tell_progress(observation: Observation, before: str) -> str:
    """A line for each source, when it says something else than ``before``: what was said then, and is to be given
    back."""
    lines = [in_one_line(one) for one in observation.readings]
    said = "\n".join(lines)
    for line in lines if said != before else ():
        tell(f"  … {clean(line, _LONGEST)}")
    return said
