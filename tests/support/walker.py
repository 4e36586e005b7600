"""Walks a bundled runbook against a world whose time the test moves: what an operator would press, and what AWS does
meanwhile."""

from datetime import datetime
from pathlib import Path

from runbook_tui.catalogue.loader import load
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.change import Change, Stage
from runbook_tui.core.commands import (
    Answer,
    Command,
    Confirm,
    Proceed,
    Recheck,
    Repeat,
    ReportTimeout,
    Skip,
    TakeOtherwise,
)
from runbook_tui.core.site import Site
from runbook_tui.core.state import RunState, WaitPhase
from runbook_tui.simulator.server import Simulator
from runbook_tui.wiring.clocks import SystemClock
from runbook_tui.wiring.kit import Kit
from tests.support.acting import Acting
from tests.support.stepped import advance


class WorldClock(SystemClock):
    """The journal has the time of the simulated world; waits are timed as ever."""

    def __init__(self, simulator: Simulator) -> None:
        self._world = simulator.world

    def now(self) -> datetime:
        return self._world.clock.now()


class Walker:
    """``at`` is the id of the current step, ``None`` when the run has ended.

    ``site`` is the simulator's unless given. ``watched``: the sources of waits are read, as they are on a screen.
    Checks know of runs in ``state_dir`` alone.
    """

    def __init__(
        self,
        simulator: Simulator,
        folder: Path,
        runbook: str,
        environment: str = "prod",
        site: Site | None = None,
        *,
        watched: bool = False,
        state_dir: Path | None = None,
        clock: SystemClock | None = None,
    ) -> None:
        self.simulator = simulator
        kit = Kit(site or load_site(simulator.site_path), state_dir=state_dir or folder)
        kit.clock = clock or kit.clock
        self.acting = Acting(kit, folder, load(runbook), environment, runbook, watched=watched)
        self.settle()

    @property
    def state(self) -> RunState:
        return self.acting.state

    @property
    def at(self) -> str | None:
        return self.state.current

    def close(self) -> None:
        self.acting.close()

    def settle(self) -> None:
        """Until every check of the step has answered; no time passes in the world meanwhile."""
        assert self.acting.until(_answered), f"no answer: {self.state.step.pending}"

    def answer(self, option: str, reason: str = "") -> None:
        self._press(Answer(option=option, reason=reason))

    def go_on(self, reason: str = "") -> None:
        """Proceed; whatever did not pass is passed over with the reason."""
        self._press(Proceed(reason=reason))

    def confirm(self, reason: str = "") -> None:
        self._press(Confirm(reason=reason))

    def otherwise(self) -> None:
        """Where the step says to go when something failed."""
        self._press(TakeOtherwise())

    def skip(self, reason: str) -> None:
        self._press(Skip(reason=reason))

    def _press(self, command: Command) -> None:
        refused = self.acting.do(command, _heard)
        assert refused is None, (refused, _blocking(self.state))
        self.settle()

    def change(self, **inputs: str) -> Change:
        """Plan the step's action and carry it out."""
        self.settle()
        planned = self.acting.planned(**inputs)
        assert planned.stage is Stage.PLANNED, (planned.reason, planned.questions)
        made = self.acting.made(planned)
        assert made.stage is Stage.DONE, (made.reason, made.calls)
        self.settle()
        return made

    def idle(self, **inputs: str) -> None:
        """Plan the step's action, which finds nothing to do, and go on."""
        planned = self.acting.planned(**inputs)
        assert planned.plan is not None, planned.reason
        assert planned.plan.idle
        self.go_on()

    def waited(self, minutes: float = 15) -> None:
        """Let the world go on until the step's wait is met, half a minute at a time."""
        for _ in range(round(minutes * 2)):
            if self.state.step.wait is not WaitPhase.WAITING:
                break
            self.pass_time(30)
            self._press(Repeat())
        self.settle()
        assert self.state.step.wait is WaitPhase.MET, _blocking(self.state)

    def timed_out(self, minutes: float = 15) -> None:
        """The wait has lasted as long as it may, and something is still not so."""
        for _ in range(round(minutes)):
            self.pass_time(60)
        self._press(ReportTimeout(step=self.at or ""))
        assert self.state.step.wait is WaitPhase.TIMED_OUT

    def watched(self, minutes: float = 15) -> None:
        """Let the world go on until something fails, half a minute at a time."""
        for _ in range(round(minutes * 2)):
            self.pass_time(30)
            self._press(Recheck())
            if self.state.step.blocking:
                return
        raise AssertionError("nothing failed")

    def pass_time(self, seconds: float) -> None:
        advance(self.simulator.world, seconds)


def _heard(_state: RunState) -> bool:
    return True


def _answered(state: RunState) -> bool:
    return state.phase.over or not state.step.pending


def _blocking(state: RunState) -> dict[str, str]:
    return {check: state.step.verdicts[check].because for check in state.step.blocking}
