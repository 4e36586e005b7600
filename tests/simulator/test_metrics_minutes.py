"""One minute of a service, and the past as it was."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.simulator.metrics.condition import Condition
from runbook_tui.simulator.metrics.load import minute_of
from runbook_tui.simulator.metrics.minute import cpu, latency, memory, minute
from runbook_tui.simulator.metrics.past import Past
from runbook_tui.simulator.metrics.sample import statistic_of

_NOW = datetime(2026, 11, 23, 3, 12, tzinfo=UTC)


def _condition(
    tasks: int = 2, *, reachable: int | None = None, error_rate: float = 0.0, factor: float = 1.0
) -> Condition:
    return Condition(
        cluster="cluster",
        service="service",
        family="family",
        environment="prod",
        balancer="app/balancer/1",
        group="targetgroup/group/1",
        running=tasks,
        healthy=tasks,
        answering=tasks,
        reachable=tasks if reachable is None else reachable,
        error_rate=error_rate,
        latency_factor=factor,
    )


@given(st.integers(0, 6), st.integers(0, 6), st.floats(0, 1), st.floats(0, 60_000), st.integers(0, 10**6))
def test_every_request_ends_in_one_way(tasks: int, mute: int, errors: float, asked: float, number: int) -> None:
    """Good, bad, failed, timed out, or without a target: together they are what came in."""
    condition = _condition(tasks, reachable=max(0, tasks - mute), error_rate=errors)
    found = minute(condition, asked, 1, number)
    assert found.good + found.bad + found.failed + found.timeouts == found.requests
    assert min(found.good, found.bad, found.failed, found.timeouts, found.unconnected) >= 0
    assert found.requests + found.unrouted in (int(asked), int(asked) + 1)
    assert (found.requests == 0) or tasks > 0
    assert 0 <= found.cpu <= 100


def test_without_a_target_the_balancer_answers_503() -> None:
    """And RequestCount omits those requests."""
    found = minute(_condition(0), 600, 1, 1)
    assert (found.requests, found.unrouted in (600, 601), latency(found), cpu(found)) == (0, True, None, None)


def test_more_load_means_more_cpu_and_longer_answers() -> None:
    """Up to the full, where requests time out."""
    calm, busy, full = (minute(_condition(), asked, 1, 1) for asked in (2400, 7000, 20_000))
    p95 = [statistic_of(sample, "p95") for sample in map(latency, (calm, busy, full)) if sample is not None]
    assert p95 == sorted(p95)
    assert p95[0] < 1 < p95[2]
    assert calm.cpu < busy.cpu < full.cpu == 100
    assert (calm.timeouts, busy.timeouts, full.timeouts > 5000) == (0, 0, True)


def test_a_bad_release_shows_as_failures_and_slowness() -> None:
    """As its image says."""
    found = minute(_condition(error_rate=0.25, factor=4.0), 4000, 1, 1)
    assert found.failed in (1000, 1001)
    assert found.median > 3 * minute(_condition(), 4000, 1, 1).median


def test_targets_that_do_not_answer_are_connection_errors() -> None:
    """All of them: every request times out, and the tasks have nothing to do."""
    found = minute(_condition(reachable=0), 1000, 1, 1)
    assert (found.timeouts, found.unconnected) == (found.requests, found.requests)
    assert latency(found) is None
    assert found.cpu < 10


def test_utilization_has_a_sample_a_task() -> None:
    """Its sample count is how many tasks run."""
    found = minute(_condition(3), 4000, 1, 1)
    for sample in (cpu(found), memory(found)):
        assert sample is not None
        assert sample.count == 3
        assert sample.low < sample.total / 3 < sample.high


def test_the_past_stays_as_it_was() -> None:
    """A change counts from its minute on; what was before is still found."""
    past, two, six = Past(), _condition(2), _condition(6)
    past.begin({"c/s": two}, _NOW)
    past.write({"c/s": six}, _NOW)
    past.write({"c/s": six}, _NOW + timedelta(minutes=3))
    past.write({}, _NOW + timedelta(minutes=5))
    now = minute_of(_NOW)
    assert [past.at("c/s", now + each) for each in (-99_999, -1, 0, 4, 5)] == [two, two, six, six, None]
    assert list(past.stretches("c/s", now - 2, now + 9)) == [(now - 2, now, two), (now, now + 5, six)]


def test_there_was_nothing_before_the_beginning() -> None:
    """A service that is made now has no past."""
    past = Past()
    past.write({"c/s": _condition()}, _NOW)
    assert past.at("c/s", minute_of(_NOW) - 1) is None
    assert list(past.stretches("c/s", 0, minute_of(_NOW))) == []
    assert past.at("c/other", minute_of(_NOW)) is None
