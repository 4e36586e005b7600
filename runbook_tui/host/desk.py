"""The home screen's host: serves surveys to one screen, and ends when that screen goes."""

import signal
import threading
import time
from functools import partial
from pathlib import Path
from typing import assert_never

from runbook_tui.core.problems import Problem
from runbook_tui.engine.listener import Listener, Screen
from runbook_tui.engine.protocol import (
    Approve,
    Attach,
    Close,
    Do,
    Down,
    Refused,
    Reveal,
    Supply,
    Survey,
    Surveyed,
    SurveyEnded,
    TakeOver,
    Troubled,
)
from runbook_tui.engine.survey import Answered, survey
from runbook_tui.host.announce import announce
from runbook_tui.wiring.kit import Kit
from runbook_tui.wiring.shelf import read_shelf


class Desk:
    def __init__(self, kit: Kit, socket_path: Path) -> None:
        self._kit = kit
        self._gone = threading.Event()
        self._listener = Listener(socket_path, self._heard, lambda _: self._gone.set())

    def serve(self) -> None:
        signal.signal(signal.SIGTERM, lambda *_: self._gone.set())
        announce(socket=str(self._listener.path), run="")
        while not self._gone.wait(1.0):  # a signal is heard only when this thread wakes
            pass
        self._listener.close()

    def _heard(self, screen: Screen, message: Down) -> None:
        match message:
            case Attach():
                screen.send(read_shelf())  # at once: who we are is asked of AWS
                screen.send(self._kit.hello())
            case Survey():
                work = threading.Thread(target=_survey, args=(self._kit, message, screen), daemon=True)
                work.start()
            case Close():
                self._gone.set()
            case Supply() | TakeOver():
                pass  # no run is open here
            case Do() | Approve() | Reveal():
                screen.send(Refused(number=message.number, reason="no run is open here", remedy="start one"))
            case _:
                assert_never(message)


def _survey(kit: Kit, wanted: Survey, screen: Screen) -> None:
    """Shared checks are asked once and told for every environment of the survey."""
    began = time.monotonic()
    try:
        kit.guard()
        survey(kit.checks, kit.clock, kit.jobs(wanted.environments, wanted.checks), partial(_tell, wanted, screen))
        calls = kit.api_calls()
    except Problem as problem:
        screen.send(Troubled(reason=problem.what, remedy=problem.remedy, exit_code=problem.exit_code))
        return
    seconds = time.monotonic() - began
    screen.send(SurveyEnded(environments=wanted.environments, api_calls=calls, seconds=seconds))


def _tell(wanted: Survey, screen: Screen, answered: Answered) -> None:
    job = answered.job
    for environment in (job.environment,) if job.environment else wanted.environments:
        screen.send(Surveyed(environment=environment, check=job.check, verdict=answered.verdict, left=answered.left))
