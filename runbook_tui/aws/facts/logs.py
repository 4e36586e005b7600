"""What CloudWatch Logs says about the site's log groups. One API request a group, made once a sweep."""

from typing import Any, Final, Self

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.border import LowerFact, parse
from runbook_tui.aws.facts.listing import listed

LOG_GROUP: Final = "logs:log-group"


class LogGroup(LowerFact, frozen=True, kw_only=True):
    """``retention_in_days`` is None for a group that keeps everything for ever."""

    log_group_name: str
    retention_in_days: int | None = None
    log_group_class: str = "STANDARD"
    stored_bytes: int = 0
    kms_key_id: str = ""
    arn: str = ""

    @classmethod
    def from_api(cls, raw: Any) -> Self:
        return parse(raw, cls)


class LogsFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def find(self, name: str) -> LogGroup | None:
        """The group of exactly this name: AWS answers every group whose name begins with it."""
        answer = self._reader.read("logs", "describe_log_groups", logGroupNamePrefix=name)
        groups = listed(answer, "logGroups", LogGroup)
        return next((group for group in groups if group.log_group_name == name), None)

    def group(self, name: str) -> LogGroup:
        """Missing ``logs:log-group``."""
        found = self.find(name)
        if found is None:
            remedy = "create the log group, or correct the environment's log_group in the site file"
            raise Missing(LOG_GROUP, name, remedy=remedy)
        return found
