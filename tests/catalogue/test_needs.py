"""What checks ask of AWS, beside what they say they need; and the printed policy, action by action."""

import json
from collections.abc import Iterator, Mapping

import pytest

from runbook_tui.catalogue.permissions import ALWAYS, policy
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.verdict import Cause, Status
from runbook_tui.simulator.world import ON_CALL_ROLE
from tests.mutations.contract import all_rows
from tests.support.forks import Forks, forks
from tests.support.other_worlds import OTHER_WORLDS
from tests.support.standing import Standing

# What no sweep asks is asked by its own tests: ninety days of metrics take a second each time.
CHECKS = {name: check for name, check in all_checks().items() if not check.on_request}
# Where a denial is an answer: the region's zones show well enough that it is enabled.
BEARABLE = {("pre.region", "account:GetRegionOptStatus")}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def healthy() -> Iterator[Forks]:
    with forks() as ready:
        yield ready


def _asked(world: Standing, change: tuple[str, int | str] | None = None) -> Mapping[str, frozenset[str]]:
    """By name; of all checks in the healthy world, of one check after a change: the title of a row of its own, or the
    number of another world."""
    if change is None:
        return {name: found.asked for name, found in world.each_alone().items()}
    check, which = change
    (all_rows()[which].change if isinstance(which, str) else OTHER_WORLDS[check][which])(world)
    names = {check, *(f"{check}@{environment}" for environment in world.site.environments)}
    return {name: found.asked for name, found in world.each_alone(names).items()}


def _by_check(asked: Mapping[str, frozenset[str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, actions in asked.items():
        found.setdefault(name.partition("@")[0], set()).update(actions)
    return found


def _changes(check: str) -> list[tuple[str, int | str]]:
    rows = [title for title, row in all_rows().items() if row.check == check and row.scenario == "healthy"]
    return [(check, which) for which in (*rows, *range(len(OTHER_WORLDS.get(check, ()))))]


def test_every_check_asks_for_what_it_says_it_needs(healthy: Forks) -> None:
    """In the healthy world, in those of its own mutations and in others that are as good: exactly that, in all."""
    asked = _by_check(healthy.ask(_asked))
    for name, check in CHECKS.items():
        for change in _changes(name):
            if not set(check.needs) <= asked[name]:
                asked[name] |= _by_check(healthy.ask(_asked, change))[name]
    assert {
        name: sorted({*check.needs} ^ asked[name]) for name, check in CHECKS.items() if {*check.needs} ^ asked[name]
    } == {}


def _grant(world: Standing, without: str = "") -> None:
    """The operator has the printed policy, or all of it but one action, and AWS looks at it."""
    place = {"RoleName": ON_CALL_ROLE}
    for name in world.world.call("iam", "ListRolePolicies", **place)["PolicyNames"]:
        world.world.call("iam", "DeleteRolePolicy", **place, PolicyName=name)
    for number, document in enumerate(policy(CHECKS.values(), world.site)):
        kept = [
            {**statement, "Action": actions}
            for statement in document["Statement"]
            if (actions := [action for action in statement["Action"] if action != without])
        ]
        if not kept:  # IAM takes no policy without a statement
            continue
        text = json.dumps({**document, "Statement": kept})
        world.world.call("iam", "PutRolePolicy", **place, PolicyName=f"part-{number}", PolicyDocument=text)
    world.world.enforce = True


def _with_all(world: Standing) -> tuple[dict[str, str], list[str]]:
    """What changed, and what was refused."""
    before = len(tuple(world.world.trail))
    _grant(world)
    found = world.sweep()
    changed = {
        name: each.verdict.because
        for name, each in found.items()
        if each.verdict.status is not world.healthy[name].verdict.status
    }
    denied = [each.operation for each in tuple(world.world.trail)[before:] if "Denied" in each.error]
    return changed, denied


def test_with_the_printed_policy_nothing_is_denied(healthy: Forks) -> None:
    """Every verdict is what it is for an operator who may do everything."""
    assert healthy.ask(_with_all) == ({}, [])


def _without_each(world: Standing) -> dict[str, list[str]]:
    """By action: checks that ask for it and are not told apart by its denial."""
    asked = {name: found.asked for name, found in world.each_alone().items()}
    actions = sorted({action for needs in asked.values() for action in needs} - {*ALWAYS})
    wrong: dict[str, list[str]] = {}
    for action in actions:
        _grant(world, without=action)
        askers = [name for name, needs in asked.items() if action in needs]
        for name, found in world.each_alone(askers).items():
            verdict = found.verdict
            told = verdict.status is Status.UNKNOWN and verdict.cause is Cause.DENIED and action in verdict.because
            if not told and (name.partition("@")[0], action) not in BEARABLE:
                wrong.setdefault(action, []).append(f"{name}: {verdict.status} {verdict.because}")
    return wrong


def test_without_one_action_those_who_ask_for_it_are_unknown(healthy: Forks) -> None:
    """Each names the action that is missing; a check that does not ask for it cannot tell the difference."""
    assert healthy.ask(_without_each) == {}
