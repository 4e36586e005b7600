"""The report of a run: what it must say, and that nobody's text can harm who reads it."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from runbook_tui.audit.lines import read
from runbook_tui.audit.report import FORMATS, record, record_of, render, rendered
from runbook_tui.audit.timeline import timeline
from runbook_tui.audit.verify import verify
from runbook_tui.core.commands import AddNote, Skip
from runbook_tui.core.decide import begin, decide
from runbook_tui.core.events import EVENTS, CheckFinished, NoteAdded, RunAborted
from runbook_tui.core.problems import JournalProblem
from runbook_tui.core.refusal import Refusal
from runbook_tui.core.state import RunState, fold
from runbook_tui.core.verdict import Cause, unknown
from tests.support.crash import BOOK, STARTED, new_journal, walk
from tests.support.every_event import EVERY

HOSTILE = "<script>alert(1)</script> \x1b[31m|`*x*`[a](javascript:b)\u202e&amp; '\"\nnew line"


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    journal = new_journal(tmp_path)
    walk(journal, RunState())
    journal.close()
    return journal.path


def test_the_report_says_what_happened(finished: Path) -> None:
    """Who, where, when, how it ended, what each step came to, who decided what."""
    told = record_of(finished)
    assert (told.title, told.environment, told.world, told.account) == (
        "A small walk",
        "prod",
        "simulated",
        "123456789012",
    )
    assert told.outcome == "finished: ✘ fail"
    assert told.counts == {"PASS": 2, "WARN": 0, "FAIL": 1, "UNKNOWN": 0, "SKIP": 0}
    assert told.operators == ("you@laptop",)
    assert (told.intact, told.tip) == (True, verify(finished).tip)
    assert told.tip in told.verified
    assert [(step.number, step.title, step.outcome) for step in told.steps] == [
        (1, "Look around", "accepted"),
        (2, "Choose a way", "done"),
        (3, "Mend it", "done"),
        (4, "Hold on", "done"),
    ]
    assert [statement.text for statement in told.decisions] == ["Which? Go on", "I have mended it (done by hand)"]
    assert [note.text for note in told.notes] == [f"standing at {step.id}" for step in BOOK.steps]
    assert len(told.timeline) == told.entries


@pytest.mark.parametrize("wanted", FORMATS)
def test_each_format_holds_the_same(finished: Path, wanted: str) -> None:
    """Title, outcome, verdicts as symbol and word, reasons, notes, the tip."""
    text = render(finished, wanted)
    for said in ("A small walk", "Look around", "1 of 2", "mend it", "standing at hold", "known and accepted"):
        assert said in text
    assert verify(finished).tip in text
    if wanted != "json":
        assert "✘ fail" in text
        assert "✔ pass" in text


def test_json_is_json(finished: Path) -> None:
    """Programs read it."""
    assert json.loads(render(finished, "json"))["steps"][0]["checks"][1]["status"] == "FAIL"


def test_skipped_steps_stand_with_their_reason(tmp_path: Path) -> None:
    """In the record and in both texts."""
    journal = new_journal(tmp_path)
    state = fold(journal.append((STARTED, *begin(BOOK)), "you"))
    events = decide(state, BOOK, {}, Skip(reason="seen yesterday"))
    assert not isinstance(events, Refusal)
    journal.append(events, "you")
    told = record_of(journal.path)
    assert [(step.id, step.reason) for step in told.skipped] == [("look", "seen yesterday")]
    assert "## Skipped\n\n- Look around: seen yesterday" in rendered(told, "markdown")
    assert "<h2>Skipped</h2>" in rendered(told, "html")


def test_a_tampered_journal_is_told_with_a_warning(finished: Path) -> None:
    """As far as it can be read; every format says that it is not verified."""
    finished.write_bytes(finished.read_bytes().replace(b"a.two", b"a.twp"))
    for wanted in FORMATS:
        assert "NOT VERIFIED" in render(finished, wanted)
    assert not record_of(finished).intact


def test_an_unreadable_end_does_not_hide_the_beginning(finished: Path) -> None:
    """What can be read is told."""
    finished.write_bytes(finished.read_bytes() + b"garbage\n")
    told = record_of(finished)
    assert (told.intact, told.phase) == (False, "finished")


@pytest.mark.parametrize("content", [b"", b"garbage\n", b'{"seq":0'])
def test_nothing_to_tell_is_a_problem(tmp_path: Path, content: bytes) -> None:
    """A journal without one entry has no report."""
    (tmp_path / "x.jsonl").write_bytes(content)
    with pytest.raises(JournalProblem):
        record_of(tmp_path / "x.jsonl")


class _Tags(HTMLParser):
    """Opening tags in order with their attributes; open ones must be closed."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _hostile(folder: Path) -> Path:
    journal = new_journal(folder)
    state = fold(journal.append((STARTED, *begin(BOOK)), HOSTILE))
    verdict = unknown(Cause.ERROR, HOSTILE, HOSTILE, **{HOSTILE: [HOSTILE]})
    journal.append((CheckFinished(step="look", sweep=1, check="a.one", verdict=verdict),), "you")
    events = decide(state, BOOK, {}, AddNote(text=HOSTILE))
    assert not isinstance(events, Refusal)
    journal.append((*events, RunAborted(reason=HOSTILE)), "you")
    journal.close()
    return journal.path


def test_hostile_text_is_only_text_in_html(tmp_path: Path) -> None:
    """No script, no link, no handler, no foreign address, all tags closed."""
    html = render(_hostile(tmp_path), "html")
    tags = _Tags()
    tags.feed(html)
    assert tags.open == []
    assert {tag for tag, _ in tags.seen} & {"script", "a", "img", "link", "iframe", "base", "form"} == set()
    assert not any(name.startswith("on") or name in ("href", "src") for _, attrs in tags.seen for name in attrs)
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_hostile_text_is_only_text_in_markdown(tmp_path: Path) -> None:
    """Every character with a meaning is escaped and no line break gets through."""
    markdown = render(_hostile(tmp_path), "markdown")
    assert "<script" not in markdown.replace("\\<script", "")
    assert "\\[a\\](javascript:b)" in markdown
    assert "\\|\\`\\*x\\*\\`" in markdown
    assert "\nnew line" not in markdown
    assert "\x1b" not in markdown


def test_every_event_has_words() -> None:
    """A new kind of event needs a line in the timeline."""
    assert {entry.name for entry in EVERY} == set(EVENTS)
    moments = tuple(timeline(EVERY))
    assert all(moment.text and moment.kind for moment in moments)
    assert len({moment.text for moment in moments}) == len(EVERY)


def test_the_report_is_a_fold_over_entries(finished: Path) -> None:
    """The same entries give the same report, wherever they come from."""
    assert record(read(finished), verify(finished)) == record_of(finished)


SECRETS = {
    "uri": ("mongodb+srv://app:{}@db.example.net", "Zk7q1mPw0a"),
    "access key": ("AKIA{}", "IOSFODNN7EXAMPLE"),
    "secret key": ("aws_secret_access_key={}", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    "jwt": ("{}", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmN"),
    "pem": ("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", "MIIEvQIBADANBgkq"),
    "mail": ("{}@mail.example.com", "jane.roe"),
    "bearer": ("Authorization: Bearer {}", "q1w2e3r4t5y6u7"),
    "password": ("password: {}", "Zk7q1mPw0b"),
    "site secret": ('"JWT_SECRET": "{}"', "Zk7q1mPw0c"),
    "github": ("{}", "ghp_0123456789abcdefghijABCDEFGHIJ012345"),
}


@pytest.mark.parametrize("shape", SECRETS)
def test_no_secret_gets_into_a_journal_or_a_report(tmp_path: Path, shape: str) -> None:
    """Ten shapes, planted in notes, answers, evidence, reasons and exceptions: in no file, in no format."""
    frame, secret = SECRETS[shape]
    text = frame.format(secret)
    journal = new_journal(tmp_path)
    for entry in EVERY:
        event = entry.event
        if isinstance(event, NoteAdded):
            event = NoteAdded(text=f"look: {text} there")
        if isinstance(event, CheckFinished):
            evidence = {"why": ValueError(text), "list": [{"x": text}], text: 1}
            event = CheckFinished(step="look", sweep=1, check="a", verdict=unknown(Cause.ERROR, text, text, **evidence))
        if isinstance(event, RunAborted):
            event = RunAborted(reason=text)
        journal.append((event,), "you")
    everything = [journal.path.read_text(), *(render(journal.path, wanted) for wanted in FORMATS)]
    assert not any(part in each for each in everything for part in (text, secret))
