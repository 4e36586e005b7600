"""What the screens say, without any screen."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from runbook_tui.audit.journal import Journal
from runbook_tui.audit.redact import Redactor
from runbook_tui.core.decide import begin
from runbook_tui.core.events import CheckFinished, Entry, Event, NoteAdded, RunPaused, RunStopped, World
from runbook_tui.core.state import RunState, StepState, fold
from runbook_tui.core.verdict import Verdict, Waiver, fail, passed
from runbook_tui.tui.advice import advise
from runbook_tui.tui.journal_file import BLOCK, JournalFile
from runbook_tui.tui.journal_lines import entry_line, told
from runbook_tui.tui.launch import Launch, Ready, _parse, hosted
from runbook_tui.tui.prose import inline, prose
from runbook_tui.tui.step_rows import ByHand, check_line, evidence_lines, path_rows, step_rows, tree_lines
from runbook_tui.tui.survey import Health
from runbook_tui.tui.times import ago, minutes, span
from runbook_tui.tui.widgets.topline import short_name
from tests.support.staged import BOOK, DENIED

AT = datetime(2026, 11, 23, 3, 16, 2, tzinfo=UTC)


def after(*events: Event) -> RunState:
    return fold(
        Entry(seq=seq, at=AT, run="r", by="you", world=World.SIMULATED, event=event) for seq, event in enumerate(events)
    )


def answered(**verdicts: Verdict) -> list[Event]:
    """The first step of the stage's runbook with these verdicts; every other check passes."""
    ids = BOOK.steps[0].checks
    given = {name.replace("_", "."): verdict for name, verdict in verdicts.items()}
    return [
        CheckFinished(step="identity", sweep=1, check=check, verdict=given.get(check, passed("so"))) for check in ids
    ]


def test_while_checks_run_there_is_nothing_to_press() -> None:
    """As long as a check has not answered the advice is to wait, and names no key."""
    advice = advise(after(*begin(BOOK)), BOOK)
    assert (advice.text, advice.key) == ("Wait: 0 of 3 checks have answered.", "")


def test_fine_checks_lead_on() -> None:
    """When nothing failed, Enter goes on to the next step by its name."""
    advice = advise(after(*begin(BOOK), *answered()), BOOK)
    assert (advice.text, advice.key) == ("All 3 checks are fine. Go on to 2 · Healthy targets.", "Enter")


def test_unknown_is_no_leave_to_go_on() -> None:
    """A check that could not be decided asks for a re-check, urgently."""
    advice = advise(after(*begin(BOOK), *answered(pre_region=DENIED)), BOOK)
    assert advice.text.startswith("1 could not be decided.")
    assert (advice.key, advice.urgent) == ("r", True)


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (RunPaused(), "The run is paused. Go on at this step."),
        (RunStopped(reason="the sign-in has expired", remedy="aws sso login"), "Stopped: the sign-in has expired"),
    ],
)
def test_a_halted_run_goes_on_with_enter(event: Event, text: str) -> None:
    """A paused or stopped run says so first, whatever its checks say."""
    advice = advise(after(*begin(BOOK), *answered(pre_region=fail("no", "do")), event), BOOK)
    assert (advice.text, advice.key) == (text, "Enter")


def test_every_check_has_its_row_from_the_start() -> None:
    """The rows of a step stand in the runbook's order before, while and after the verdicts arrive."""
    places = []
    for events in (begin(BOOK), [*begin(BOOK), *answered()[:1]], [*begin(BOOK), *answered()]):
        rows = step_rows(BOOK.steps[0], after(*events), ByHand(), AT, 80)
        places.append([row.key for row in rows])
    assert places[0] == places[1] == places[2]


def test_a_waived_failure_and_a_statement_say_so() -> None:
    """A waived FAIL is still a fail and names the day; a verdict that rests on a statement says attested."""
    waiver = Waiver(reason="ticket 7", owner="you", expires=date(2027, 1, 31))
    waived = replace(fail("too wide", "narrow it"), waiver=waiver)
    here = StepState(verdicts={"a.b": waived, "a.c": replace(passed("seen"), attested=True)})
    assert check_line("a.b", here, 5).plain == "✘ fail    a.b    waived until 2027-01-31 too wide"
    assert check_line("a.c", here, 5).plain == "✔ pass    a.c    attested seen"
    assert any("waived until 2027-01-31 by you: ticket 7" in line.plain for line in evidence_lines(waived, None, 90))


def test_the_path_marks_where_the_run_stands() -> None:
    """The current step is marked, the others lie ahead."""
    rows = [row.content.plain for row in path_rows(BOOK, after(*begin(BOOK)))]
    assert rows[:2] == ["▶ 1 Who and where", "○ 2 Healthy targets"]


def test_prose_wraps_and_keeps_lists() -> None:
    """Paragraphs are joined and wrapped, items hang, code keeps its lines."""
    lines = prose("one\ntwo\n\n- item that is long enough to wrap\n```\na  b\n```", 20)
    assert [line.plain.rstrip() for line in lines] == [
        "one two",
        "",
        "• item that is long",
        "  enough to wrap",
        "  a  b",
    ]


def test_markup_of_others_is_text() -> None:
    """Rich markup is shown as it was written; only **, * and ` mean something."""
    content = inline("[red]x[/] **b** `c` 2*3*4")
    assert content.plain == "[red]x[/] b c 2*3*4"
    assert [content.plain[span.start : span.end] for span in content.spans] == ["b", "c"]


def test_evidence_of_any_depth() -> None:
    """Nested evidence is told name by name; what is empty says none."""
    lines = [line.plain for line in tree_lines({"a": {"b": [1, {"c": "d"}]}, "e": []}, 40)]
    assert lines == ["a: ", "  b: ", "    - 1", "    - c: d", "e: none"]


def test_an_entry_says_who_and_what() -> None:
    """A journal line has the time, a short name and the event in words."""
    by = "arn:aws:sts::123456789012:assumed-role/AsharviOnCall/s (you@laptop)"
    entry = Entry(seq=1, at=AT, run="r", by=by, world=World.LIVE, event=NoteAdded(text="a\nb"))
    assert "you@laptop" in entry_line(entry).plain
    assert told(entry.event).plain == "note      a b"


@pytest.mark.parametrize(
    ("operator", "name"),
    [
        ("arn:aws:sts::1:assumed-role/AsharviOnCall/s (you@laptop)", "you@laptop (AsharviOnCall)"),
        ("arn:aws:sts::1:assumed-role/AsharviOnCall/s", "s (AsharviOnCall)"),
        ("arn:aws:iam::1:user/ann", "ann"),
        ("arn:aws:iam::1:root", "root"),
        ("you@laptop", "you@laptop"),
    ],
)
def test_names_of_operators(operator: str, name: str) -> None:
    """Person first, role in brackets."""
    assert short_name(operator) == name


def test_times_in_words() -> None:
    """Ages are short, progress is exact."""
    assert [span(40), span(130), span(7500), span(4 * 86400)] == ["40 s", "2 min", "2 h 05 min", "4 days"]
    assert [ago(AT, AT), ago(AT, AT + timedelta(minutes=3))] == ["just now", "3 min ago"]
    assert minutes(130) == "02:10"


def test_worst_verdicts_first() -> None:
    """Failures come before what is unknown, and that before warnings."""
    health = Health(verdicts={"a": passed(""), "b": DENIED, "c": fail("", "")})
    assert [check for check, _ in health.worst({})] == ["c", "b"]


@pytest.mark.parametrize("wanted", ["", "NUMBER 25"])
def test_a_journal_is_read_by_offsets(tmp_path: Path, wanted: str) -> None:
    """Every line of a journal longer than one block is found again, filtered or not."""
    journal = Journal.create(tmp_path, "20261123-031602-validation-9f3c", World.LIVE, lambda: AT, Redactor(()))
    count = 600
    journal.append([NoteAdded(text=f"number {n}") for n in range(count)], "you")
    journal.close()
    assert journal.path.stat().st_size > 2 * BLOCK
    file = JournalFile(journal.path, wanted)
    known = list(file.scan())[-1]
    numbers = [n for n in range(count) if not wanted or str(n).startswith("25")]
    assert known == len(file) == len(numbers)
    assert [file.entry(n).seq for n in range(len(file))] == numbers
    assert f"number {numbers[-1]}" in file[len(file) - 1].content.plain


def test_a_runner_that_says_nothing_is_a_problem_with_its_last_words(tmp_path: Path) -> None:
    """When the runner ends without its line, the problem holds the last line of its log."""
    from runbook_tui.tui.launch import NoRunner

    log = tmp_path / "runner.log"
    log.write_text("old\nModuleNotFoundError: x\n")
    with pytest.raises(NoRunner, match="ModuleNotFoundError: x"):
        _parse(b"", log, 4)
    assert _parse(b'{"socket": "/s", "run": ""}', log, 0) == Ready(socket="/s")


def test_a_broken_pointer_means_nobody(tmp_path: Path) -> None:
    """A pointer file that is missing or no pointer means that no process owns the run."""
    (tmp_path / "runs").mkdir()
    assert hosted(tmp_path, "r") == ""
    (tmp_path / "runs" / "r.host").write_text("{")
    assert hosted(tmp_path, "r") == ""


def test_options_are_passed_on() -> None:
    """Site, state folder and AWS options reach the runner unchanged."""
    launch = Launch(site="s.yaml", state_dir=Path("/st"), options=("--profile", "p"), program=("host",))
    assert launch.command(("--desk",)) == ["host", "--site", "s.yaml", "--state-dir", "/st", "--profile", "p", "--desk"]
