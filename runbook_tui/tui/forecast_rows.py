"""What this identity may do, on the first screen of a run and at the steps that it may not do. Pure."""

from collections.abc import Sequence
from typing import Final

from textual.content import Content

from runbook_tui.core.forecast import Forecast, May, summary
from runbook_tui.core.text import clean
from runbook_tui.tui.paint import BAD, CAUTION, GOOD
from runbook_tui.tui.widgets.lines import Row

_MARK: Final = {May.YES: ("✔", GOOD), May.NO: ("✘", BAD), May.UNKNOWN: ("?", CAUTION)}


def forecast_rows(forecast: Sequence[Forecast], step: str, *, first: bool, width: int) -> list[Row]:
    """On the first screen one line about all steps; later, what is denied at this step. Nothing while nobody knows."""
    here = next((one for one in forecast if one.step == step and one.may is May.NO), None)
    if here is not None:
        return _line(May.NO, f"your sign-in may not do this step: {', '.join(here.missing)} denied", width)
    return _line(*summary(forecast), width) if first and forecast else []


def _line(may: May, text: str, width: int) -> list[Row]:
    symbol, colour = _MARK[may]
    line = Content.assemble((f"{symbol} ", f"bold {colour}"), (clean(text, 300), colour))
    return [Row(part) for part in line.wrap(width - 1)]
