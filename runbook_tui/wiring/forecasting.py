"""Asks IAM, before the first step, which steps of a runbook the operator may do."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final
from urllib.request import ProxyHandler, build_opener

from runbook_tui.aws.errors import AwsProblem
from runbook_tui.core.forecast import Forecast, May
from runbook_tui.core.problems import Problem
from runbook_tui.core.runbook import Runbook

if TYPE_CHECKING:
    from runbook_tui.aws.access import Aws
    from runbook_tui.aws.facts.permission import Answer, Principal
    from runbook_tui.catalogue.operator_policy import Grant
    from runbook_tui.wiring.kit import Kit

_AT_ONCE: Final = 50  # actions a request
_UNASKED: Final = "this simulated AWS asks no policies"
_TIMEOUT_S: Final = 2.0


def forecast(kit: "Kit", runbook: Runbook, environment: str) -> tuple[Forecast, ...]:
    """One for each step. Where IAM cannot be asked every step is unknown, and says why."""
    from runbook_tui.catalogue.operator_policy import needed_by

    steps = {step.id: needed_by(step, kit.checks.registry) for step in runbook.steps}
    try:
        if kit.site.simulated and not _policies_are_asked(kit.checks.connection().session.endpoint_url):
            return tuple(Forecast(step=step, may=May.YES, why=_UNASKED) for step in steps)
        answers = _asked(kit, {action for needed in steps.values() for action in needed}, environment)
    except (AwsProblem, Problem) as problem:
        return tuple(Forecast(step=step, may=May.UNKNOWN, why=problem.what) for step in steps)
    return tuple(_forecast(step, needed, answers) for step, needed in steps.items())


def _policies_are_asked(endpoint_url: str | None) -> bool:
    """By a simulated AWS. One that is no simulator of ours is taken for one that does."""
    opener = build_opener(ProxyHandler({}))  # loopback is never asked through a proxy
    try:
        with opener.open(f"{endpoint_url}/_sim/policies", timeout=_TIMEOUT_S) as answer:
            return bool(json.load(answer)["enforced"])
    except (OSError, ValueError, KeyError, TypeError):
        return True


def _forecast(step: str, needed: Sequence[str], answers: Mapping[str, tuple["Answer", ...]]) -> Forecast:
    from runbook_tui.aws.facts.policy import Decision

    judged = {action: answers.get(action, ()) for action in needed}
    known = (Decision.ALLOWED, Decision.CONDITIONAL)
    missing = tuple(action for action, found in judged.items() if any(one.decision not in known for one in found))
    if missing:
        return Forecast(step=step, may=May.NO, missing=missing)
    open_ = tuple(action for action, found in judged.items() if not found or not all(one.allowed for one in found))
    if open_:
        return Forecast(step=step, may=May.UNKNOWN, why=f"IAM could not decide on {', '.join(open_[:3])}")
    return Forecast(step=step, may=May.YES)


def _asked(kit: "Kit", actions: set[str], environment: str) -> dict[str, tuple["Answer", ...]]:
    """The answers of each action, on every thing that it is for."""
    from runbook_tui.catalogue.operator_policy import grant

    aws = kit.checks.connection().apart()
    principal = _principal(aws)
    groups: dict[Grant, list[str]] = {}
    for action in sorted(actions):
        groups.setdefault(grant(action, kit.site, (environment,)), []).append(action)
    found: dict[str, tuple[Answer, ...]] = {}
    for on, wanted in groups.items():
        context = {key: [value] for words in on.condition.values() for key, value in words.items()}
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            for answer in aws.permission.ask(principal, some, _real(on.resources), context):
                found[answer.action] = (*found.get(answer.action, ()), answer)
    return found


def _real(patterns: Sequence[str]) -> tuple[str, ...]:
    """Things that the patterns mean: IAM judges no patterns."""
    return tuple(one if one == "*" else one.replace("??????", "AAAAAA").replace("/*", "/x") for one in patterns)


def _principal(aws: "Aws") -> "Principal":
    """Whom IAM can simulate. AwsProblem or RefusedProblem where it cannot."""
    from runbook_tui.aws.facts.identity import PrincipalKind
    from runbook_tui.aws.facts.permission import Principal
    from runbook_tui.core.problems import RefusedProblem

    caller = aws.identity.caller()
    match caller.kind:
        case PrincipalKind.USER:
            return Principal(name=caller.arn.rpartition("/")[2], arn=caller.arn)
        case PrincipalKind.ASSUMED_ROLE:
            return Principal.of_role(aws.iam.role(caller.role, "iam:role"), "iam:role")
        case PrincipalKind.ROOT | PrincipalKind.FEDERATED_USER | PrincipalKind.OTHER:
            raise RefusedProblem(f"IAM cannot simulate a {caller.kind.value}", "sign in with the operator's role")
