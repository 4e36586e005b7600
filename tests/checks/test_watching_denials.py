"""A call that is refused, or an answer that is broken, leaves a check of guide section 8 undecided."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_tui.aws.errors import Throttled
from runbook_tui.aws.operations import iam_action
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.verdict import Cause, Status
from tests.support import raw_cloudwatch as raw
from tests.support.backend import Case, judged
from tests.support.facts import Answers, with_answer, without
from tests.support.in_turn import in_turn
from tests.support.mutation import mutated
from tests.support.watched import WATCHED, healthy, streams

_FAMILIES = ("alarm.", "dash.", "sns.", "trace.", "logs.")
CHECKS = sorted(name for name in all_checks() if name.startswith(_FAMILIES))


def world() -> Answers:
    """Healthy, and such that every call is needed: the topic has a key, and log streams tell their events late."""
    topic = raw.topic(KmsMasterKeyId="alias/alerts")
    late = {**healthy(), ("sns", "get_topic_attributes"): topic, ("logs", "describe_log_streams"): streams(40)}
    return with_answer(late, "logs", "filter_log_events", {"events": [{"timestamp": 1_795_400_000_000}]})


def told(check: str, given: Answers, environment: str = "prod") -> Any:
    case = Case(check=check, status=Status.UNKNOWN, given=given, site=WATCHED, environment=environment)
    return judged(case)


def requests() -> list[tuple[str, str, str]]:
    """Every check with every operation that it asks."""
    found = []
    for check in CHECKS:
        _, reader = told(check, world())
        found += sorted({(check, service, operation) for service, operation, _ in reader.asked})
    return found


REQUESTS = requests()


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_a_watched_backend_passes(check: str, environment: str) -> None:
    """What the guide's section 8 asks for passes every check of it, with evidence and a reason."""
    verdict, _ = told(check, {**healthy(), ("cloudwatch", "get_dashboard"): _both}, environment)
    assert verdict.status == Status.PASS, verdict.because
    assert verdict.because
    assert verdict.evidence


def _both(**asked: Any) -> Mapping[str, Any]:
    env = WATCHED.environment(asked["DashboardName"].rpartition("-")[2])
    return {"DashboardBody": raw.body(env, raw.widget([WATCHED.obs.metric_namespace, "Orders"]))}


@pytest.mark.parametrize(("check", "service", "operation"), REQUESTS)
def test_a_refused_call_leaves_it_undecided(check: str, service: str, operation: str) -> None:
    """Without one permission the verdict is UNKNOWN and names it: no pass on half the evidence, no false alarm."""
    verdict, _ = told(check, without(world(), service, operation))
    assert (verdict.status, verdict.cause) == (Status.UNKNOWN, Cause.DENIED)
    assert iam_action(service, operation) in verdict.because


@pytest.mark.parametrize(("check", "service", "operation"), REQUESTS)
def test_a_throttled_call_leaves_it_undecided(check: str, service: str, operation: str) -> None:
    """Too many requests decide nothing."""
    verdict, _ = told(check, with_answer(world(), service, operation, Throttled("too many requests")))
    assert (verdict.status, verdict.cause) == (Status.UNKNOWN, Cause.THROTTLED)


@pytest.mark.parametrize(("check", "service", "operation"), REQUESTS)
def test_an_answer_without_its_content_decides_nothing(check: str, service: str, operation: str) -> None:
    """An answer that lacks its list was not read: nothing passes on it, and nothing is called absent."""
    verdict, _ = told(check, with_answer(world(), service, operation, {}))
    assert (verdict.status, verdict.cause) == (Status.UNKNOWN, Cause.MALFORMED), verdict.because


def test_checks_of_guide_section_8_share_their_requests() -> None:
    """Alarms are listed once for all who judge them, and their changes once for both environments."""
    asked = set()
    for check in CHECKS:
        for environment in ("staging", "prod"):
            _, reader = told(check, world(), environment)
            asked |= {(operation, repr(sorted(given.items()))) for _, operation, given in reader.asked}
    operations = [operation for operation, _ in asked]
    once = ("describe_alarms", "describe_alarm_history", "list_topics", "get_topic_attributes", "list_metrics")
    assert [operations.count(one) for one in once] == [1] * len(once)


@given(st.data())
def test_no_shape_of_an_answer_breaks_a_check(data: st.DataObject) -> None:
    """Whatever AWS answers, a check decides or says what it cannot read; it never breaks."""
    check, service, operation = data.draw(st.sampled_from(REQUESTS))
    whole = world()[service, operation]
    assert not isinstance(whole, Exception)

    def broken(**parameters: Any) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = data.draw(mutated(whole(**parameters) if callable(whole) else whole))
        return answer

    with in_turn():
        verdict, _ = told(check, with_answer(world(), service, operation, broken))
    assert verdict.cause is not Cause.ERROR, verdict.because
    msgspec.json.encode(verdict)
