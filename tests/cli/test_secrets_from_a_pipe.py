"""What would be typed unseen, read from standard input."""

import io

import pytest

from runbook_tui.catalogue.site_file import load_site
from runbook_tui.cli.headless import supply
from runbook_tui.core.change import Change, Stage
from runbook_tui.core.problems import UsageProblem
from runbook_tui.wiring.kit import Kit
from tests.support.simulator import Running


@pytest.mark.slow
def test_what_the_pipe_holds_is_asked_no_more(simulator: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan names it, and holds nothing of it."""
    kit = Kit(load_site(simulator.site))
    asked = Change(
        number=1,
        step="s",
        action="secrets.put-value",
        stage=Stage.ASKED,
        asked_at=kit.clock.now(),
        inputs={"key": "JWT_SECRET"},
    )
    assert [one.name for one in kit.changes.plan(asked, None, "prod").questions] == ["prod-JWT_SECRET"]
    monkeypatch.setattr("sys.stdin", io.StringIO("prod-JWT_SECRET: n0b0dy-sees-it"))
    supply(kit, from_pipe=True)
    report = kit.changes.plan(asked, None, "prod")
    assert report.plan is not None
    assert "n0b0dy" not in str(report)


@pytest.mark.parametrize("text", ["just a word", "a: {b: s3cret}", "a: [s3cret", "7: {"])
def test_anything_else_is_refused_and_not_repeated(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip with the pipe shows nothing of what came through it."""
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    with pytest.raises(UsageProblem) as refused:
        supply(None, from_pipe=True)  # type: ignore[arg-type]
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None
