"""What checks of permissions have in common: answers that leave a doubt, and how answers are told."""

from collections.abc import Iterable, Sequence
from typing import Any

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.iam import TASK_ROLE
from runbook_tui.aws.facts.permission import Answer, Principal
from runbook_tui.aws.facts.policy import Decision
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, unknown


def role_named(aws: Aws, name: str, kind: str) -> Principal:
    return Principal.of_role(aws.iam.role(name, kind), kind)


def task_role(aws: Aws, site: Site, env: Environment) -> Principal:
    return role_named(aws, site.iam.task_role_of(env.name), TASK_ROLE)


def undecided(answers: Iterable[Answer]) -> Verdict | None:
    """UNKNOWN when one of them depends on what only a real request tells."""
    open_ones = [one for one in answers if one.decision is Decision.CONDITIONAL]
    if not open_ones:
        return None
    keys = sorted({key for one in open_ones for key in one.keys})
    actions = sorted({one.action for one in open_ones})
    because = f"{', '.join(actions)} depends on {', '.join(keys) or 'conditions'}"
    return unknown(Cause.UNDECIDED, because, "look at the conditions of the policies", keys=keys, actions=actions)


def denied(answers: Iterable[Answer]) -> list[Answer]:
    """Those that no request can change."""
    return [one for one in answers if one.decision in (Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY)]


def some(answers: Sequence[Answer]) -> str:
    """``ecr:BatchGetImage on repository/asharvi``."""
    told = dict.fromkeys(told_of(one) for one in answers)
    return ", ".join(told)


def told_of(one: Answer) -> str:
    return one.action if one.resource == "*" else f"{one.action} on {one.resource.split(':', 5)[-1]}"


def decisions(answers: Iterable[Answer]) -> dict[str, Any]:
    """For evidence: each decision, the policies that matched, and whether IAM itself decided."""
    found = list(answers)
    return {
        "decisions": {told_of(one): one.decision.value for one in found},
        "policies": sorted({each.source_policy_id for one in found for each in one.matched if each.source_policy_id}),
        "evaluation": how(found),
    }


def how(answers: Iterable[Answer]) -> str:
    return "static" if any(one.static for one in answers) else "simulated"


def marked(because: str, answers: Iterable[Answer]) -> str:
    """Says so when IAM itself was not asked."""
    return f"{because} (static: the endpoint cannot simulate policies)" if how(answers) == "static" else because
