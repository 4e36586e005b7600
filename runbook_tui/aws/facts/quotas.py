"""What Service Quotas says of the account. Each method is one API request, made once a sweep."""

from typing import Final

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.border import Fact, missing_is, parse
from runbook_tui.aws.facts.listing import listed

QUOTA: Final = "service-quotas:quota"


class Quota(Fact, frozen=True, kw_only=True):
    """``value`` is what holds for the account now, the default or what was granted."""

    quota_name: str
    value: float
    quota_code: str = ""


class Request(Fact, frozen=True, kw_only=True):
    """``status``: PENDING, CASE_OPENED, APPROVED, DENIED, CASE_CLOSED, NOT_APPROVED or INVALID_REQUEST."""

    status: str
    desired_value: float

    @property
    def open(self) -> bool:
        return self.status in ("PENDING", "CASE_OPENED")


class QuotaFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def quota(self, service: str, code: str, name: str) -> Quota:
        """By its code, and where AWS does not know that one, by its name. Missing ``service-quotas:quota``."""
        try:
            answer = self._reader.read("service-quotas", "get_service_quota", ServiceCode=service, QuotaCode=code)
        except Missing:
            return self._named(service, name)
        return parse(answer.get("Quota"), Quota)

    def requests(self, service: str, code: str) -> tuple[Request, ...]:
        """What was asked for, of this one quota."""
        operation = "list_requested_service_quota_change_history_by_quota"
        answer = self._reader.read("service-quotas", operation, ServiceCode=service, QuotaCode=code)
        return listed(answer, "RequestedQuotas", Request)

    def _named(self, service: str, name: str) -> Quota:
        with missing_is(QUOTA, name):
            answer = self._reader.read("service-quotas", "list_service_quotas", ServiceCode=service)
        found = next((one for one in listed(answer, "Quotas", Quota) if one.quota_name == name), None)
        if found is None:
            raise Missing(QUOTA, name, remedy="look at the account's quotas in the console")
        return found
