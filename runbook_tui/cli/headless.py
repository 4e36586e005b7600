"""Walk a run without a screen: the answers file decides, and where it is silent the run waits for a human."""

import argparse
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from runbook_tui import options
from runbook_tui.cli.foretold import tell_forecast, tell_progress
from runbook_tui.cli.output import coloured, data, status, tell
from runbook_tui.core.change import Stage
from runbook_tui.core.change_events import ChangeEvent
from runbook_tui.core.change_words import in_words
from runbook_tui.core.commands import Pause
from runbook_tui.core.events import CheckFinished, Entry, RunStopped, StepEntered, StepLeft
from runbook_tui.core.problems import RefusedProblem, UsageProblem
from runbook_tui.core.progress import Observation
from runbook_tui.core.refusal import Refusal
from runbook_tui.core.state import Phase, RunState
from runbook_tui.core.temporary import by_hand, given_up
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Status
from runbook_tui.engine.headless import Halt, Script, next_move

if TYPE_CHECKING:
    from runbook_tui.core.change_commands import ReportApproval
    from runbook_tui.engine.runner import Runner
    from runbook_tui.wiring.kit import Kit
    from runbook_tui.wiring.runs import OpenRun

EXIT_WAITING = 5
_EXIT_OF_HALT = {
    Halt.NEEDS_ANSWER: EXIT_WAITING,
    Halt.NEEDS_CONFIRMATION: EXIT_WAITING,
    Halt.NEEDS_CONSENT: EXIT_WAITING,
    Halt.NEEDS_INPUT: EXIT_WAITING,
    Halt.NEEDS_APPROVAL: EXIT_WAITING,
    Halt.NEEDS_SCREEN: EXIT_WAITING,
    Halt.NOT_CHANGED: 4,
    Halt.IN_DOUBT: EXIT_WAITING,
    Halt.FAILED: 1,
    Halt.UNDECIDED: 3,
    Halt.GOING_ROUND: 4,
}


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--headless", action="store_true", help="without a screen")
    parser.add_argument(
        "--answers", metavar="FILE", help="YAML: answers, reasons, change, settle, confirm, accept, skip, each by step"
    )
    parser.add_argument(
        "--secrets", action="store_true", help="read what would be typed unseen from standard input: YAML, NAME: value"
    )


def start(args: argparse.Namespace, runbook: str, environment: str) -> int:
    from runbook_tui.wiring.kit import Kit
    from runbook_tui.wiring.restoring import restore_first
    from runbook_tui.wiring.runs import start_run

    site = options.the_site(args)
    script = read_script(args.answers)
    folder = options.state_dir(args, site)
    kit = Kit(site, options.access(args), folder)
    supply(kit, from_pipe=args.secrets)
    restore_first(kit, folder, tell)
    return Walk(kit, start_run(kit, folder, runbook, environment), script).walk()


def go_on(args: argparse.Namespace, run: str) -> int:
    from runbook_tui.wiring.kit import Kit
    from runbook_tui.wiring.restoring import restore_first
    from runbook_tui.wiring.runs import resume_run

    site = options.the_site(args)
    script = read_script(args.answers)
    folder = options.state_dir(args, site)
    kit = Kit(site, options.access(args), folder)
    supply(kit, from_pipe=args.secrets)
    restore_first(kit, folder, tell)
    return Walk(kit, resume_run(kit, folder, run), script).walk()


def supply(kit: "Kit", *, from_pipe: bool) -> None:
    """No value is ever in a file, an argument or the environment of a process. UsageProblem when the pipe holds
    anything but names and texts; nothing of it is repeated."""
    if not from_pipe:
        return
    import yaml

    try:
        found = msgspec.convert(yaml.safe_load(sys.stdin) or {}, dict[str, str])
    except (UnicodeDecodeError, yaml.YAMLError, msgspec.ValidationError):
        raise UsageProblem("--secrets read no YAML of names and texts", "for example prod-JWT_SECRET: '…'") from None
    for name, value in found.items():
        kit.changes.supply(name, value)


def read_script(path: str | None) -> Script:
    """UsageProblem when the file cannot be read or says something else than a ``Script``."""
    if path is None:
        return Script()
    import yaml

    try:
        found = yaml.safe_load(Path(path).read_text(encoding="utf-8")) or {}
        return msgspec.convert(found, Script)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageProblem(f"the answers file {path} cannot be read", str(error)) from error
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        shape = (
            "answers, confirm, accept and skip map a step to a text, change maps it to inputs, typed and break_glass, "
            "settle to happened or not"
        )
        raise UsageProblem(f"the answers file {path} is wrong: {error}", shape) from error


class Walk:
    """One headless walk. Every journal entry is narrated; the last line of data names the run and its tip."""

    def __init__(self, kit: "Kit", opened: "OpenRun", script: Script) -> None:
        self._opened = opened
        self._kit = kit
        self._script = script
        self._halt: Halt | None = None
        self._refused: Refusal | None = None
        self._colour = coloured()
        self._moving = False
        self._changes = kit.changes
        self._told = ""
        self._runner: Runner = opened.runner(kit, self._happened, self._seen)

    def walk(self) -> int:
        """A signal ends it in order: a call is carried to its end, what is for a while only is taken back."""
        for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(one) is not signal.SIG_IGN:  # nohup
                signal.signal(one, self._interrupt)
        with self._heard():
            tell_forecast(self._kit, self._opened)
        try:
            self._opened.set_going(self._runner)
            self._runner.work()
        finally:
            self._opened.journal.close()
        with self._heard():
            return self._say_the_end(self._runner.state)
        return EXIT_WAITING

    def _interrupt(self, *_: object) -> None:
        self._runner.post(Pause(reason="interrupted"))
        self._runner.leave()

    def _happened(self, entries: Sequence[Entry], state: RunState) -> None:
        with self._heard():
            for entry in entries:
                self._narrate(entry)
        if state.phase is not Phase.RUNNING:
            self._runner.leave()
        else:
            self._go_on(state)

    def _seen(self, observation: Observation) -> None:
        """Called from the observer's thread."""
        with self._heard():
            self._told = tell_progress(observation, self._told)

    @contextmanager
    def _heard(self) -> Iterator[None]:
        """A terminal that is gone takes no run with it."""
        try:
            yield
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())

    def _go_on(self, state: RunState) -> None:
        """One move at a time: a second one would be meant for a step that is gone when it is carried out."""
        if self._moving:
            return
        move = next_move(state, self._opened.runbook, self._script)
        if move is Halt.NEEDS_APPROVAL:
            move = self._approved(state) or move
        if isinstance(move, Halt):
            self._halt = move
            move = Pause(reason=move.value)
        if move is not None:
            self._moving = True
            self._runner.post(move, self._heard_back)

    def _approved(self, state: RunState) -> "ReportApproval | Pause | None":
        """The approval of the answers file, verified; None when it holds none."""
        change = state.open_change
        consent = self._script.change.get(state.current or "")
        if change is None or consent is None or not consent.approval:
            return None
        try:
            return self._changes.approve(consent.approval, change.digest)
        except RefusedProblem as problem:
            self._refused = Refusal(reason=problem.what, remedy=problem.remedy)
            return Pause(reason=f"refused: {problem.what}")

    def _heard_back(self, refusal: "Refusal | None") -> None:
        self._moving = False
        if refusal is not None:
            self._refused = refusal
            self._runner.post(Pause(reason=f"refused: {refusal.reason}"))
        elif self._runner.state.phase is Phase.RUNNING:
            self._go_on(self._runner.state)

    def _narrate(self, entry: Entry) -> None:
        match entry.event:
            case StepEntered(step=name):
                step = self._opened.runbook.step(name)
                tell(f"{self._opened.runbook.number(name)} of {len(self._opened.runbook.steps)}  {step.title}")
            case CheckFinished(check=check, verdict=verdict):
                word = "waived" if verdict.waived else ""
                tell(f"  {status(verdict.status, coloured=self._colour, word=word)} {check}  {clean(verdict.because)}")
                if verdict.remedy and verdict.status in (Status.FAIL, Status.UNKNOWN):
                    tell(f"            → {clean(verdict.remedy)}")
            case event if isinstance(event, ChangeEvent):
                word, text = in_words(event)
                tell(f"  {word:<10} {clean(text, 1000)}")
            case StepLeft(outcome=outcome, reason=reason) if reason:
                tell(f"  {outcome.value}: {clean(reason)}")
            case RunStopped(reason=reason, remedy=remedy):
                tell(f"stopped: {clean(reason)}\n  → {clean(remedy)}")
            case _:
                pass

    def _say_the_end(self, state: RunState) -> int:
        data(f"run {state.run}\nphase {state.phase.value}\ntip {state.tip}\nevents {state.seq + 1}")
        if state.phase is Phase.FINISHED:
            tell(
                f"finished: {', '.join(f'{number} {word.lower()}' for word, number in state.counts.items() if number)}"
            )
            return {Status.FAIL: 1, Status.UNKNOWN: 3}.get(state.verdict or Status.UNKNOWN, 0)
        step = self._opened.runbook.step(state.current).title if state.current else "the start"
        tell(f"{state.reason or state.phase.value}, at: {step}")
        if self._refused is not None:
            tell(f"refused: {self._refused.reason}\n  → {self._refused.remedy}")
        self._say_the_doubt(state)
        left = given_up(state)
        if left is not None:
            tell(f"CRITICAL: change {left.number} could not be taken back. By hand:\n{by_hand(state, left)}")
        tell(f"go on with: runbook-tui resume {state.run}")
        if state.phase is Phase.STOPPED or self._refused is not None:
            return 4
        return _EXIT_OF_HALT[self._halt] if self._halt else EXIT_WAITING

    def _say_the_doubt(self, state: RunState) -> None:
        found = state.open_change
        if found is None or found.stage is not Stage.IN_DOUBT or found.plan is None or found.running_call is None:
            return
        call = found.plan.call(found.running_call)
        tell(f"in doubt: {call.service} {call.operation} ({call.id}): {clean(call.effect)}")
        tell(f"  → look in AWS, then say so in the answers: settle: {{{found.step}: happened}}, or not")
