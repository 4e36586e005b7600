"""A whole runbook walked by an answers file, on a world whose time passes whenever somebody waits for it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from runbook_tui.core.change_events import CallFinished
from runbook_tui.core.commands import Repeat
from runbook_tui.core.events import Entry
from runbook_tui.core.runbook import Runbook
from runbook_tui.core.state import RunState, WaitPhase
from runbook_tui.engine.headless import Halt, Script, next_move
from runbook_tui.simulator.world import World
from runbook_tui.wiring.kit import Kit
from tests.support.acting import Acting
from tests.support.stepped import advance


class ScriptedWalk(Acting):
    """``walk`` goes on until the run has ended, or somebody is needed: that is what it gives.

    ``secrets`` are what would be typed unseen.
    """

    def __init__(
        self,
        world: World,
        kit: Kit,
        folder: Path,
        runbook: Runbook,
        environment: str,
        *,
        name: str = "scripted",
        secrets: Mapping[str, str] | None = None,
    ) -> None:
        self.world = world
        super().__init__(kit, folder, runbook, environment, name)
        for key, value in (secrets or {}).items():
            kit.changes.supply(key, value)

    def walk(self, script: Script, most: int = 400) -> Halt | None:
        for _ in range(most):
            if self.state.phase.over:
                return None
            self._settle()
            move = next_move(self.state, self.runner.runbook, script)
            if isinstance(move, Halt):
                return move
            if move is None:
                move = self._time_passes()
            refused = self.do(move)
            assert refused is None, (self.state.current, refused)
        bad = {check: one.because for check, one in self.state.step.verdicts.items() if not one.settles}
        raise AssertionError(f"no end in sight, at {self.state.current}: {bad}")

    def _time_passes(self) -> Repeat:
        assert self.state.step.wait is WaitPhase.WAITING, (self.state.current, self.state.step)
        advance(self.world, 15)
        return Repeat()

    def _settle(self) -> None:
        answered = self.until(lambda state: state.phase.over or not state.step.pending, patience=45)
        assert answered, f"no answer: {self.state.step.pending}"

    def _hear(self, entries: Sequence[Entry], state: RunState) -> None:
        usable(self.world, entries, state)
        super()._hear(entries, state)


def usable(world: World, entries: Sequence[Entry], state: RunState) -> None:
    """What takes AWS minutes to make usable, or to end, has them before anybody looks."""
    for entry in entries:
        if isinstance(entry.event, CallFinished):
            plan = state.changes[entry.event.change].plan
            ready = plan.call(entry.event.call).ready if plan is not None else None
            if ready is not None:
                advance(world, ready.timeout)
