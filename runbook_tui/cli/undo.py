"""``runbook-tui undo RUN``: take back everything that a run changed, the last change first."""

import argparse
import signal
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from runbook_tui import options
from runbook_tui.cli.output import data, tell
from runbook_tui.core.change_events import ChangeEvent
from runbook_tui.core.change_words import in_words
from runbook_tui.core.events import Entry, RunStopped
from runbook_tui.core.problems import UsageProblem
from runbook_tui.core.refusal import Refusal
from runbook_tui.core.state import RunState
from runbook_tui.core.text import clean
from runbook_tui.engine.headless import Halt
from runbook_tui.engine.taking_back import Agreed, next_back, taken_back

if TYPE_CHECKING:
    from runbook_tui.engine.runner import Runner
    from runbook_tui.wiring.kit import Kit
    from runbook_tui.wiring.runs import OpenRun

EXIT_REFUSED: Final = 4
EXIT_WAITING: Final = 5
_MORE: Final = {
    Halt.IN_DOUBT: "look in AWS whether it was carried out, then run this again with --settle happened, or not",
    Halt.NEEDS_APPROVAL: "runbook-tui approve does not reach so many plans: say why nobody is asked with --break-glass",
    Halt.NEEDS_CONSENT: "it destroys something: type its name, or give it with --yes NAME",
}
_NOT_TAKEN_BACK: Final = (
    "what others put there since (images, records, tasks) stays theirs: take it away by hand, then run this again"
)


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="a run, the start of its name, or latest; it may be over")
    parser.add_argument("--plan", action="store_true", help="show what would be taken back; nothing is changed")
    parser.add_argument(
        "--yes", metavar="WORD", action="append", default=[], help="what would be typed: the environment's name"
    )
    parser.add_argument("--break-glass", metavar="WHY", default="", help="why no second person is waited for")
    parser.add_argument("--settle", choices=("happened", "not"), help="what became of a call that was in doubt")
    options.add_site(parser)
    options.add_access(parser)


def run(args: argparse.Namespace) -> int:
    from runbook_tui.audit.lines import read
    from runbook_tui.audit.runs import find_run
    from runbook_tui.core.state import fold
    from runbook_tui.wiring.kit import Kit
    from runbook_tui.wiring.runs import reopen_run

    site = options.the_site(args)
    folder = options.state_dir(args, site)
    state = fold(read(find_run(folder, args.run).path))
    for line in _told(state):
        data(clean(line, 1000))
    if args.plan or not (state.undo_stack or state.open_change):
        return 0
    words = _words(args.yes, state.environment)
    if state.environment not in words:
        tell(f"not confirmed: nothing was taken back. Type {state.environment}, or give --yes {state.environment}")
        return EXIT_WAITING
    kit = Kit(site, options.access(args), folder)
    settled = None if args.settle is None else args.settle == "happened"
    agreed = Agreed(words=words, break_glass=args.break_glass, happened=settled, since=len(state.changes))
    return TakingBack(kit, reopen_run(kit, folder, state.run), agreed).walk()


def _told(state: RunState) -> Iterator[str]:
    stack = state.undo_stack
    changes = f"{len(stack)} change{'' if len(stack) == 1 else 's'}"
    yield f"{state.run}: {state.title}, {state.environment}: {changes} to take back"
    for number in stack:
        change = state.changes[number]
        yield f"  {number:>3}  {change.plan.title if change.plan is not None else change.action}"
        yield from (f"         {call.service} {call.operation}: {call.effect}" for call in change.takes_back)


def _words(given: Sequence[str], environment: str) -> tuple[str, ...]:
    if given or not sys.stdin.isatty():
        return tuple(given)
    sys.stderr.write(f"Type {environment} to take all of it back: ")
    sys.stderr.flush()
    return (sys.stdin.readline().strip(),)


class TakingBack:
    """One undo after the other, each planned anew from what AWS says when its turn comes."""

    def __init__(self, kit: "Kit", opened: "OpenRun", agreed: Agreed) -> None:
        self._opened = opened
        self._agreed = agreed
        self._halt: Halt | None = None
        self._refused: Refusal | None = None
        self._moving = False
        self._runner: Runner = opened.runner(kit, self._happened)

    def walk(self) -> int:
        """UsageProblem when the run cannot be taken up."""
        if self._opened.resumed is None:
            raise UsageProblem("this run has not begun", "nothing was changed")
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            self._moving = True
            self._runner.post(self._opened.resumed, self._heard_back)
            self._runner.work()
        except KeyboardInterrupt:
            tell("interrupted: run it again to go on")
        finally:
            self._opened.journal.close()
        return self._say_the_end(self._runner.state)

    def _happened(self, entries: Sequence[Entry], state: RunState) -> None:
        for entry in entries:
            match entry.event:
                case event if isinstance(event, ChangeEvent):
                    word, text = in_words(event)
                    tell(f"  {word:<10} {clean(text, 1000)}")
                case RunStopped(reason=reason, remedy=remedy):
                    self._refused = Refusal(reason=reason, remedy=remedy)
                    self._runner.leave()
                case _:
                    pass
        self._go_on(state)

    def _go_on(self, state: RunState) -> None:
        if self._moving or self._halt or self._refused:
            return
        move = next_back(state, self._agreed)
        if isinstance(move, Halt):
            self._halt = move
        elif move is not None:
            self._moving = True
            self._runner.post(move, self._heard_back)
        if self._halt or (move is None and taken_back(state)):
            self._runner.leave()

    def _heard_back(self, refusal: Refusal | None) -> None:
        self._moving = False
        self._refused = refusal
        if refusal is not None:
            self._runner.leave()
        else:
            self._go_on(self._runner.state)

    def _say_the_end(self, state: RunState) -> int:
        data(f"run {state.run}\ntip {state.tip}\nevents {state.seq + 1}")
        if taken_back(state):
            tell("everything that can be taken back was taken back")
            return 0
        last = state.changes.get(len(state.changes))
        if self._refused is not None:
            tell(f"refused: {self._refused.reason}\n  → {self._refused.remedy}")
        elif self._halt is Halt.NOT_CHANGED and last is not None:
            tell(f"not taken back: {clean(last.reason, 1000)}\n  → {_NOT_TAKEN_BACK}")
        elif self._halt is not None:
            tell(f"{self._halt.value}\n  → {_MORE.get(self._halt, '')}")
        tell(f"go on with: runbook-tui undo {state.run}")
        return EXIT_REFUSED if self._refused or self._halt is Halt.NOT_CHANGED else EXIT_WAITING
