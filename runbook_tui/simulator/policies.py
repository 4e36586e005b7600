"""What IAM policies allow: Deny wins, names are globs, a boundary only limits. What it cannot judge it refuses."""

from collections.abc import Mapping, Sequence
from typing import Any

from runbook_tui.simulator.iam.context import Given
from runbook_tui.simulator.iam.documents import policy_of
from runbook_tui.simulator.iam.evaluate import Asked, Decision, Judgement, Set, evaluate

__all__ = ["Decision", "Judgement", "judge"]


def judge(
    policies: Sequence[Mapping[str, Any]],
    boundary: Mapping[str, Any] | None,
    *,
    action: str,
    resource: str,
    context: Mapping[str, Sequence[str]],
) -> Judgement:
    """What plain documents allow. Raises Refused for conditions that are not known here."""
    counted = Set(
        identity=[policy_of(each) for each in policies],
        boundary=[policy_of(boundary)] if boundary is not None else None,
    )
    return evaluate(counted, Asked(action=action, resource=resource, context=Given(context)))
