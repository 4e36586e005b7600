"""What EventBridge says of the rules on the account's own bus."""

from typing import Final

from runbook_tui.aws.access import Reader
from runbook_tui.aws.facts.border import Fact, missing_is
from runbook_tui.aws.facts.listing import listed

RULE: Final = "events:rule"


class Rule(Fact, frozen=True, kw_only=True):
    """``event_pattern`` is JSON, empty for a rule with a schedule alone."""

    name: str
    arn: str = ""
    state: str = ""
    event_pattern: str = ""
    schedule_expression: str = ""
    description: str = ""

    @property
    def enabled(self) -> bool:
        return self.state.startswith("ENABLED")


class _Target(Fact, frozen=True, kw_only=True):
    arn: str


class EventsFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def rules(self, name: str = "") -> tuple[Rule, ...]:
        """Every rule, or the one of exactly this name."""
        narrowed = {"NamePrefix": name} if name else {}
        found = listed(self._reader.read("events", "list_rules", **narrowed), "Rules", Rule)
        return tuple(rule for rule in found if not name or rule.name == name)

    def targets(self, rule: str) -> tuple[str, ...]:
        """ARNs. Missing ``events:rule``."""
        with missing_is(RULE, rule):
            answer = self._reader.read("events", "list_targets_by_rule", Rule=rule)
        return tuple(one.arn for one in listed(answer, "Targets", _Target))
