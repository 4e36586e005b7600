"""A run against a simulator with everything real: plans, confirmations, calls, journal. A script moves it on."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from runbook_tui.audit.journal import Journal
from runbook_tui.catalogue.loader import load_text
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.change import Change, Stage
from runbook_tui.core.change_commands import ConfirmPlan, PlanAction, SettleDoubt, Undo
from runbook_tui.core.commands import Command
from runbook_tui.core.events import Entry, World
from runbook_tui.core.refusal import Refusal
from runbook_tui.core.runbook import Runbook
from runbook_tui.core.state import RunState
from runbook_tui.engine.ports import NoSources, Ports
from runbook_tui.engine.runner import Runner
from runbook_tui.wiring.kit import Kit
from tests.support.runs import started

PATIENCE = 45.0  # seconds, for a plan or a change on a busy machine
_ONE_STEP = """
id: one
title: One change
family: maintenance
outcome: It is changed.
steps:
  - id: change
    title: Change it
    action: {{use: {action}}}
    end: true
"""


def one_step(action: str) -> Runbook:
    """A runbook that does nothing but offer this action."""
    return load_text(_ONE_STEP.format(action=action), "one.yaml", all_checks())


class Acting:
    """``do`` posts a command and returns when no change is being planned or made; it gives what was refused.

    The runner works in a thread of its own until ``close``.
    """

    def __init__(
        self,
        kit: Kit,
        folder: Path,
        runbook: Runbook,
        environment: str = "staging",
        name: str = "acting",
        *,
        watched: bool = False,
    ) -> None:
        self.kit = kit
        self.entries: list[Entry] = []
        self.journal = Journal.create(folder, name, World.SIMULATED, self.kit.clock.now, self.kit.redactor)
        self._heard = threading.Condition()
        self.runner = Runner(
            runbook=runbook,
            ports=Ports(
                journal=self.journal,
                checks=self.kit.checks,
                changes=self.kit.changes,
                clock=self.kit.clock,
                sources=self.kit.sources if watched else NoSources(),
            ),
            by="you",
            state=RunState(),
            listener=self._hear,
        )
        self.runner.start(started(runbook, environment))
        self._thread = threading.Thread(target=self.runner.work, name="acting", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.runner.leave()
        self._thread.join()
        self.journal.close()

    @property
    def state(self) -> RunState:
        return self.runner.state

    @property
    def change(self) -> Change:
        """The last one."""
        return self.state.changes[len(self.state.changes)]

    def do(self, command: Command, settled: Callable[[RunState], bool] | None = None) -> Refusal | None:
        replies: list[Refusal | None] = []

        def answered(refusal: Refusal | None) -> None:
            with self._heard:
                replies.append(refusal)
                self._heard.notify_all()

        self.runner.post(command, answered)
        with self._heard:
            self._heard.wait_for(lambda: replies and (replies[0] or (settled or _quiet)(self.state)), timeout=PATIENCE)
        assert replies, f"{command} was not answered"
        return replies[0]

    def until(self, settled: Callable[[RunState], bool], patience: float = PATIENCE) -> bool:
        """Whether it came to that within so many seconds."""
        with self._heard:
            return self._heard.wait_for(lambda: settled(self.state), timeout=patience)

    def planned(self, action: str = "", **inputs: str) -> Change:
        refused = self.do(PlanAction(action=action, inputs=inputs))
        assert refused is None, refused
        return self.change

    def made(self, change: Change, *, glass: str = "nobody else is awake") -> Change:
        """Confirm it as it asks to be confirmed."""
        confirm = ConfirmPlan(
            digest=change.digest,
            typed=change.confirmation.word,
            break_glass=glass if change.confirmation.approver else "",
        )
        assert self.do(confirm) is None
        return self.change

    def undone(self, number: int | None = None) -> Change:
        assert self.do(Undo(change=number)) is None
        return self.made(self.change)

    def settled(self, *, happened: bool) -> Change:
        assert self.do(SettleDoubt(happened=happened)) is None
        return self.change

    def _hear(self, entries: Sequence[Entry], _state: RunState) -> None:
        with self._heard:
            self.entries += entries
            self._heard.notify_all()


def _quiet(state: RunState) -> bool:
    found = state.open_change
    return found is None or found.stage in (Stage.WANTING, Stage.PLANNED, Stage.IN_DOUBT)
