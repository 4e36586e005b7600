"""A resource's own policy without what opens it to the outside."""

import json
from collections.abc import Collection
from typing import Any

from runbook_tui.aws.facts.policy_document import read_document
from runbook_tui.aws.facts.resource_policy import Reach, openings


def without_openings(text: str | None, account: str, reaches: Collection[Reach]) -> tuple[list[Any], list[Any]]:
    """Statements of the policy as they were recorded: those that stay, and those that open it so far."""
    if not text:
        return [], []
    given = json.loads(text)["Statement"]
    statements = given if isinstance(given, list) else [given]
    open_ones = [one for one in statements if _opens(one, account, reaches)]
    return [one for one in statements if one not in open_ones], open_ones


def _opens(statement: Any, account: str, reaches: Collection[Reach]) -> bool:
    found = openings(read_document({"Statement": [statement]}), account)
    return any(one.reach in reaches for one in found)
