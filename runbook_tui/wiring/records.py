"""What checks may ask the product about itself: its journals, and the runbooks that it carries."""

from collections.abc import Callable
from pathlib import Path

from runbook_tui.audit.history import Journals
from runbook_tui.catalogue import loader
from runbook_tui.core.events import Entry, World
from runbook_tui.core.problems import RunbookProblem
from runbook_tui.core.records import AuditLog, Book, History


class Records:
    """The ``aws.access.Records`` of one process."""

    def __init__(self, state_dir: Path, world: World, account: Callable[[], str]) -> None:
        self._journals = Journals(state_dir, world, account)

    def forget(self) -> None:
        self._journals.forget()

    def history(self) -> History:
        return self._journals.history()

    def entries(self, run: str) -> tuple[Entry, ...]:
        return self._journals.entries(run)

    def audit_log(self) -> AuditLog:
        return self._journals.audit_log()

    def books(self) -> tuple[Book, ...]:
        return tuple(_book(name) for name in loader.shelf())


def _book(name: str) -> Book:
    try:
        found = loader.load(name)
    except RunbookProblem as problem:
        return Book(id=name, trouble=problem.what)
    return Book(id=name, family=found.family.value, sha256=found.sha256)
