"""What visitors and tasks notice of a rollout, and what the log says of it."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.release.log_errors import query
from checks.release.usage import grows
from runbook_tui.aws.errors import Missing, Unsupported
from runbook_tui.aws.facts.error_rate import Minute, Traffic
from runbook_tui.aws.facts.series import Window
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.verdict import Status
from tests.support.backend import Case, asked_by, healthy, judged
from tests.support.backend_site import site_with
from tests.support.facts import NOON, Answers, with_answer
from tests.support.raw_release import CALM, log_rows, metric_data, today

PASS, WARN, FAIL, SKIP, UNKNOWN = Status.PASS, Status.WARN, Status.FAIL, Status.SKIP, Status.UNKNOWN
END = NOON - timedelta(minutes=1)


def measured(before: dict[str, float | None] | None = None, minutes: int = 10, **now: float | None) -> Answers:
    """``now`` for the last ``minutes`` of today's window, ``before`` a week before; all else is calm. None: no data."""

    def values(name: str, at: datetime) -> float | None:
        if today(at) and (END - at <= timedelta(minutes=minutes) or name in ("p50", "p95")):
            return now.get(name, CALM[name])
        return CALM[name] if today(at) else {**CALM, **(before or {})}[name]

    return with_answer(healthy(), "cloudwatch", "get_metric_data", metric_data(values))


NOTHING_STORED = dict.fromkeys(CALM)


def error_cases() -> Iterator[Case]:
    check = "roll.5xx-rate"
    yield Case(check=check, status=PASS, given=healthy(), says=("0.00% of 1000 requests failed, 0.00% a week before",))
    yield Case(check=check, status=PASS, given=measured(failed=0.3), says=("0.30% of 1000",))
    yield Case(check=check, status=WARN, given=measured(failed=0.4), says=("0.40%",))  # more than 3 times 0.1 %
    yield Case(check=check, status=PASS, given=measured({"failed": 0.5}, failed=0.9))
    yield Case(check=check, status=FAIL, given=measured(failed=1.2), says=("1.20%", "3 minutes on end"))
    yield Case(check=check, status=WARN, given=measured({"failed": 0.5}, failed=1.2))
    yield Case(check=check, status=FAIL, given=measured({"failed": 4.0}, failed=5.1))
    yield Case(check=check, status=WARN, given=measured(minutes=2, failed=20.0), says=("4.00%",))
    yield Case(check=check, status=FAIL, given=measured(minutes=3, failed=20.0))
    fresh = measured(NOTHING_STORED, failed=0.9)
    yield Case(check=check, status=PASS, given=fresh, says=("nothing stored of the week before",))
    yield Case(check=check, status=WARN, given=measured(NOTHING_STORED, failed=1.2))
    yield Case(check=check, status=FAIL, given=measured(NOTHING_STORED, failed=6.0))
    yield Case(check=check, status=FAIL, given=measured(minutes=1, healthy=0.0), says=("no healthy host in 1 of 10",))
    yield Case(check=check, status=UNKNOWN, given=measured(healthy=None), says=("tells of no host",))
    yield Case(check=check, status=WARN, given=measured(requests=None), says=("0 requests in 10 min", "too few"))
    yield Case(check=check, status=WARN, given=measured(requests=4.9), says=("49 requests",))
    yield Case(check=check, status=PASS, given=measured(requests=5.0))
    yield Case(check=check, status=FAIL, given=measured(requests=4.0, failed=4.0), says=("100.00% of 40",))
    elsewhere = measured(balancer_failed=50.0)
    yield Case(check=check, status=PASS, given=elsewhere, says=("0.00% of 1000",))  # of another environment
    own = measured(balancer_failed=50.0, unconnected=1.0)
    yield Case(check=check, status=FAIL, given=own, says=("33.33% of 1500",))
    gone = with_answer(healthy(), "elbv2", "describe_load_balancers", Missing("elbv2:load-balancer", "x"))
    yield Case(check=check, status=SKIP, given=gone, says=("blocked by",))


def latency_cases() -> Iterator[Case]:
    """The alarm's limit is 1 s: a quarter of it, 250 ms, is good in any case."""
    check = "roll.latency"
    yield Case(check=check, status=PASS, given=healthy(), says=("p95 280 ms, 280 ms a week before",))
    yield Case(check=check, status=PASS, given=measured({"p95": 0.05}, p95=0.25))
    yield Case(check=check, status=PASS, given=measured(p95=0.42))
    yield Case(check=check, status=WARN, given=measured(p95=0.43))
    yield Case(check=check, status=WARN, given=measured(p95=0.84))
    yield Case(check=check, status=FAIL, given=measured(p95=0.85), says=("p95 850 ms, 280 ms",))
    yield Case(check=check, status=FAIL, given=measured({"p95": 0.05}, p95=0.26))
    yield Case(check=check, status=PASS, given=measured({"p95": None}, p95=1.0), says=("nothing stored",))
    yield Case(check=check, status=WARN, given=measured({"p95": None}, p95=1.1), says=("expected 1000 ms",))
    yield Case(check=check, status=WARN, given=measured(p95=None, requests=None), says=("0 requests",))
    yield Case(check=check, status=WARN, given=measured(p95=9.0, requests=4.0), says=("40 requests",))


def used(**series: list[float]) -> Answers:
    """Percent, minute by minute."""

    def values(name: str, at: datetime) -> float | None:
        given_ = series.get(name, [CALM[name]] * 10)
        place = 10 - int((END - at) / timedelta(minutes=1))
        return given_[place] if 0 <= place < len(given_) else None

    return with_answer(healthy(), "cloudwatch", "get_metric_data", metric_data(values))


def usage_cases() -> Iterator[Case]:
    check = "roll.cpu-mem"
    yield Case(check=check, status=PASS, given=healthy(), says=("CPU 50 %, memory 35 %",))
    yield Case(check=check, status=WARN, given=used(cpu=[80.0] * 10), says=("CPU 80 %",))
    yield Case(check=check, status=WARN, given=used(memory=[81.0] * 10), says=("memory 81 %",))
    yield Case(check=check, status=PASS, given=used(cpu=[79.0] * 10))
    yield Case(check=check, status=FAIL, given=used(memory_peak=[50.0] * 9 + [95.1]), says=("95 % of its memory",))
    yield Case(check=check, status=PASS, given=used(memory_peak=[95.0] * 10))
    leak = [30.0 + number for number in range(10)]
    yield Case(check=check, status=WARN, given=used(memory=leak), says=("memory only grows: 30.0 to 39.0 %",))
    yield Case(check=check, status=PASS, given=used(memory=[*leak[:5], 30.0, *leak[5:9]]))
    yield Case(check=check, status=PASS, given=used(memory=[30.0 + number / 100 for number in range(10)]))
    yield Case(check=check, status=UNKNOWN, given=used(cpu=[]), says=("has no use of CPU",))


def said(now: dict[str, Any], before: dict[str, Any] | None = None) -> Answers:
    world = with_answer(healthy(), "logs", "start_query", lambda **asked: {"queryId": name_of(asked)})
    found = {"now": now, "before": before or log_rows()}
    return with_answer(world, "logs", "get_query_results", lambda **asked: found[asked["queryId"]])


def name_of(asked: dict[str, Any]) -> str:
    return "now" if asked["endTime"] > NOON.timestamp() - 3600 else "before"


def line(message: str, level: str = "error", **more: Any) -> str:
    return json.dumps({"level": level, "time": "2026-11-23T11:55:00Z", "msg": message, **more})


OLD = line("upstream 10.0.0.7 answered 502")
NEW = line("cannot read properties of undefined")


def log_cases() -> Iterator[Case]:
    check = "roll.log-errors"
    yield Case(check=check, status=PASS, given=healthy(), says=("0 error lines in 10 min",))
    usual = log_rows(line("upstream 10.0.0.9 answered 504"))
    yield Case(check=check, status=PASS, given=said(usual, log_rows(OLD)))
    yield Case(check=check, status=WARN, given=said(log_rows(NEW), log_rows(OLD)), says=("1 new kinds", "cannot read"))
    many = log_rows(*[NEW] * 51, scanned=1000)
    yield Case(check=check, status=FAIL, given=said(many), says=("more than 5% of 1000 lines",))
    few = log_rows(*[NEW] * 50, scanned=1000)
    yield Case(check=check, status=WARN, given=said(few))
    loud = log_rows(OLD, matched=21)
    yield Case(check=check, status=WARN, given=said(loud, log_rows(OLD)), says=("2.1 error lines a minute, 0.0",))
    yield Case(check=check, status=PASS, given=said(log_rows(OLD, matched=20), log_rows(OLD)))
    busy = log_rows(OLD, matched=300)  # five a minute
    yield Case(check=check, status=PASS, given=said(log_rows(OLD, matched=100), busy))
    for deadly in ("UnhandledPromiseRejection: x", "FATAL ERROR: JavaScript heap out of memory"):
        yield Case(check=check, status=FAIL, given=said(log_rows(deadly)), says=("1 lines tell of a process",))
    yield Case(check=check, status=FAIL, given=said(log_rows(line("bye", "fatal"))))
    for status in ("Failed", "Timeout", "Cancelled", "Unknown"):
        events = {"events": [{"message": OLD}, {"message": line("0 errors", "info")}]}
        given_ = with_answer(said(log_rows(status=status), log_rows(OLD)), "logs", "filter_log_events", events)
        yield Case(check=check, status=PASS, given=given_, says=("1 error lines",))
    plain = with_answer(healthy(), "logs", "start_query", Unsupported("not simulated"))
    plain = with_answer(plain, "logs", "filter_log_events", {"events": []})
    yield Case(check=check, status=PASS, given=plain)
    gone = with_answer(healthy(), "logs", "start_query", Missing("logs:resource", "x"))
    yield Case(check=check, status=SKIP, given=gone, says=("blocked by logs.group.exists",))


CASES = [*error_cases(), *latency_cases(), *usage_cases(), *log_cases()]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict_of_a_rollout_s_signals(case: Case) -> None:
    """Each series and each log in the table gets the verdict of the catalogue's row, and says why."""
    verdict, _ = judged(case)
    assert verdict.status == case.status, verdict.because
    assert [part for part in case.says if part not in verdict.because] == []


@pytest.mark.parametrize("check", sorted({case.check for case in CASES}))
def test_signal_needs_are_what_is_asked(check: str) -> None:
    """The permissions that a check declares are those of the calls it makes, no more and no fewer."""
    assert asked_by(check, CASES) == set(all_checks()[check].needs)


def test_two_checks_share_one_look_at_visitors() -> None:
    """Errors and latency are asked in the same two requests: now, and a week before."""
    asked = []
    for check in ("roll.5xx-rate", "roll.latency"):
        _, reader = judged(Case(check=check, status=PASS, given=healthy()))
        asked.append([given_ for _, operation, given_ in reader.asked if operation == "get_metric_data"])
    assert sorted(map(repr, asked[0])) == sorted(map(repr, asked[1]))
    assert len(asked[0]) == 2
    assert {given_["EndTime"] for given_ in asked[0]} == {END, END - timedelta(days=7)}


def test_what_the_log_says_is_masked() -> None:
    """Evidence has kinds of messages with their counts: no number, no address, no secret."""
    leaky = line("login of a@b.example failed: mongodb://u:hunter2@h/x token=abc123 id 4711")
    evidence = judged(Case(check="roll.log-errors", status=WARN, given=said(log_rows(leaky))))[0].evidence
    assert evidence["top"] == {"login of <e-mail> failed: <uri> <secret> id <n>": 1}


def test_the_query_looks_for_the_site_s_own_texts() -> None:
    """Slashes and dots of a text are letters, not parts of the expression."""
    text = query(("a/b.c",))
    assert r"/(?i)(a\/b\.c)/" in text
    site = site_with()
    _, reader = judged(Case(check="roll.log-errors", status=PASS, given=healthy(), site=site))
    asked = next(given_ for _, operation, given_ in reader.asked if operation == "start_query")
    assert all(part in asked["queryString"] for part in site.obs.error_patterns)


_COUNTS = st.floats(0, 1e6)


@st.composite
def minutes(draw: st.DrawFn) -> Minute:
    requests = draw(_COUNTS)
    return Minute(
        requests=requests,
        failed=draw(st.floats(0, requests)),
        balancer_failed=draw(_COUNTS),
        healthy=draw(st.none() | st.floats(0, 10)),
        unconnected=draw(st.sampled_from([0.0, 1.0])),
    )


@given(st.lists(minutes(), max_size=12))
def test_a_rate_is_a_share_or_nothing(found: list[Minute]) -> None:
    """From 0 to 1, and no rate at all exactly when nobody asked; never a division by zero."""
    traffic = Traffic(minutes=tuple(found))
    assert (traffic.rate is None) is (traffic.asked == 0)
    assert traffic.rate is None or 0 <= traffic.rate <= 1
    assert traffic.errors <= traffic.asked * 1.000001
    rates = [one.rate for one in found if one.rate is not None]
    if traffic.rate is not None and rates:
        assert min(rates) - 1e-9 <= traffic.rate <= max(rates) + 1e-9


@given(st.lists(minutes(), max_size=12), st.integers(0, 5))
def test_minutes_without_traffic_break_a_run(found: list[Minute], empty: int) -> None:
    """A run of bad minutes is counted on end; silence ends it."""
    quiet = [Minute(healthy=2.0)] * empty
    before, after = Traffic(minutes=tuple(found)), Traffic(minutes=(*found, *quiet, *found))
    longest = before.longest(lambda _: True)
    assert longest <= len(found)
    assert after.longest(lambda _: True) >= longest
    if empty:
        assert after.longest(lambda _: True) == longest


@given(st.lists(st.floats(0, 100), max_size=12))
def test_growth_never_steps_back(values: list[float]) -> None:
    """What grows ends at least two points above its beginning, and is sorted."""
    if grows(values):
        assert values == sorted(values)
        assert values[-1] - values[0] >= 2
    assert not grows(values[:4])


def test_a_window_is_whole_minutes_that_are_over() -> None:
    """The running minute and the one before it are left out."""
    window = Window.before(NOON + timedelta(seconds=42), 10)
    assert (window.start, window.end) == (NOON - timedelta(minutes=11), NOON - timedelta(minutes=1))
    assert len(window.minutes) == 10
    assert window.earlier(timedelta(days=7)).end == window.end - timedelta(days=7)
