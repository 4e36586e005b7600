"""How far a wait has come, line by line."""

from runbook_tui.core.progress import Usual
from runbook_tui.core.reading import Gauge, Progress, Remark, Tone
from runbook_tui.tui.progress_rows import expected, progress_rows

DEPLOYMENT = Progress(
    source="deployment",
    title="Deployment of backend:7",
    gauges=(
        Gauge(name="running", value=1, of=2, note="1 pending"),
        Gauge(name="failed tasks", value=1, of=3, tone=Tone.BAD),
    ),
    remarks=(Remark(text="03:12:05 has started 2 tasks"), Remark(text="failed to \x1b[31mstart", tone=Tone.BAD)),
    truth=Remark(text="not released yet: 1 of 2 targets are healthy"),
)
STOPPED = Progress(
    source="stopped-tasks",
    title="Stopped tasks",
    gauges=(Gauge(name="failed", value=1, tone=Tone.BAD),),
    log_lines=("[red]Error: no such host[/]",),
)
QUIET = Progress(source="stopped-tasks", title="Stopped tasks", gauges=(Gauge(name="failed", value=0),))
DENIED = Progress(source="targets", title="Targets", trouble="needs ecs:DescribeServices")


def shown(*readings: Progress, width: int = 60) -> list[str]:
    return [row.content.plain.rstrip() for row in progress_rows(readings, width)]


def test_the_truth_stands_first_and_bars_have_numbers() -> None:
    """Colour is never needed, and texts from AWS draw nothing."""
    assert shown(DEPLOYMENT, STOPPED) == [
        "… not released yet: 1 of 2 targets are healthy",
        "Deployment of backend:7",
        "  running      █████░░░░░  1 of 2  1 pending",
        "  failed tasks ███░░░░░░░  1 of 3",
        "    03:12:05 has started 2 tasks",
        "  ✘ failed to start",
        "Stopped tasks",
        "  failed                   1",
        "  │ [red]Error: no such host[/]",
    ]


def test_nothing_takes_one_line_and_trouble_is_no_zero() -> None:
    """What could not be read looks like nothing that was read."""
    assert shown(QUIET, DENIED) == ["Stopped tasks  failed 0", "? Targets  not known: needs ecs:DescribeServices"]


def test_what_is_usual_is_said_with_how_often_it_was_seen() -> None:
    """Nothing is promised where nobody has waited before."""
    assert expected(Usual(seconds=245.0, runs=5)) == "usually 04:05 (5 runs)"
    assert expected(Usual(seconds=60.0, runs=1)) == "usually 01:00 (1 run)"
    assert expected(None) == ""
