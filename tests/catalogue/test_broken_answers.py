"""What any check says when an answer of AWS is broken: the whole catalogue, on the answers of the healthy world."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.problems import SignInExpired
from runbook_tui.core.verdict import Cause, Status, Verdict
from runbook_tui.simulator.clock import Clock
from runbook_tui.simulator.server import Simulator
from tests.support.mutation import mutated
from tests.support.recorded import Job, Key, Recording, recording

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

# Members that AWS documents as optional: their absence is an answer.
OPTIONAL: Final = {
    ("cloudtrail", "get_trail_status", "LatestDeliveryTime"): "given since the first delivery",
    ("ecs", "describe_clusters", "failures"): "what was found stands in clusters",
    ("ecs", "describe_services", "failures"): "what was found stands in services",
    ("ecs", "describe_service_deployments", "failures"): "what was found stands in serviceDeployments",
    ("secretsmanager", "describe_secret", "Description"): "a secret may have none, which is a finding",
    ("secretsmanager", "describe_secret", "Tags"): "a secret may have none, which is a finding",
    ("secretsmanager", "describe_secret", "LastChangedDate"): "given since the first change",
    ("secretsmanager", "describe_secret", "VersionIdsToStages"): "a secret may have no version",
    ("sts", "get_caller_identity", "UserId"): "told, never judged",
}


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    with Simulator(clock=Clock(speed=0)) as simulator:
        yield recording(simulator, tmp_path_factory.mktemp("state"))


def families() -> list[str]:
    return sorted({name.partition(".")[0] for name, check in all_checks().items() if not check.on_request})


def requests(healthy: Recording, family: str) -> Iterator[tuple[Job, Key]]:
    """Every request of every check of a family, in both environments."""
    for job, asked in healthy.said.items():
        if job[0].partition(".")[0] == family:
            yield from ((job, key) for key in asked.keys if isinstance(healthy.answers[key], Mapping))


def told(healthy: Recording, job: Job, broken: Mapping[Key, Mapping[str, Any]]) -> Verdict | None:
    """None when it stops the run to ask for a sign-in."""
    try:
        return healthy.again(job, broken)
    except SignInExpired:
        return None


def test_the_recording_says_what_was_said(healthy: Recording) -> None:
    """Unbroken, each answer leads to the same verdict again: whatever differs later comes of what was broken.

    What reads no AWS at all looks at this machine, whose disk may fill up meanwhile.
    """
    read = {job: asked.verdict for job, asked in healthy.said.items() if asked.keys}
    assert [job for job, verdict in read.items() if healthy.again(job, {}) != verdict] == []
    assert sum(asked.verdict.status is Status.PASS for asked in healthy.said.values()) >= 150


@pytest.mark.parametrize("family", families())
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_no_broken_answer_breaks_a_check(healthy: Recording, family: str, data: st.DataObject) -> None:
    """Each answer in turn, cut or changed in one to three places: the check decides, or says what it cannot read."""
    for job, key in requests(healthy, family):
        answer = data.draw(mutated(without_metadata(healthy.answers[key])))
        verdict = told(healthy, job, {key: answer})
        assert verdict is None or verdict.cause is not Cause.ERROR, (job, key, verdict)
        msgspec.json.encode(verdict)


@pytest.mark.parametrize("family", families())
def test_half_an_answer_breaks_no_check(healthy: Recording, family: str) -> None:
    """Every list of an answer cut in the middle, every text halved, nothing where something was."""
    cuts: tuple[Callable[[Any], Any], ...] = (halved_lists, halved_texts, emptied)
    wrong = [
        (job, key[:2], verdict.because)
        for job, key in requests(healthy, family)
        for cut in cuts
        if (verdict := told(healthy, job, {key: cut(without_metadata(healthy.answers[key]))})) is not None
        and verdict.cause is Cause.ERROR
    ]
    assert wrong == []


def test_nothing_passes_on_a_member_that_is_not_there(healthy: Recording) -> None:
    """A member that a check reads is needed: it reads one when a strange value there keeps it from passing. Without a
    needed member nothing passes, but for those whose absence AWS documents."""
    wrong = {
        (*key[:2], member, job[0])
        for job, key, member, answer in members_of_passes(healthy)
        if (*key[:2], member) not in OPTIONAL
        and passes(told(healthy, job, {key: lacking(answer, member)}))
        and not passes(told(healthy, job, {key: {**answer, member: strange(answer[member])}}))
    }
    assert sorted(wrong) == []


def test_the_optional_members_are_asked_for(healthy: Recording) -> None:
    """None stands in the list that no answer has."""
    known = {(*key[:2], member) for _, key, member, _ in members_of_passes(healthy)}
    assert OPTIONAL.keys() - known == set()


def test_without_any_answer_nothing_passes(healthy: Recording) -> None:
    """An answer without any content at all was not read."""
    wrong = [
        (job, key[:2])
        for job, asked in healthy.said.items()
        for key in asked.keys
        if passes(asked.verdict) and isinstance(healthy.answers[key], Mapping) and passes(told(healthy, job, {key: {}}))
    ]
    assert wrong == []


def members_of_passes(healthy: Recording) -> Iterator[tuple[Job, Key, str, Mapping[str, Any]]]:
    """Each member of each answer that led to a PASS."""
    for job, asked in healthy.said.items():
        for key in asked.keys if passes(asked.verdict) else ():
            answer = healthy.answers[key]
            if isinstance(answer, Mapping):
                yield from ((job, key, member, answer) for member in answer if member != "ResponseMetadata")


def passes(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.status is Status.PASS


def without_metadata(answer: Any) -> dict[str, Any]:
    return lacking(answer, "ResponseMetadata")


def lacking(answer: Mapping[str, Any], member: str) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != member}


def strange(value: Any) -> Any:
    return {"x": 1} if isinstance(value, int | float) else 7


def halved_lists(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: halved_lists(one) for name, one in value.items()}
    return [halved_lists(one) for one in value[: len(value) // 2]] if isinstance(value, list) else value


def halved_texts(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: halved_texts(one) for name, one in value.items()}
    if isinstance(value, list):
        return [halved_texts(one) for one in value]
    return value[: len(value) // 2] if isinstance(value, str | bytes) else value


def emptied(value: Any) -> Any:
    """Types as they were, and nothing in them."""
    if isinstance(value, Mapping):
        return {name: emptied(one) for name, one in value.items()}
    return type(value)() if isinstance(value, list | str | bytes | int | float) else value
