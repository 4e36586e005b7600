"""Every trouble that the simulator knows, and what triage names first."""

from collections.abc import Iterator

import pytest

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.simulator import scenarios
from runbook_tui.simulator.registry import FAULTS
from runbook_tui.triage.diagnosis import Diagnosis, Outcome
from runbook_tui.triage.looked_at import CHECKS
from runbook_tui.triage.parts import NEEDS
from runbook_tui.triage.rule import all_rules
from tests.support.forks import Forks, forks
from tests.support.triaging import ANEW, COSTS, TALE, asked_by_triage, blinded, triaged
from tests.support.trouble import CASES, Case, rank

RULES = all_rules()

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]


@pytest.fixture(scope="module")
def worlds() -> Iterator[Forks]:
    with forks() as ready:
        yield ready


def _told(found: Diagnosis) -> str:
    return ", ".join(f"{one.rule} {one.confidence}" for one in found.causes)


@pytest.mark.parametrize("case", CASES.cases, ids=lambda case: case.title)
def test_the_true_cause_is_named_where_it_was_before(worlds: Forks, case: Case) -> None:
    """At its recorded rank or better; when it is better, docs/triage-cases.yaml follows."""
    found = worlds.ask(triaged, case.faults, case.after)
    assert rank(case.truth, [one.rule for one in found.causes]) == case.rank, _told(found)
    assert all(one.confidence <= 0.99 and one.signs for one in found.causes)


@pytest.mark.parametrize("case", CASES.calm, ids=lambda case: case.title)
def test_where_nothing_is_wrong_nothing_is_blamed(worlds: Forks, case: Case) -> None:
    """Deployments, growth, what is over and what prod does not feel raise no cause of 0.5 or more."""
    found = worlds.ask(triaged, case.faults, case.after)
    assert [one.rule for one in found.causes if one.likely] == [], _told(found)
    assert found.outcome is Outcome.NOTHING


@pytest.mark.parametrize("fault", CASES.blind)
def test_what_cannot_be_seen_is_said_and_blames_nobody(worlds: Forks, fault: str) -> None:
    """Denied, throttled, broken: the parts are named, and no cause rests on what was not seen."""
    found = worlds.ask(triaged, [fault], 20.0)
    assert [one.rule for one in found.causes if one.likely] == [], _told(found)
    assert found.unseen
    assert all(one.why for one in found.unseen)


@pytest.mark.parametrize(
    "faults", [["bad-image"], ["crash-loop"], ["sg-port-closed"], ["db-blackholed"], ["traffic-spike"]]
)
def test_whatever_part_is_unseen_nobody_is_blamed_for_it(worlds: Forks, faults: list[str]) -> None:
    """No cause becomes surer or new and likely; what rests on the part says so; and nothing is called well."""
    found = worlds.ask(blinded, faults, 420.0)
    whole = {one.rule: one for one in found.pop("").causes}
    for part, told in found.items():
        assert f"denied: {part}" in [one.why for one in told.unseen]
        assert told.outcome is not Outcome.NOTHING, part
        for one in told.causes:
            assert one.confidence <= whole[one.rule].confidence if one.rule in whole else not one.likely, (part, one)
            if one.rule in RULES and part in RULES[one.rule].sees:
                assert any(f"denied: {part}" in each.text for each in one.against)


def test_triage_asks_what_its_policy_allows(worlds: Forks) -> None:
    """The policy that ``permissions --triage`` prints: no action is missing in it."""
    checks = all_checks()
    allowed = {*NEEDS, *(action for name in CHECKS for action in checks[name].needs)}
    assert worlds.ask(asked_by_triage) - allowed <= {"sts:GetCallerIdentity"}


def test_two_troubles_at_once_are_both_listed(worlds: Forks) -> None:
    """The one upstream comes first: a name that leads elsewhere, before tasks that do not start."""
    found = worlds.ask(triaged, ["dns-wrong-target", "log-group-missing", "redeploy"], 300.0)
    assert [one.rule for one in found.causes if one.likely] == ["T5a", "T3m"]


def test_every_trouble_of_the_simulator_has_a_case() -> None:
    """Each fault and each scenario is played, or stands among those that triage cannot see."""
    played = {name for case in (*CASES.cases, *CASES.calm) for name in case.faults} | {*CASES.blind, *CASES.apart}
    words = {name.partition(":")[0] for name in played if not name.startswith(TALE)}
    tales = {name.removeprefix(TALE) for name in played if name.startswith(TALE)}
    assert words - {ANEW, COSTS} == set(FAULTS)
    assert tales == {tale.name for tale in scenarios.tales()}


def test_nine_of_ten_are_named_first_and_all_among_three() -> None:
    """What the documentation promises of the table."""
    ranks = [case.rank for case in CASES.cases]
    assert sum(one == 1 for one in ranks) >= 0.9 * len(ranks)
    assert max(ranks) <= 3
