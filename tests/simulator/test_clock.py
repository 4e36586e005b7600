"""Simulated time: the clock, the agenda, and moto on both."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runbook_tui.simulator.agenda import Agenda
from runbook_tui.simulator.clock import Clock

_MANIFEST = '{"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json"}'
BEGIN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Watch:
    """A real time that the test moves."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> datetime:
        return self.now


def test_an_accelerated_clock_runs_ahead() -> None:
    """Twenty simulated seconds pass in a real one, and none are lost by advancing."""
    watch = Watch()
    clock = Clock(watch, speed=20)
    watch.now += timedelta(seconds=3)
    clock.advance(timedelta(minutes=1))
    assert clock.now() == BEGIN + timedelta(minutes=2)


def test_a_stepped_clock_stands_still() -> None:
    """Real time does not move it."""
    watch = Watch()
    clock = Clock(watch, speed=0)
    watch.now += timedelta(hours=3)
    assert clock.now() == BEGIN
    clock.advance(timedelta(seconds=5))
    assert clock.now() == BEGIN + timedelta(seconds=5)


def test_nobody_waits_where_time_stands_still() -> None:
    """Work that somebody waits for takes its time where time goes on by itself, and none where it does not."""
    assert [Clock(Watch(), speed=speed).waited_for(2.0) for speed in (0, 1, 20)] == [0.0, 2.0, 2.0]


def test_what_is_due_happens_in_order_each_at_its_own_time() -> None:
    """Also what a happening arranges for a time that has passed already."""
    clock = Clock(Watch(), speed=0)
    agenda = Agenda(clock)
    seen: list[tuple[str, float]] = []

    def note(name: str) -> Any:
        return lambda: seen.append((name, (clock.now() - BEGIN).total_seconds()))

    def first() -> None:
        note("first")()
        agenda.after(5, note("child"))

    agenda.after(20, note("last"))
    agenda.after(10, first)
    agenda.after(10, note("second"))
    agenda.after(90, note("later"))
    clock.advance(timedelta(seconds=60))
    agenda.catch_up()
    assert seen == [("first", 10), ("second", 10), ("child", 15), ("last", 20)]


def test_what_is_cancelled_does_not_happen() -> None:
    """Not even when it is cancelled by what happens just before."""
    clock = Clock(Watch(), speed=0)
    agenda = Agenda(clock)
    seen: list[str] = []
    doomed = agenda.after(2, lambda: seen.append("doomed"))
    agenda.after(1, doomed.cancel)
    clock.advance(timedelta(seconds=3))
    agenda.catch_up()
    assert seen == []


@pytest.mark.slow
def test_what_moto_makes_is_made_in_simulated_time() -> None:
    """Models that read the time in four different ways, on a clock that is half a year ahead."""
    from runbook_tui.simulator.server import Simulator

    clock = Clock(speed=0)
    clock.advance(timedelta(days=180))
    with Simulator(scenario="empty", clock=clock, seed=3) as simulator:
        world = simulator.world
        clock.advance(timedelta(days=2))
        now = clock.now()
        secret = world.call("secretsmanager", "CreateSecret", Name="s", SecretString="{}")["ARN"]
        world.call("logs", "CreateLogGroup", logGroupName="g")
        world.call("ecr", "CreateRepository", repositoryName="repo")
        world.call("ecr", "PutImage", repositoryName="repo", imageManifest=_MANIFEST, imageTag="1")
        role = world.call("iam", "CreateRole", RoleName="x", AssumeRolePolicyDocument="{}")["Role"]
        made = {
            "secret": world.call("secretsmanager", "DescribeSecret", SecretId=secret)["CreatedDate"],
            "group": datetime.fromtimestamp(
                world.call("logs", "DescribeLogGroups")["logGroups"][0]["creationTime"] / 1000, UTC
            ),
            "repository": world.call("ecr", "DescribeRepositories")["repositories"][0]["createdAt"],
            "image": world.call("ecr", "DescribeImages", repositoryName="repo")["imageDetails"][0]["imagePushedAt"],
            "role": role["CreateDate"],
        }
        assert {name: abs(at - now) < timedelta(seconds=1) for name, at in made.items()} == dict.fromkeys(made, True)
        assert world.seed == 3
