"""What the sources of a rollout tell, in the simulated world."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runbook_tui.audit.report import render
from runbook_tui.catalogue.progress import all_sources, source_ids
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.progress import Awaited
from runbook_tui.core.reading import Progress, Remark, Tone, in_one_line
from runbook_tui.simulator.faults import clear_fault, set_fault
from runbook_tui.simulator.image_behaviour import ImageBehaviour
from runbook_tui.simulator.server import Simulator
from runbook_tui.wiring.kit import Kit
from tests.support.released import STAGING, released, running
from tests.support.stepped import advance, client, stepped
from tests.support.walker import Walker

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

NAMES = ("deployment", "targets", "stopped-tasks", "alarms", "certificates")
SINCE = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as world:
        yield world


@pytest.fixture(scope="module")
def kit(simulator: Simulator) -> Kit:
    return Kit(load_site(simulator.site_path))


def read(kit: Kit, revision: str = "") -> dict[str, Progress]:
    found = kit.sources.read(NAMES, "staging", Awaited(since=SINCE, revision=revision))
    return {one.source: one for one in found}


def test_every_source_is_found_without_importing_it() -> None:
    """lint knows the names that the registry has."""
    assert source_ids() == tuple(all_sources()) == tuple(sorted(NAMES))


def test_a_release_that_crashes(simulator: Simulator, kit: Kit) -> None:
    """Failed tasks count against the breaker's threshold, with reasons and last words; what the breaker rolled back is
    not released, however calm the service is."""
    before = running(simulator, STAGING)
    released(simulator, STAGING, "2.0.0", ImageBehaviour(crash_after=5))
    wanted = running(simulator, STAGING)
    for _ in range(40):
        advance(simulator.world, 10)
        now = read(kit, wanted)
        if len(now["stopped-tasks"].remarks):
            break
    count = now["deployment"].gauges[1]
    assert (count.name, count.of, count.tone) == ("failed tasks", 3, Tone.BAD)
    assert count.value >= 1
    assert now["deployment"].truth is not None
    assert now["deployment"].truth.text.startswith("not released")
    assert now["stopped-tasks"].remarks[0].tone is Tone.BAD
    assert "exit 1" in now["stopped-tasks"].remarks[0].text
    assert now["stopped-tasks"].log_lines
    assert not now["stopped-tasks"].compact.log_lines
    advance(simulator.world, 1200)
    calm = read(kit, wanted)
    asked_back = kit.sources.read(("deployment",), "staging", Awaited(since=SINCE, back=True))
    truth = calm["deployment"].truth
    assert calm["deployment"].gauges[0].tone is Tone.GOOD
    assert calm["targets"].gauges[0].value == calm["targets"].gauges[0].of
    assert truth is not None
    assert truth.tone is Tone.BAD
    assert "did not go out (ROLLBACK_SUCCESSFUL)" in truth.text
    assert before.rpartition("/")[2] in truth.text
    assert asked_back[0].truth == Remark(text=truth.text, tone=Tone.GOOD)


def test_what_may_not_be_read_is_not_known(simulator: Simulator, kit: Kit) -> None:
    """A source that is denied says so; the others go on."""
    denied = "denied:elasticloadbalancing:DescribeTargetHealth"
    set_fault(simulator.world, denied)
    try:
        now = read(kit)
    finally:
        clear_fault(simulator.world, denied)
    assert "not known" in in_one_line(now["targets"])
    assert now["stopped-tasks"].trouble == ""


def test_a_release_that_is_out(tmp_path: Path, simulator: Simulator) -> None:
    """At the end of the wait the journal keeps what every clause says, and the report tells it."""
    walker = Walker(simulator, tmp_path, "rollback", watched=True)
    try:
        walker.answer("finished")
        walker.change(revision="asharvi-backend-prod:1")
        walker.waited()
        assert walker.acting.until(lambda state: bool(state.steps["previous-revision"].seen))
        seen = {one.source: one for one in walker.state.steps["previous-revision"].seen}
    finally:
        walker.close()
    truth = seen["deployment"].truth
    assert truth is not None
    assert truth.tone is Tone.GOOD
    assert truth.text.startswith("released: asharvi-backend-prod:1, sha256:")
    assert seen["targets"].gauges[0].value == 2
    assert "released: asharvi-backend-prod:1" in render(walker.acting.journal.path, "markdown")


def test_alarms_and_certificates(simulator: Simulator, kit: Kit) -> None:
    """All are quiet and issued in a healthy world; one that rings says since when and why."""
    now = read(kit)
    assert now["alarms"].gauges[0].of > 0
    assert now["certificates"].gauges[0].value == now["certificates"].gauges[0].of > 0
    alarm = client(simulator, "cloudwatch").describe_alarms(AlarmNamePrefix=STAGING)["MetricAlarms"][0]
    client(simulator, "cloudwatch").set_alarm_state(
        AlarmName=alarm["AlarmName"], StateValue="ALARM", StateReason="somebody rings it"
    )
    rings = read(kit)["alarms"]
    assert any("somebody rings it" in one.text and one.tone is Tone.BAD for one in rings.remarks)
