"""The quarterly scaling review on the simulated world: what is accepted is made, what is rejected is left."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runbook_tui.audit.html import page
from runbook_tui.audit.record import RunRecord
from runbook_tui.audit.report import record_of
from runbook_tui.audit.verify import verify
from runbook_tui.core.chart import charts_of
from runbook_tui.core.commands import Answer
from runbook_tui.core.refusal import Refusal
from runbook_tui.core.state import Phase
from runbook_tui.simulator.server import Simulator
from tests.support.stepped import CLUSTER, PROD, client, stepped
from tests.support.walker import Walker

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

BOOK = "quarterly-scaling-review"
PLACE = {"ServiceNamespace": "ecs", "ResourceId": f"service/{CLUSTER}/{PROD}"}
TARGET = {**PLACE, "ScalableDimension": "ecs:service:DesiredCount"}
WHY = "as agreed"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    """One for all: ninety days are computed once."""
    with stepped() as world:
        yield world


@pytest.fixture
def walker(simulator: Simulator, tmp_path: Path) -> Iterator[Walker]:
    walking = Walker(simulator, tmp_path, BOOK)
    yield walking
    walking.close()
    assert verify(walking.acting.journal.path).ok


def bounds(simulator: Simulator) -> tuple[int, int]:
    asked = {"ServiceNamespace": "ecs", "ResourceIds": [PLACE["ResourceId"]]}
    (found,) = client(simulator, "application-autoscaling").describe_scalable_targets(**asked)["ScalableTargets"]
    return found["MinCapacity"], found["MaxCapacity"]


def scheduled(simulator: Simulator) -> int:
    return len(client(simulator, "application-autoscaling").describe_scheduled_actions(**PLACE)["ScheduledActions"])


def to_the_rules(walker: Walker) -> None:
    """From the load on."""
    drawn = charts_of(walker.state.step.verdicts["scaling.load"].evidence)
    assert [chart.length for chart in drawn] == [360] * 6
    walker.go_on()
    assert walker.at == "activity"
    walker.go_on()
    walker.go_on(WHY)
    assert walker.at == "size"


def nothing_more(walker: Walker) -> None:
    for step in ("ceiling", "speed", "memory", "rhythm"):
        assert walker.at == step
        walker.answer("nothing")


def signed(walker: Walker) -> RunRecord:
    walker.confirm(WHY)
    assert walker.at == "sign"
    assert isinstance(walker.acting.do(Answer(option="sign")), Refusal), "a signature has a name"
    walker.answer("sign", "Asha, next in February")
    walker.confirm()
    assert walker.state.phase is Phase.FINISHED
    return record_of(walker.acting.journal.path)


def test_what_is_accepted_is_made_and_what_is_rejected_is_not(walker: Walker, simulator: Simulator) -> None:
    """A size and back, bounds, thresholds by hand, a schedule; then once more from the load on: rejected with reasons,
    which the signed report tells beside the charts."""
    walker.go_on()
    to_the_rules(walker)
    walker.answer("smaller", WHY)
    walker.change(cpu="512", memory="1024")
    walker.timed_out(minutes=4)
    walker.otherwise()
    walker.answer("back")
    assert walker.at == "former-size"
    walker.change(revision=f"{PROD}:2")
    walker.waited()
    walker.go_on(WHY)
    walker.answer("accept", WHY)
    assert walker.at == "higher"
    walker.change(lowest="2", highest="9")
    walker.go_on(WHY)
    walker.answer("accept", WHY)
    assert walker.at == "thresholds"
    walker.confirm(WHY)
    walker.answer("accept", "Asha, until Friday, OPS-12")
    walker.answer("accept", WHY)
    assert walker.at == "schedule"
    made = walker.change(days="MON,FRI", start="12", end="15", lowest="4")
    assert (bounds(simulator), scheduled(simulator)) == ((2, 9), 2)
    walker.acting.undone(made.number)
    assert scheduled(simulator) == 0
    walker.settle()
    walker.skip("not this quarter after all")
    walker.confirm(WHY)
    walker.answer("again")
    assert walker.at == "load"
    to_the_rules(walker)
    walker.answer("fewer", WHY)
    walker.change(lowest="2", highest="6")
    walker.go_on(WHY)
    for step in ("ceiling", "speed", "memory", "rhythm"):
        assert walker.at == step
        walker.answer("reject", f"{step}: not this quarter")
    told = signed(walker)
    assert bounds(simulator) == (2, 6)
    said = [decision.text for decision in told.decisions]
    assert "Is it done? Reject: ceiling: not this quarter" in said
    assert "Do you sign? I have reviewed it: Asha, next in February" in said
    assert page(told).count("<svg") == 1 + 6 + 2 + 1 + 1 + 1  # the course, the load, and what each rule looked at
    assert [change.action for change in told.changes if change.stage == "undone"] == ["ecs.schedule-scaling"]


def test_hours_without_data_and_no_target(walker: Walker, simulator: Simulator, tmp_path: Path) -> None:
    """It is reviewed with a reason, or comes back later: what was stopped has no signature."""
    autoscaling, (low, high) = client(simulator, "application-autoscaling"), bounds(simulator)
    autoscaling.deregister_scalable_target(**TARGET)
    again = Walker(simulator, tmp_path / "again", BOOK)
    again.otherwise()
    assert again.at == "not-scaling"
    again.answer("review")
    assert again.at == "load"
    again.close()
    stopped = Walker(simulator, tmp_path / "stopped", BOOK)
    stopped.otherwise()
    stopped.answer("stop")
    stopped.confirm()
    assert stopped.state.phase is Phase.FINISHED
    stopped.close()
    autoscaling.register_scalable_target(**TARGET, MinCapacity=low, MaxCapacity=high)

    settings = [{"name": "containerInsights", "value": "disabled"}]
    client(simulator, "ecs").update_cluster_settings(cluster=CLUSTER, settings=settings)
    walker.pass_time(2 * 3600)
    walker.go_on()
    walker.otherwise()
    assert walker.at == "gaps"
    walker.answer("enough", "Container Insights was off for two hours")
    walker.go_on()
    walker.go_on(WHY)
    walker.answer("smaller", WHY)
    walker.change(cpu="512", memory="1024")
    walker.timed_out(minutes=4)
    walker.otherwise()
    walker.answer("keep")
    nothing_more(walker)
    assert walker.at == "applied"
    later = Walker(simulator, tmp_path / "later", BOOK)
    later.go_on()
    later.otherwise()
    later.answer("stop")
    later.confirm()
    assert later.state.phase is Phase.FINISHED
    later.close()
