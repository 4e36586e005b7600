"""Which IAM actions a plan needs: those of its calls and of its undo, and what AWS asks besides."""

from collections.abc import Iterable, Iterator
from typing import Final

from runbook_tui.aws.besides import PASS_ROLE, besides
from runbook_tui.aws.operations import iam_action
from runbook_tui.core.plan import ApiCall, readings

_TAGS: Final = frozenset({"Tags", "tags", "TagsList", "ResourceTags", "TagSpecifications"})


def needed(calls: Iterable[ApiCall]) -> tuple[str, ...]:
    """Each once, in the order of the calls."""
    return tuple(dict.fromkeys(action for call in calls for action in _of(call)))


def _of(call: ApiCall) -> Iterator[str]:
    yield from (iam_action(one.service, one.operation) for one in readings(call.parameters))
    yield iam_action(call.service, call.operation)
    if (call.service, call.operation) == ("ecs", "update_service") and "taskDefinition" in call.parameters:
        yield PASS_ROLE
    yield from besides(call.service, call.operation, tagged=bool(_TAGS & call.parameters.keys()))
    if call.ready is not None:
        yield iam_action(call.service, call.ready.operation)
    for back in call.undo:
        yield from _of(back)
