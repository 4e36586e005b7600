"""One change to the healthy world flips the verdicts that it should, and no others."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import cache

import pytest

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.verdict import Status
from tests.mutations.contract import Row, all_rows
from tests.support.forks import Forks, forks
from tests.support.past import still_unwritten
from tests.support.standing import Standing

ROWS = all_rows()
CHECKS = all_checks()
SCENARIOS = sorted({row.scenario for row in ROWS.values()})
# Of every kind: roles, networks, services, logs, the pipeline, the site file and the state folder.
SAMPLE = frozenset({"alb.exists", "iam.task-role.trust", "logs.group.exists", "pre.account-match", "review.tests"})
Worlds = Callable[[str], Forks]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]


@pytest.fixture(scope="module")
def worlds() -> Iterator[Worlds]:
    """Each scenario is built when a row first starts from it."""
    with ExitStack() as ready:
        yield cache(lambda scenario: ready.enter_context(forks(scenario)))


def _flipped(world: Standing, title: str) -> tuple[dict[str, Status], list[str], dict[str, list[str]]]:
    """What flipped, how that was told, and what checks asked beyond their needs."""
    if title:
        ROWS[title].change(world)
    found = world.changed()
    flips = {name: each.verdict for name, each in found.items() if each.verdict.status != _before(world, name)}
    beyond = {
        name: sorted(more)
        for name, each in found.items()
        if (more := each.asked - {*CHECKS[name.partition("@")[0]].needs})
    }
    told = [f"{name}: {verdict.status} {verdict.because}" for name, verdict in flips.items()]
    return {name: verdict.status for name, verdict in flips.items()}, told, beyond


def _before(world: Standing, name: str) -> Status:
    return world.healthy[name].verdict.status


def _statuses(world: Standing, seconds: float) -> Mapping[str, tuple[Status, str]]:
    world.wait(seconds)
    return {name: (each.verdict.status, each.verdict.because) for name, each in world.sweep().items()}


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
def test_one_change_flips_its_verdicts_and_no_others(worlds: Worlds, row: Row) -> None:
    """All other verdicts, in both environments, are what they were, and no check asks more than it says it needs."""
    flips, told, beyond = worlds(row.scenario).ask(_flipped, row.title)
    assert flips == row.flips, "\n".join(told)
    assert beyond == {}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_everything_passes_before_anything_is_changed(worlds: Worlds, scenario: str) -> None:
    """But for what the scenario's own site has not chosen; a quarter of an hour changes nothing."""
    for seconds in (0.0, 900.0):
        found = worlds(scenario).ask(_statuses, seconds)
        bad = {name: told for name, told in found.items() if told[0] not in (Status.PASS, Status.SKIP)}
        bad = {name: told for name, told in bad.items() if name not in still_unwritten()}
        blocked = [name for name, (_, because) in found.items() if because.startswith("blocked by")]
        assert (bad, blocked) == ({}, [])


def _both_ways(world: Standing, title: str) -> tuple[dict[str, Status], dict[str, Status]]:
    ROWS[title].change(world)
    sweeps = (world.changed(), world.sweep())
    short, whole = ({name: each.verdict.status for name, each in sweep.items()} for sweep in sweeps)
    return short, whole


@pytest.mark.parametrize("title", [title for title, row in ROWS.items() if row.check in SAMPLE])
def test_who_is_not_asked_again_would_say_the_same(worlds: Worlds, title: str) -> None:
    """Of what a sweep after a change leaves out nothing has flipped."""
    short, whole = worlds(ROWS[title].scenario).ask(_both_ways, title)
    assert short == whole


def test_every_check_has_a_row_of_its_own() -> None:
    """And no row is for a check that does not exist. What no sweep asks cannot flip in one: its rules have tests."""
    assert {row.check for row in ROWS.values()} == {name for name, check in CHECKS.items() if not check.on_request}


def test_every_row_flips_its_own_check() -> None:
    """In at least one environment."""
    names = {title: {name.partition("@")[0] for name in row.flips} for title, row in ROWS.items()}
    assert [title for title, flips in names.items() if ROWS[title].check not in flips] == []
    assert [name for flips in names.values() for name in flips if name not in CHECKS] == []
