"""A snapshot is taken of what can be had: each part by itself, for a limited time, redacted."""

from collections.abc import Callable
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from runbook_tui.aws.errors import Denied, NotEnabled, Throttled
from runbook_tui.core.problems import SignInExpired
from runbook_tui.core.verdict import Cause, Verdict, passed, unknown
from runbook_tui.triage import gather
from runbook_tui.triage.looked_at import CHECKS
from runbook_tui.triage.parts import Part
from runbook_tui.triage.snapshot import Snapshot, Unseen
from tests.support.facts import answers, aws_of
from tests.support.scenes import line, prod, service, stop

NEVER = Event()


def _plain(text: str) -> str:
    return text.replace("hunter2", "(redacted)")


def _refused(problem: Exception) -> Callable[..., Any]:
    def read(*_: Any) -> Any:
        raise problem

    return read


def _taken(monkeypatch: pytest.MonkeyPatch, ask: Callable[[str], Verdict] = passed, **reads: Callable[..., Any]) -> Any:
    """The snapshot of these parts alone, and the names of its readings as they came. Time is up when all but the parts
    that never answer have been heard."""
    parts = tuple(Part(name=name, needs=("a:B",), read=one) for name, one in reads.items())
    quick = len(CHECKS) + sum(one is not never for one in reads.values())
    heard: list[str] = []
    monkeypatch.setattr(gather, "PARTS", parts)
    monkeypatch.setattr(gather, "time", SimpleNamespace(monotonic=lambda: 1000.0 if len(heard) == quick else 0.0))
    site, env = prod()
    found = gather.gather(aws_of(answers({})), site, env, ask, _plain, lambda name, _: heard.append(name))
    return found, heard


def never(*_: Any) -> None:
    NEVER.wait(30.0)


def test_what_does_not_answer_in_time_is_unseen_and_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its neighbours are there, handed out before it; the reason names the limit."""
    found, heard = _taken(monkeypatch, scaling=never, service=lambda *_: service())
    NEVER.set()
    assert found.service == service()
    assert found.scaling == Unseen(operation="a:B", why="timeout: no answer within 10 s")
    assert heard.index("service") < heard.index("scaling") == len(heard) - 1


@pytest.mark.parametrize(
    ("problem", "operation", "why"),
    [
        (Denied("no", action="ecs:DescribeTasks"), "ecs:DescribeTasks", "denied: no"),
        (Throttled("slower"), "a:B", "throttled: slower"),
        (NotEnabled("no support plan"), "a:B", "not enabled: no support plan"),
        (RuntimeError("hunter2"), "a:B", "error: the read itself failed (RuntimeError)"),
    ],
)
def test_every_trouble_has_its_reason(
    monkeypatch: pytest.MonkeyPatch, problem: Exception, operation: str, why: str
) -> None:
    """Denied names the action that is missing; a defect is named by its type, never by its text."""
    found, _ = _taken(monkeypatch, running=_refused(problem))
    assert found.unseen == (Unseen(operation=operation, why=why),)


def test_a_check_that_cannot_say_is_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """UNKNOWN is no verdict to build upon."""

    def ask(name: str) -> Verdict:
        return (
            unknown(Cause.DENIED, "no", "allow it", action="iam:GetRole")
            if name == "iam.exec-role.ecr"
            else passed(name)
        )

    found, _ = _taken(monkeypatch, ask)
    assert found.unseen == (Unseen(operation="iam:GetRole", why="denied: no"),)


def test_an_expired_sign_in_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would follow would be guesses."""
    with pytest.raises(SignInExpired):
        _taken(monkeypatch, running=_refused(SignInExpired("over", "sign in")))


def test_what_others_wrote_is_redacted_before_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines of the log, events of the service, reasons of stops."""
    found: Snapshot
    found, _ = _taken(
        monkeypatch,
        lines=lambda *_: (line("password hunter2"),),
        service=lambda *_: service((1.0, "said hunter2")),
        stopped=lambda *_: (stop("EssentialContainerExited", "hunter2", container="hunter2"),),
    )
    assert "hunter2" not in str((found.lines, found.service, found.stopped))
    assert "(redacted)" in str(found.lines)
