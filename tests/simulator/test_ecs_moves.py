"""The scheduler's next moves: limits that hold for every mixture of tasks, and the plain cases by name."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from runbook_tui.simulator.ecs.breaker_rules import threshold
from runbook_tui.simulator.ecs.moves import Moves, Seen, Wish, next_moves
from runbook_tui.simulator.ecs.state import Health

HEALTHY, WAITING, UNHEALTHY = Health.HEALTHY, Health.WAITING, Health.UNHEALTHY


def seen(number: int, health: Health, *, primary: bool = True, zone: str = "a") -> Seen:
    return Seen(task=f"t{number}", primary=primary, health=health, zone=zone, order=number)


def tasks(*kinds: tuple[Health, bool]) -> list[Seen]:
    return [seen(number, health, primary=primary) for number, (health, primary) in enumerate(kinds)]


def wish(desired: int, minimum: int = 100, maximum: int = 200, **more: int | bool) -> Wish:
    return Wish(goal=desired, desired=desired, minimum_percent=minimum, maximum_percent=maximum, **more)  # type: ignore[arg-type]


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[Seen], Wish]:
    desired, minimum = draw(st.integers(0, 6)), draw(st.integers(0, 100))
    wanted = Wish(
        goal=desired + draw(st.integers(0, 1)),
        desired=desired,
        minimum_percent=minimum,
        maximum_percent=draw(st.integers(max(minimum, 1), 300)),
        lost=draw(st.integers(0, 3)),
        starts=draw(st.booleans()),
        failed=draw(st.booleans()),
    )
    kinds = st.tuples(st.sampled_from(list(Health)), st.booleans(), st.sampled_from("abc"))
    found = draw(st.lists(kinds, max_size=14))
    return [
        seen(number, health, primary=primary, zone=zone) for number, (health, primary, zone) in enumerate(found)
    ], wanted


def _grown(task: Seen) -> Seen:
    return structs.replace(task, health=HEALTHY) if task.health is WAITING else task


def after(found: list[Seen], moves: Moves) -> list[Seen]:
    gone = {*moves.unhealthy, *moves.surplus}
    return [each for each in found if each.task not in gone]


@given(situations())
def test_nothing_is_started_above_the_maximum(situation: tuple[list[Seen], Wish]) -> None:
    """After the moves there are at most as many tasks as ``maximumPercent`` allows, if any was started."""
    found, wanted = situation
    moves = next_moves(found, wanted)
    started = moves.start + moves.restart
    assert started == 0 or len(after(found, moves)) + started <= wanted.most


@given(situations())
def test_no_healthy_task_is_stopped_below_the_minimum(situation: tuple[list[Seen], Wish]) -> None:
    """As many healthy tasks stay as ``minimumHealthyPercent`` orders, or as many as there were."""
    found, wanted = situation
    healthy = sum(each.health is HEALTHY for each in found)
    left = sum(each.health is HEALTHY for each in after(found, next_moves(found, wanted)))
    assert left >= min(healthy, wanted.least)


@given(situations())
def test_every_move_is_about_a_task_that_is_there_and_once(situation: tuple[list[Seen], Wish]) -> None:
    """And a healthy one is never stopped for its health."""
    found, wanted = situation
    moves = next_moves(found, wanted)
    stopped = [*moves.unhealthy, *moves.surplus]
    known = {each.task: each for each in found}
    assert len(stopped) == len(set(stopped))
    assert set(stopped) <= known.keys()
    assert all(known[each].health is UNHEALTHY and known[each].primary for each in moves.unhealthy)


@given(situations())
def test_moves_come_to_rest(situation: tuple[list[Seen], Wish]) -> None:
    """When every task that is started becomes healthy, the primary deployment alone is left, as many as wanted."""
    found, wanted = situation
    quiet = Wish(
        goal=wanted.desired,
        desired=wanted.desired,
        minimum_percent=min(wanted.minimum_percent, 50),
        maximum_percent=200,
    )
    found = [_grown(each) for each in found]
    for step in range(60):
        moves = next_moves(found, quiet)
        new = [seen(1000 * (step + 1) + number, HEALTHY) for number in range(moves.start)]
        if moves == Moves():
            break
        found = [_grown(each) for each in (*after(found, moves), *new)]
    assert [each.primary and each.health is HEALTHY for each in found if each.primary or each.health is HEALTHY] == [
        True
    ] * wanted.desired


def test_a_rolling_update_starts_first_and_stops_when_the_new_ones_are_healthy() -> None:
    """100 and 200 per cent: two beside two, then the old ones go."""
    old = [(HEALTHY, False)] * 2
    assert next_moves(tasks(*old), wish(2)) == Moves(start=2)
    assert next_moves(tasks(*old, (WAITING, True), (WAITING, True)), wish(2)) == Moves()
    assert next_moves(tasks(*old, (HEALTHY, True), (WAITING, True)), wish(2)).surplus == ("t0",)
    assert next_moves(tasks(*old, (HEALTHY, True), (HEALTHY, True)), wish(2)).surplus == ("t0", "t1")


def test_without_room_above_an_old_one_goes_first() -> None:
    """50 and 100 per cent of two: one out, one in."""
    assert next_moves(tasks((HEALTHY, False), (HEALTHY, False)), wish(2, 50, 100)) == Moves(surplus=("t0",), start=1)


def test_a_deployment_that_may_neither_start_nor_stop_is_stuck() -> None:
    """One task that must stay healthy, and no second one allowed."""
    assert next_moves(tasks((HEALTHY, False)), wish(1, 50, 100)).stuck


def test_unhealthy_tasks_are_replaced_before_they_are_stopped() -> None:
    """If there is room; without room they go at once."""
    sick = [(UNHEALTHY, True)] * 2
    assert next_moves(tasks(*sick), wish(2)) == Moves(start=2)
    assert next_moves(tasks(*sick, (WAITING, True), (WAITING, True)), wish(2)) == Moves()
    assert next_moves(tasks(*sick, (HEALTHY, True), (HEALTHY, True)), wish(2)).unhealthy == ("t0", "t1")
    assert next_moves(tasks(*sick, (UNHEALTHY, True), (UNHEALTHY, True)), wish(2)) == Moves(
        unhealthy=("t0", "t1"), start=2
    )


def test_a_failed_deployment_starts_nothing_and_leaves_the_old_tasks() -> None:
    """It stalls; an old task that was lost comes back."""
    found = tasks((HEALTHY, False), (HEALTHY, True))
    assert next_moves(found, wish(2, failed=True, lost=1)) == Moves(restart=1)


def test_the_crowded_zone_loses_a_task_first() -> None:
    """Scaling in keeps the zones even."""
    found = [seen(0, HEALTHY, zone="a"), seen(1, HEALTHY, zone="b"), seen(2, HEALTHY, zone="b")]
    assert next_moves(found, wish(2)).surplus == ("t1",)


def test_thresholds_of_the_breaker() -> None:
    """Half of desired between 3 and 200, unless the service says otherwise."""

    def of(desired: int, rule: dict[str, object] | None = None) -> int:
        breaker = {"enable": True, **({"thresholdConfiguration": rule} if rule else {})}
        return threshold({"deploymentCircuitBreaker": breaker}, desired)

    assert [of(desired) for desired in (1, 2, 6, 7, 25, 400, 401, 1000)] == [3, 3, 3, 4, 13, 200, 200, 200]
    assert of(800, {"type": "UNBOUNDED_PERCENT", "value": 50}) == 400
    assert of(800, {"type": "COUNT", "value": 5}) == 5
    assert of(20, {"type": "BOUNDED_PERCENT", "value": 100}) == 20
