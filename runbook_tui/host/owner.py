"""A run's host: it goes on when its screen is lost, and another screen can attach.

Alone with a question for ``ALONE`` seconds it pauses the run and ends: an unfinished run is on disk anyway.
"""

import json
import signal
import threading
import time
from collections.abc import Sequence
from functools import partial
from os import getpid
from typing import Final, assert_never

from msgspec.structs import replace

from runbook_tui.core.change_commands import Restore
from runbook_tui.core.commands import HandOver, Pause
from runbook_tui.core.events import Entry
from runbook_tui.core.problems import Problem
from runbook_tui.core.progress import Observation
from runbook_tui.core.refusal import Refusal
from runbook_tui.core.state import Phase, RunState, WaitPhase
from runbook_tui.engine.listener import Listener, Screen
from runbook_tui.engine.protocol import (
    Approve,
    Attach,
    Close,
    Do,
    Down,
    Forecasted,
    Gone,
    Happened,
    Observed,
    Refused,
    Reveal,
    Revealed,
    Supply,
    Survey,
    TakeOver,
    Troubled,
)
from runbook_tui.engine.runner import Runner
from runbook_tui.host.announce import announce
from runbook_tui.wiring.forecasting import forecast
from runbook_tui.wiring.kit import Kit
from runbook_tui.wiring.runs import OpenRun

ALONE: Final = 15 * 60.0  # seconds without any screen while the run waits for a human
_LOOK: Final = 2.0  # seconds between two looks whether anybody is there
TAKE_OVER: Final = "h takes it over"
_CHUNK: Final = 500  # journal entries in one frame


class RunHost:
    """Owns one run and its journal: the runner works in the main thread, screens post to it."""

    def __init__(self, kit: Kit, opened: OpenRun) -> None:
        self._kit = kit
        self._opened = opened
        self._entries: list[Entry] = list(opened.entries)
        self._attached: set[Screen] = set()
        self._walker: Screen | None = None
        self._lock = threading.Lock()
        self._alone_since = time.monotonic()
        self._over = threading.Event()
        self._observed: Observed | None = None
        self._forecasted: Forecasted | None = None
        self._environment = opened.started.environment if opened.started else opened.state.environment
        self._runner: Runner = opened.runner(kit, self._happened, self._seen)
        folder = opened.folder
        self._pointer = folder / f"{opened.run}.host"
        self._listener = Listener(folder / f"{opened.run}.sock", self._heard, self._lost)

    def serve(self) -> None:
        """Until the run is over and nobody looks, a screen closes it, or a signal ends it."""
        self._pointer.write_text(json.dumps({"socket": str(self._listener.path), "pid": getpid()}))
        signal.signal(signal.SIGTERM, lambda *_: self._end("the runner was told to end"))
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a lost terminal does not end the run
        announce(socket=str(self._listener.path), run=self._opened.run)
        threading.Thread(target=self._forecast, name="forecast", daemon=True).start()
        threading.Thread(target=self._watch_over, name="watch-over", daemon=True).start()
        try:
            self._opened.set_going(self._runner)
            self._runner.work()
        except Problem as problem:
            trouble = Troubled(reason=problem.what, remedy=problem.remedy, exit_code=problem.exit_code)
            self._listener.broadcast(trouble)
        finally:
            self._over.set()
            self._listener.broadcast(Gone(resumable=not self._runner.state.phase.over))
            self._listener.close()
            self._pointer.unlink(missing_ok=True)
            self._opened.journal.close()

    def _happened(self, entries: Sequence[Entry], _state: RunState) -> None:
        with self._lock:
            self._entries.extend(entries)
            for screen in self._attached:
                screen.send(Happened(entries=tuple(entries)))

    def _seen(self, observation: Observation) -> None:
        with self._lock:
            self._observed = Observed(observation=observation)
            for screen in self._attached:
                screen.send(self._observed)

    def _forecast(self) -> None:
        """It may take its time: nothing waits for it."""
        told = Forecasted(steps=forecast(self._kit, self._opened.runbook, self._environment))
        with self._lock:
            self._forecasted = told
            for screen in self._attached:
                screen.send(told)

    def _heard(self, screen: Screen, message: Down) -> None:
        match message:
            case Attach():
                self._attach(screen, message.who)
            case Do() | Reveal() if screen is not self._walker:
                screen.send(Refused(number=message.number, reason="you are watching this run", remedy=TAKE_OVER))
            case Do():
                self._runner.post(message.command, partial(_answer, screen, message.number))
            case TakeOver():
                handing = HandOver(giver=self._kit.by, taker=message.taker)
                self._runner.post(handing, partial(self._handed, screen))
            case Supply():
                if screen is self._walker:
                    self._kit.changes.supply(message.name, message.value)
            case Approve():
                threading.Thread(target=self._approve, args=(screen, message), name="approve", daemon=True).start()
            case Reveal():
                self._reveal(screen, message)
            case Close():
                if message.pause and screen is self._walker:
                    self._end("")
            case Survey():
                pass  # surveys are the desk's work
            case _:
                assert_never(message)

    def _approve(self, screen: Screen, message: Approve) -> None:
        """STS is asked, which takes a second: not in the thread that hears the screen."""
        try:
            report = self._kit.changes.approve(message.proof, message.digest)
        except Problem as problem:
            screen.send(Refused(number=message.number, reason=problem.what, remedy=problem.remedy))
            return
        self._runner.post(report, partial(_answer, screen, message.number))

    def _reveal(self, screen: Screen, message: Reveal) -> None:
        """To the one screen that walks, and to no other."""
        try:
            values = self._kit.changes.reveal(message.change)
        except Problem as problem:
            screen.send(Refused(number=message.number, reason=problem.what, remedy=problem.remedy))
            return
        screen.send(Revealed(change=message.change, values=values))

    def _attach(self, screen: Screen, who: str) -> None:
        """One screen walks, of whoever started this process: it holds their credentials. All others watch."""
        with self._lock:
            if self._walker is None and who in ("", self._kit.who):
                self._walker = screen
            holder = "" if screen is self._walker else self._kit.by
            screen.send(replace(self._kit.hello(run=self._opened.run), holder=holder))
            for start in range(0, len(self._entries), _CHUNK):
                screen.send(Happened(entries=tuple(self._entries[start : start + _CHUNK]), replayed=True))
            for told in (self._observed, self._forecasted):
                if told is not None:
                    screen.send(told)
            self._attached.add(screen)

    def _handed(self, screen: Screen, refusal: Refusal | None) -> None:
        if refusal is None:
            self._runner.leave()
        else:
            _answer(screen, 0, refusal)

    def _lost(self, screen: Screen) -> None:
        with self._lock:
            self._attached.discard(screen)
            if screen is self._walker:
                self._walker = None
            self._alone_since = time.monotonic()
            unwalked = self._walker is None
        if unwalked:  # nobody is there any more who could end it
            self._runner.post(Restore(reason="the screen was lost"))

    def _end(self, reason: str) -> None:
        """Pause what is under way, write it down, and go."""
        if self._runner.state.phase is Phase.RUNNING:
            self._runner.post(Pause(reason=reason))
        self._runner.leave()

    def _watch_over(self) -> None:
        while not self._over.wait(_LOOK):
            with self._lock:
                alone = not self._attached and time.monotonic() - self._alone_since
            state = self._runner.state
            if alone and (state.phase.over or (alone > ALONE and not _busy(state))):
                self._end("nobody was there")
                return


def _busy(state: RunState) -> bool:
    """Whether something goes on by itself: checks, a wait, a watch, a change."""
    changing = state.open_change is not None and state.open_change.stage.underway
    return changing or bool(state.step.pending or state.watch_every) or state.step.wait is WaitPhase.WAITING


def _answer(screen: Screen, number: int, refusal: Refusal | None) -> None:
    if refusal is not None:
        screen.send(Refused(number=number, reason=refusal.reason, remedy=refusal.remedy))
