"""Home, help, palette, audit and the small terminal; every assertion is on the glass."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from runbook_tui.audit.journal import Journal
from runbook_tui.audit.redact import Redactor
from runbook_tui.core.events import NoteAdded, RunAborted, RunPaused, RunStarted, StepEntered, World
from runbook_tui.tui.screens.home import HomeScreen
from runbook_tui.tui.screens.run import RunScreen
from tests.support.glass import line_of, lines, until
from tests.support.staged import BOOK, staged

pytestmark = pytest.mark.slow  # each starts a runner's process

SIZE = (120, 36)
PAUSED = "20261123-031602-validation-9f3c"
ABORTED = "20261122-031602-validation-1111"
HOSTILE = "\x1b[31m[red]x[/] \u202egnp\u202c\nnew\tline [/bold] " + "w" * 10_000


def identity(at: datetime) -> datetime:
    return at


def started(environment: str) -> RunStarted:
    return RunStarted(
        runbook="validation",
        title="Validate a deployment",
        runbook_sha256="0" * 64,
        runbook_text="",
        site="asharvi",
        site_sha256="",
        environment=environment,
        tool_version="0",
        operator="you@laptop",
        account="123456789012",
        region="ap-south-1",
    )


def recorded(folder: Path, *, notes: int = 1) -> None:
    """Two real journals: one paused in production, one aborted in staging."""
    for run, environment, last in (
        (PAUSED, "prod", RunPaused()),
        (ABORTED, "staging", RunAborted(reason="wrong release")),
    ):
        at = datetime(2026, 11, 23, 3, 16, tzinfo=UTC)
        journal = Journal.create(folder / "runs", run, World.SIMULATED, partial(identity, at), Redactor(()))
        journal.append((started(environment), StepEntered(step="targets")), "you@laptop")
        journal.append([NoteAdded(text=f"note number {n}") for n in range(notes)], "you@laptop")
        journal.append((last,), "you@laptop")
        journal.close()


async def test_home_shows_health_runs_and_runbooks(tmp_path: Path) -> None:
    """Home counts the verdicts of each environment, names the worst, and lists runbooks and unfinished runs."""
    recorded(tmp_path)
    async with staged(tmp_path).run_test(size=SIZE) as pilot:
        shown = await until(pilot, "PROD         ✘ 1 fail  ▲ 1 warn  ✔ 5 pass", "Validate a deployment")
        assert "✘ fail    tg.targets-healthy" in shown
        assert "0 of 2 healthy" in shown
        assert "‖ paused   PROD" in shown
        assert "✘ aborted  staging" in shown
        assert "▸validation   Validate a deployment" in shown
        assert "asharvi" in lines(pilot.app)[0]


async def test_rows_of_home_keep_their_place_while_verdicts_arrive(tmp_path: Path) -> None:
    """c asks everything again; what was known stays on the glass meanwhile."""
    gate = tmp_path / "gate"
    gate.touch()
    async with staged(tmp_path, gate=gate).run_test(size=SIZE) as pilot:
        before = await until(pilot, "PROD         ✘ 1 fail  ▲ 1 warn  ✔ 5 pass   just now")
        gate.unlink()
        await pilot.press("c")
        during = await until(pilot, "… asking")
        gate.touch()
        await until(pilot, "PROD         ✘ 1 fail  ▲ 1 warn  ✔ 5 pass   just now")
        assert line_of(before, "PROD  ") == line_of(during, "PROD  ")


async def test_a_runbook_asks_where(tmp_path: Path) -> None:
    """Enter on a runbook asks for the environment, production last and named as such; its key starts the run."""
    async with staged(tmp_path).run_test(size=SIZE) as pilot:
        await until(pilot, "▸validation")
        await pilot.press("enter")
        shown = await until(pilot, "where?", "▸s  staging")
        assert "p  PROD      production: real users" in shown
        await pilot.press("p")
        await until(pilot, "PROD   Validate a deployment")


async def test_an_unfinished_run_is_taken_up_from_home(tmp_path: Path) -> None:
    """Enter on an unfinished run opens the run screen for it."""
    recorded(tmp_path)
    async with staged(tmp_path).run_test(size=SIZE) as pilot:
        await until(pilot, "‖ paused")
        await pilot.press("shift+tab", "shift+tab")
        await until(pilot, "Take this run up again.")
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, RunScreen)


async def test_an_environment_lists_its_verdicts(tmp_path: Path) -> None:
    """Enter on an environment lists every verdict, worst first, and Enter there shows the evidence."""
    async with staged(tmp_path).run_test(size=SIZE) as pilot:
        await until(pilot, "PROD         ✘ 1 fail")
        await pilot.press("tab")
        await until(pilot, "List every verdict.")
        await pilot.press("enter")
        shown = await until(pilot, "Verdicts", "✔ pass    pre.region")
        assert (
            line_of(shown, "tg.targets-healthy") < line_of(shown, "ecs.service.steady") < line_of(shown, "pre.region")
        )
        await pilot.press("enter")
        await until(pilot, "- id: 10.20.10.11")


async def test_a_desk_that_cannot_start_says_why(tmp_path: Path) -> None:
    """When nothing can be asked or walked home says why and what to do; what was recorded can be read."""
    recorded(tmp_path)
    app = staged(tmp_path, error="the waivers cannot be read", remedy="correct waivers.yaml")
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, "! the waivers cannot be read", "correct waivers.yaml", "paused")
        await pilot.press("a")
        await until(pilot, "Audit log", ABORTED[:15])


async def test_help_lists_every_key(tmp_path: Path) -> None:
    """? names every key of the screen with its line, and the symbols."""
    async with staged(tmp_path).run_test(size=(120, 50)) as pilot:
        await until(pilot, "▸validation")
        await pilot.press("question_mark")
        shown = await until(pilot, "Keys and symbols")
        for key in pilot.app.screen_stack[-2].all_keys():  # type: ignore[attr-defined]
            assert key.tooltip in shown
        assert "? unknown   it could not be decided" in shown
        await pilot.press("escape")
        await until(pilot, "Environments")


@pytest.mark.parametrize("screen", [HomeScreen, RunScreen])
def test_every_key_has_its_line(screen: type[HomeScreen | RunScreen]) -> None:
    """No key of a screen is without a line in the help."""
    assert [key for key in screen.BINDINGS if not getattr(key, "tooltip", "")] == []


async def test_the_palette_finds_checks_and_runbooks(tmp_path: Path) -> None:
    """Ctrl+p finds a runbook by its title and a check by its id."""
    async with staged(tmp_path).run_test(size=SIZE) as pilot:
        await until(pilot, "▸validation")
        await pilot.press("ctrl+p")
        await until(pilot, "Start: Validate a deployment")
        await pilot.press(*"targets-h")
        await until(pilot, "Check: tg.targets-healthy")
        await pilot.press("enter")
        await until(pilot, "0 of 2 healthy: Target.ResponseCodeMismatch [503]", "Evidence")


async def test_audit_lists_reads_and_verifies(tmp_path: Path) -> None:
    """The audit screen lists every run, opens a journal, filters it, and verifies it."""
    recorded(tmp_path, notes=300)
    async with staged(tmp_path).run_test(size=SIZE) as pilot:
        await until(pilot, "‖ paused")
        await pilot.press("a")
        await until(pilot, "Audit log", PAUSED, ABORTED)
        await pilot.press("v")
        await until(pilot, "✔ whole: 303 entries, tip ")
        await pilot.press("enter")
        shown = await until(pilot, "303 entries", "started   Validate a deployment in prod")
        assert " PROD " in lines(pilot.app)[0]
        await pilot.press("end")
        await until(pilot, "note number 299", "paused")
        await pilot.press("slash", *"number 17", "enter")
        shown = await until(pilot, "11 entries hold “number 17”", "note number 179")
        assert "note number 18" not in shown
        await pilot.press("enter")
        await until(pilot, "text: note number 17")


async def test_a_tampered_journal_is_called_broken(tmp_path: Path) -> None:
    """v says at which line a journal was changed."""
    recorded(tmp_path)
    path = tmp_path / "runs" / f"{PAUSED}.jsonl"
    path.write_bytes(path.read_bytes().replace(b"note number 0", b"note number 9"))
    async with staged(tmp_path).run_test(size=SIZE) as pilot:
        await until(pilot, "‖ paused")
        await pilot.press("a")
        await until(pilot, "Audit log", PAUSED)
        await pilot.press("v")
        await until(pilot, "✘ broken at line 3", "keep the file as it is")


@pytest.mark.parametrize(("key", "suffix"), [("m", "md"), ("h", "html"), ("j", "json")])
async def test_a_report_is_written(tmp_path: Path, key: str, suffix: str) -> None:
    """E asks for the format, writes the report and says where."""
    recorded(tmp_path)
    async with staged(tmp_path).run_test(size=(160, 36)) as pilot:
        await until(pilot, "‖ paused")
        await pilot.press("a")
        await until(pilot, "Audit log", PAUSED)
        await pilot.press("E")
        await until(pilot, "Write the report", "Markdown")
        await pilot.press(key)
        await until(pilot, f"{PAUSED}.{suffix}", "Written: ")
        assert "note number 0" in (tmp_path / "exports" / f"{PAUSED}.{suffix}").read_text()


async def test_a_tiny_terminal_gets_one_sentence(tmp_path: Path) -> None:
    """At 40×10 one sentence says what is needed; with room the screen is there again."""
    async with staged(tmp_path).run_test(size=(40, 10)) as pilot:
        shown = await until(pilot, "This terminal is 40×10.", "runbook-tui needs 60×15.")
        assert "Runbooks" not in shown
        await pilot.resize_terminal(120, 36)
        await until(pilot, "▸validation", "Environments")


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (200, 60)])
async def test_home_fits_any_terminal(tmp_path: Path, size: tuple[int, int]) -> None:
    """From 60×15 on, the runbooks, what to do and the help key are on the glass."""
    recorded(tmp_path)
    async with staged(tmp_path).run_test(size=size) as pilot:
        shown = await until(pilot, "▸validation", "Start “Validate a deployment”.")
        assert "? help" in lines(pilot.app)[-1]
        assert all(len(line) <= size[0] for line in shown.splitlines())


async def test_hostile_text_is_harmless(tmp_path: Path) -> None:
    """Escapes, markup, line breaks, direction marks and 10 kB lines change neither layout nor colours."""
    from runbook_tui.core.verdict import fail

    answers = {"tg.targets-healthy": [fail(HOSTILE, HOSTILE, name=HOSTILE)], "pre.region": [fail(HOSTILE, HOSTILE)]}
    step = replace(BOOK.steps[0], checks=("tg.targets-healthy", "pre.region"), text=HOSTILE, title=HOSTILE)
    book = replace(BOOK, title=HOSTILE, outcome=HOSTILE, steps=(step, *BOOK.steps[1:]))
    async with staged(tmp_path, book=book, answers=answers).run_test(size=SIZE) as pilot:
        shown = await until(pilot, "PROD         ✘ 2 fail", "▸validation")
        assert "[red]x[/] gnp new line [/bold]" in shown
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert [len(line) for line in lines(pilot.app) if line.startswith("╭─ Runbooks")] == [120]
        await pilot.press("tab", "down", "enter")
        await until(pilot, "do this   [red]x[/] gnp")


def test_no_colour_is_needed(tmp_path: Path) -> None:
    """With NO_COLOR no colour at all is sent, and every verdict still has symbol and word."""
    program = f"""
import asyncio, sys
from pathlib import Path
from tests.support.glass import until
from tests.support.staged import staged
async def main():
    async with staged(Path({str(tmp_path)!r})).run_test(size=(120, 36)) as pilot:
        print(await until(pilot, "✘ fail    tg.targets-healthy", "▲ warn    ecs.service.steady"))
        for strip in pilot.app.screen._compositor.render_strips():
            for segment in strip:
                colour = segment.style and segment.style.color and segment.style.color.triplet
                assert not colour or max(colour) - min(colour) < 3, segment
asyncio.run(main())
"""
    environment = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "✔ 5 pass" in done.stdout


def test_the_screen_never_imports_aws(tmp_path: Path) -> None:
    """The process that draws holds neither boto3, botocore, httpx nor moto, even after a whole survey."""
    program = f"""
import asyncio, sys
from pathlib import Path
from tests.support.glass import until
from tests.support.staged import staged
async def main():
    async with staged(Path({str(tmp_path)!r})).run_test(size=(120, 36)) as pilot:
        await until(pilot, "PROD         ✘ 1 fail", "Start “")
        await pilot.press("a")
        await until(pilot, "Audit log")
asyncio.run(main())
print([name for name in ("boto3", "botocore", "httpx", "moto", "flask", "questionary") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
