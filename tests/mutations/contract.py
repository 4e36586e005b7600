"""What a row of the mutation test is, and how one is added.

Healthy world → one change → the verdicts that flip are exactly those of the row; every other stays as it was.
Every check has a row; a new one needs:

1. Write ``def closed(world: Standing) -> None`` in the file of the check's family (a new file needs no line elsewhere).
   Change one thing through ``world.client("ec2")``, a stock boto3 client; what no call of AWS's offers through
   ``world.fault("sg-port-closed")``, else through ``world.world.backend("ecs")``.
2. ``world.wait(31)`` where something follows only after a time; the clock stands still otherwise.
3. Add ``Row(check="sg.ecs.ingress-app", name="port 3000 is closed", change=closed, flips={"tg.exists@prod": FAIL})`` to
   the file's ``ROWS``: every flip, ``id@environment`` or the bare id of what both share, the check's own among them.
4. What a site of the guide's defaults skips starts from another healthy scenario: ``Row(scenario="migrating", …)``.
5. ``pytest tests/mutations -k sg.ecs.ingress-app`` shows what flips.
"""

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from runbook_tui.core.verdict import Status
from tests.support.standing import Standing

PASS: Final = Status.PASS
WARN: Final = Status.WARN
FAIL: Final = Status.FAIL
SKIP: Final = Status.SKIP
UNKNOWN: Final = Status.UNKNOWN

FOLDER: Final = Path(__file__).parent


class Row(Struct, frozen=True, kw_only=True):
    """``name`` says in a line what is changed. ``flips`` maps ``id@environment`` or an id to its new status.

    ``scenario`` is the simulated world that it is changed in: one where nothing is wrong.
    """

    check: str
    name: str
    change: Callable[[Standing], object]
    flips: Mapping[str, Status]
    scenario: str = "healthy"

    @property
    def title(self) -> str:
        return f"{self.check}: {self.name}"


def both(check: str, status: Status) -> dict[str, Status]:
    """The check flips in staging and in prod."""
    return {f"{check}@staging": status, f"{check}@prod": status}


def all_rows() -> dict[str, Row]:
    """The rows of every file in this folder, by title."""
    names = sorted(path.stem for path in FOLDER.glob("*.py"))
    families = [name for name in names if name != "contract" and not name.startswith("test_")]
    modules = [importlib.import_module(f"tests.mutations.{name}") for name in families]
    rows = [row for module in modules for row in module.ROWS]
    titles = {row.title: row for row in rows}
    assert len(titles) == len(rows), "two rows have one title"
    return titles
