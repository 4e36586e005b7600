"""What there is to walk and to ask, for a screen in another process."""

from msgspec.structs import replace

from runbook_tui.catalogue.loader import load_all
from runbook_tui.catalogue.registry import Check, all_checks
from runbook_tui.core.problems import RunbookProblem
from runbook_tui.core.runbook import Family, Runbook
from runbook_tui.engine.protocol import About, Shelf


def read_shelf() -> Shelf:
    """A runbook that cannot be read leaves the others out too, and says why: none of them is to be trusted then."""
    checks = tuple(map(_about, all_checks().values()))
    try:
        return Shelf(runbooks=_runbooks(), checks=checks)
    except RunbookProblem as problem:
        return Shelf(checks=checks, trouble=str(problem), remedy=problem.remedy)


def _runbooks() -> tuple[Runbook, ...]:
    families = list(Family)
    found = sorted(load_all().items(), key=lambda item: (families.index(item[1].family), item[0]))
    return tuple(replace(runbook, text="") for _, runbook in found)


def _about(check: Check) -> About:
    return About(id=check.id, title=check.title, guide=check.guide, severity=check.severity, needs=check.needs)
