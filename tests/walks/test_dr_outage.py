"""The drill of MongoDB's outage on the simulated world: cut, watched, taken back, measured."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from runbook_tui.audit.report import render
from runbook_tui.audit.verify import verify
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.core.change import Stage
from runbook_tui.core.chart import charts_of
from runbook_tui.core.drill import drill
from runbook_tui.core.site import Db, Dynamodb, Table
from runbook_tui.core.state import Phase
from runbook_tui.core.temporary import standing
from runbook_tui.core.verdict import Status
from runbook_tui.simulator.server import Simulator
from tests.support.borders import look as network
from tests.support.experiments import template, tick
from tests.support.stepped import client, connected, stepped
from tests.support.walker import Walker, WorldClock

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

Walking = Callable[..., AbstractContextManager[Walker]]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with stepped() as running:
        yield running


@pytest.fixture
def walking(simulator: Simulator, tmp_path: Path) -> Walking:
    """A walk whose journal has the time of the world; the site allows drills in this environment."""

    @contextmanager
    def begin(environment: str, runbook: str = "dr-mongodb-outage", **site: Any) -> Iterator[Walker]:
        found = load_site(simulator.site_path)
        found = replace(found, dr=replace(found.dr, allowed_env=environment), **site)
        walker = Walker(
            simulator, tmp_path / "runs", runbook, environment, found, clock=WorldClock(simulator), state_dir=tmp_path
        )
        try:
            yield walker
        finally:
            walker.close()
        assert verify(walker.acting.journal.path).ok

    return begin


def to_the_cut(walker: Walker) -> None:
    walker.go_on("backups are attested elsewhere")
    assert walker.at == "steady-state"
    walker.go_on("practice")
    walker.answer("cut")
    assert walker.at == "inject"


def from_the_restore(walker: Walker) -> None:
    """Whole again, well, quiet, measured."""
    assert walker.acting.until(lambda state: standing(state) is None), walker.acting.change
    walker.settle()
    walker.waited(5)
    walker.go_on()
    assert walker.at == "recover"
    walker.waited(20)
    walker.go_on("the log remembers")
    walker.waited(25)
    walker.go_on()
    assert walker.at == "measure"


def finish(walker: Walker) -> None:
    walker.confirm()
    walker.confirm()
    assert walker.state.phase is Phase.FINISHED


def past(walker: Walker, check: str, environment: str) -> Any:
    checks = walker.acting.kit.checks
    checks.begin_sweep()
    return checks.run(check, environment)


def test_a_network_acl_cuts_production_off(walking: Walking, simulator: Simulator) -> None:
    """Seen within seconds, told of by an alarm, taken back on entering the restore, whole, and within the time."""
    ec2 = client(simulator, "ec2")
    before = network(ec2)
    with walking("prod") as walker:
        to_the_cut(walker)
        walker.change(method="nacl")
        walker.go_on()
        walker.waited(6)
        assert set(connected(simulator.world).values()) <= {False}
        walker.otherwise()
        from_the_restore(walker)
        verdict = walker.state.step.verdicts["drill.recovery"]
        assert verdict.status in (Status.PASS, Status.WARN), verdict.because
        seen = drill(walker.acting.entries)
        assert seen.method == "nacl"
        times = [seen.cut, seen.error, seen.alarm, seen.restored, seen.ready, seen.well]
        assert None not in times
        assert sorted(times) == times  # type: ignore[type-var]
        (chart,) = charts_of(verdict.evidence)
        assert [one.name[:2] for one in chart.marks] == ["T0", "T1", "T2", "T3", "T4", "T5"]
        finish(walker)
        assert ">The outage</title>" in render(walker.acting.journal.path, "html")
        assert network(ec2) == before
        assert past(walker, "maint.dr-leftovers", "").status is Status.PASS
        told = past(walker, "maint.dr-test", "prod")
        assert (told.status, told.evidence["method"]) == (Status.PASS, "nacl"), told.because


def test_an_experiment_ends_on_the_side_of_aws(walking: Walking, simulator: Simulator) -> None:
    """Where a template exists it is proposed; it is stopped on entering the restore."""
    template(simulator)
    with walking("prod") as walker:
        to_the_cut(walker)
        assert walker.acting.planned().questions[0].default == "fis"
        tick(simulator)
        walker.change(method="fis")
        assert set(connected(simulator.world).values()) == {False}
        walker.go_on()
        walker.timed_out(2)
        walker.otherwise()
        from_the_restore(walker)
        finish(walker)
        assert past(walker, "maint.dr-leftovers", "").status is Status.PASS


def test_the_tables_are_denied_for_a_while(walking: Walking) -> None:
    """The drill of DynamoDB: the same steps, by the role of the tasks."""
    named = Dynamodb(tables=(Table(name="asharvi-users-staging", pk="id"),))
    with walking("staging", "dr-dynamodb-outage", db=Db(migrating=True, dynamodb=named)) as walker:
        walker.go_on("the tables are still to come")
        walker.go_on("practice")
        assert walker.at == "inject"
        walker.change()
        walker.go_on()
        walker.timed_out(1)
        walker.otherwise()
        assert walker.acting.until(lambda state: standing(state) is None), walker.acting.change
        walker.settle()
        assert walker.state.step.verdicts["maint.dr-leftovers"].status is Status.PASS
        walker.otherwise()
        assert walker.at == "restore-by-hand"


def test_open_connections_outlive_a_closed_group(walking: Walking, simulator: Simulator) -> None:
    """Nothing is seen while the pools live on: that is a finding; left alone, it is taken back when its time is up."""
    with walking("prod") as walker:
        to_the_cut(walker)
        walker.change(method="sg")
        walker.go_on()
        walker.timed_out(5)
        assert connected(simulator.world) != {}
        walker.pass_time(360)
        assert walker.acting.until(lambda state: standing(state) is None), "its time is up"
        assert walker.acting.change.stage is Stage.DONE
        walker.settle()
        walker.otherwise()
        from_the_restore(walker)
        found = walker.state.step.verdicts["drill.recovery"]
        assert any("lived on" in one for one in found.evidence["findings"])
        finish(walker)


def test_a_secret_that_leads_nowhere_hits_staging_alone(walking: Walking, simulator: Simulator) -> None:
    """On the shared network it is what is proposed; production does not notice."""
    with walking("staging") as walker:
        to_the_cut(walker)
        assert walker.acting.planned().questions[0].default == "secret"
        walker.change(method="secret")
        walker.go_on()
        walker.timed_out(5)
        assert set(connected(simulator.world).values()) == {True}
        walker.otherwise()
        from_the_restore(walker)
        finish(walker)
        assert past(walker, "maint.dr-leftovers", "").status is Status.PASS


def test_what_is_not_healthy_is_not_drilled(walking: Walking) -> None:
    """The way out, without anything cut."""
    with walking("staging") as walker:
        walker.go_on("backups are attested elsewhere")
        walker.go_on("practice")
        walker.answer("none")
        assert walker.at == "not-now"
        walker.go_on()
        assert walker.state.phase is Phase.FINISHED
