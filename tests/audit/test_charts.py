"""Charts and the course of a run, as a page shows them."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.audit.chart import in_words, svg
from runbook_tui.audit.course import course
from runbook_tui.audit.course_svg import course_svg
from runbook_tui.audit.course_text import course_text
from runbook_tui.core.chart import Chart, Limit, Line, Mark
from runbook_tui.core.events import CheckFinished, Entry, Event, Outcome, StepEntered, StepLeft, World
from runbook_tui.core.verdict import Status, Verdict, fail, passed

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"


def chart(values: list[float | None], name: str = "CPU") -> Chart:
    return Chart(
        title=name,
        unit="%",
        start=START,
        step=15.0,
        lines=(Line(name=name, values=tuple(values)), Line(name="limit", values=(50.0,) * len(values))),
        limits=(Limit(name="allowed", value=60.0),),
        marks=(Mark(at=START + timedelta(seconds=20), name="T0"),),
    )


def tree(drawn: str) -> ET.Element:
    found = ET.fromstring(drawn).find(f".//{SVG}svg")
    assert found is not None
    return found


def test_a_chart_is_told_in_words_too() -> None:
    """A title, a description with the numbers, and names that belong to them."""
    shown = tree(svg(chart([10.0, None, 30.0]), "c1"))
    title, description = shown.find(f"{SVG}title"), shown.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert shown.get("role") == "img"
    assert shown.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert title.text == "CPU, %"
    assert description.text == in_words(chart([10.0, None, 30.0]))
    assert "CPU: 10 to 30, at the end 30 %" in (description.text or "")
    assert "no data at 1 of 3 points" in (description.text or "")


def test_lines_are_told_apart_without_colour() -> None:
    """Each is dashed in its own way, and a gap ends a stroke."""
    lines = [
        path
        for path in tree(svg(chart([10.0, 20.0, None, 30.0]), "c1")).iter(f"{SVG}path")
        if path.get("class") == "line"
    ]
    assert len({line.get("stroke-dasharray") for line in lines}) == 2
    assert (lines[0].get("d") or "").count("M") == 2


@given(st.lists(st.none() | st.floats(0, 1e12), min_size=1, max_size=40), st.text(max_size=40))
def test_any_chart_is_sound_and_harmless(values: list[float | None], name: str) -> None:
    """XML that parses; a name is text, whatever it holds."""
    drawn = svg(chart(values, name), "c1")
    assert not list(tree(drawn).iter(f"{SVG}script"))


def _entries(*events: tuple[int, Event]) -> list[Entry]:
    return [
        Entry(seq=number, at=START + timedelta(seconds=after), run="r", by="you", world=World.SIMULATED, event=event)
        for number, (after, event) in enumerate(events)
    ]


def _answered(verdict: Verdict) -> CheckFinished:
    return CheckFinished(step="watch", sweep=1, check="tg.targets-healthy", verdict=verdict)


def test_the_course_of_a_run() -> None:
    """One bar a visit, one strip a check that turned, from first to last entry."""
    told = course(
        _entries(
            (0, StepEntered(step="watch")),
            (5, _answered(passed("2 of 2"))),
            (20, _answered(fail("1 of 2", "wait"))),
            (35, _answered(fail("1 of 2", "wait"))),
            (50, _answered(passed("2 of 2"))),
            (60, StepLeft(step="watch", outcome=Outcome.DONE, next="close")),
            (60, StepEntered(step="close")),
        )
    )
    assert told is not None
    assert [(stay.step, stay.outcome) for stay in told.stays] == [("watch", "done"), ("close", "")]
    assert [turn.status for turn in told.strips[0].turns] == [Status.PASS, Status.FAIL, Status.PASS]
    assert told.share(START + timedelta(seconds=30)) == 0.5
    shown = tree(course_svg(told, {"watch": "Watch <it>"}))
    assert "Watch <it>" in unescape("".join(text.text or "" for text in shown.iter(f"{SVG}text")))


def test_the_course_in_letters() -> None:
    """A bar for each visit, signs for what a check said, from left to right."""
    told = course(
        _entries(
            (0, StepEntered(step="watch")),
            (0, _answered(passed("2 of 2"))),
            (30, _answered(fail("1 of 2", "wait"))),
            (60, StepLeft(step="watch", outcome=Outcome.DONE)),
        )
    )
    assert told is not None
    first, second, *_ = course_text(told, {"watch": "Watch it"})
    assert first.split("│")[1:] == ["█" * 59 + " ", " done"]
    assert second.split("│")[1] == "✔" * 30 + "✘" * 29 + " "


def test_a_run_that_never_began_has_no_course() -> None:
    """Nothing is drawn of it."""
    assert course([]) is None
