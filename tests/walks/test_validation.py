"""The validation runbook, walked in the simulator on its happy path and on every branch."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from runbook_tui.audit.journal import Journal, read
from runbook_tui.audit.redact import Redactor
from runbook_tui.catalogue.loader import load
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.events import World
from runbook_tui.core.runbook import Runbook
from runbook_tui.core.state import Phase, RunState, WaitPhase, fold
from runbook_tui.core.verdict import Status
from runbook_tui.engine.headless import Halt, Script, next_move
from runbook_tui.engine.ports import Ports
from runbook_tui.engine.runner import Runner
from runbook_tui.wiring.kit import Kit
from tests.support.runs import TestClock, started
from tests.support.simulator import Running
from tests.support.simulator import started as simulated

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

SIGNED = {"logs": "read", "iam-activity": "judged", "rotation": "in place", "cost": "compared", "sign": "on-call"}
AFTER_SERVICE = ["contents", "network", "reach", "logs", "iam-activity", "rotation", "cost", "sign"]


class Walk:
    """Walks with a script until the run ends or halts; a wait that is not met at once is timed out."""

    def __init__(self, simulator: Running, folder: Path, script: Script, environment: str = "prod") -> None:
        self.runbook: Runbook = load("validation")
        self.halt: Halt | None = None
        self.script = script
        self.clock = TestClock()
        kit = Kit(load_site(simulator.site))
        self.journal = Journal.create(folder, "walk", World.SIMULATED, self.clock.now, Redactor())
        self.runner = Runner(
            runbook=self.runbook,
            ports=Ports(journal=self.journal, checks=kit.checks, changes=kit.changes, clock=self.clock),
            by="on-call",
            state=RunState(),
            listener=lambda _, state: self.go_on(state),
        )
        self.moving = False
        self.runner.start(started(self.runbook, environment))
        self.runner.work()
        self.journal.close()

    @property
    def state(self) -> RunState:
        return self.runner.state

    def go_on(self, state: RunState) -> None:
        if state.phase is not Phase.RUNNING:
            self.runner.leave()
        elif state.step.wait is WaitPhase.WAITING and not state.step.pending:
            self.clock.skip(3600)
        elif not self.moving:
            move = next_move(state, self.runbook, self.script)
            if isinstance(move, Halt):
                self.halt = move
                self.runner.leave()
            elif move is not None:
                self.moving = True
                self.runner.post(move, lambda _: self.moved())

    def moved(self) -> None:
        self.moving = False
        self.go_on(self.runner.state)


CASES: Sequence[tuple[str, tuple[str, ...], dict[str, str], list[str], Status]] = [
    (
        "a fresh release that is out",
        (),
        {"release": "fresh", "deployment": "finished"},
        ["identity", "release", "deployment", "service", *AFTER_SERVICE],
        Status.PASS,
    ),
    (
        "a deployment that is still running",
        (),
        {"release": "rolled-back", "deployment": "running"},
        ["identity", "release", "deployment", "settle", "service", *AFTER_SERVICE],
        Status.PASS,
    ),
    (
        "the regular review",
        (),
        {"release": "none"},
        ["identity", "release", "service", *AFTER_SERVICE],
        Status.PASS,
    ),
    (
        "a stuck deployment that can wait",
        (),
        {"release": "fresh", "deployment": "stuck", "diagnose": "accepted"},
        ["identity", "release", "deployment", "diagnose", "network", *AFTER_SERVICE[2:]],
        Status.PASS,
    ),
    (
        "targets that never get healthy",
        ("targets-unhealthy",),
        {"release": "fresh", "deployment": "running", "diagnose": "give-up"},
        ["identity", "release", "deployment", "settle", "diagnose", "sign"],
        Status.FAIL,
    ),
    (
        "a service without its breaker",
        ("circuit-breaker-off",),
        {"release": "none", "diagnose": "give-up"},
        ["identity", "release", "service", "diagnose", "sign"],
        Status.FAIL,
    ),
    (
        "a service that does not answer",
        ("targets-unhealthy",),
        {"release": "none", "diagnose": "give-up"},
        ["identity", "release", "service", "contents", "network", "reach", "diagnose", "sign"],
        Status.FAIL,
    ),
    (
        "logs that nobody may see",
        ("denied:logs:DescribeLogGroups",),
        {"release": "none", "diagnose": "give-up"},
        ["identity", "release", "service", "contents", "network", "reach", "logs", "diagnose", "sign"],
        Status.UNKNOWN,
    ),
]


@pytest.fixture(scope="module")
def world() -> Iterator[Running]:
    with simulated() as running:
        yield running


@pytest.mark.parametrize(
    ("faults", "answers", "path", "verdict"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_each_branch_leads_where_it_says(
    world: Running, tmp_path: Path, faults: Sequence[str], answers: dict[str, str], path: list[str], verdict: Status
) -> None:
    """The walk takes the steps that its answers and the world's faults lead to, and ends with their verdict."""
    accepted = {step.id: "known in this test" for step in load("validation").steps if step.otherwise is None}
    script = Script(answers=answers, confirm=SIGNED, accept=accepted)
    with ExitStack() as wrong:
        for fault in faults:
            wrong.enter_context(world.fault(fault))
        walk = Walk(world, tmp_path, script)
    assert walk.halt is None
    assert list(walk.state.path) == path
    assert walk.state.phase is Phase.FINISHED
    assert walk.state.verdict is verdict
    assert fold(read(walk.journal.path)) == walk.state


def test_a_repaired_service_is_looked_at_again(world: Running, tmp_path: Path) -> None:
    """The answer "repaired" leads back to the deployment step, which asks the world anew."""
    script = Script(answers={"release": "none", "diagnose": "repaired"}, accept={"deployment": "x"})
    with world.fault("circuit-breaker-off"):
        walk = Walk(world, tmp_path, script)
    assert walk.halt is Halt.NEEDS_ANSWER
    assert walk.state.current == "deployment"
    assert walk.state.step.verdicts["ecs.service.steady"].status is Status.PASS


def test_every_step_can_be_skipped_with_a_reason(world: Running, tmp_path: Path) -> None:
    """A run whose steps were all skipped reaches its end, undecided, with every reason in the journal."""
    steps = load("validation").steps
    walk = Walk(world, tmp_path, Script(skip={step.id: f"no time for {step.id}" for step in steps}), "staging")
    assert walk.state.phase is Phase.FINISHED
    assert walk.state.verdict is Status.UNKNOWN
    assert {step.reason for step in walk.state.steps.values()} == {f"no time for {step}" for step in walk.state.path}
