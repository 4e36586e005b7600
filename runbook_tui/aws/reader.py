"""Reads AWS for a sweep of checks: each question once, however many ask it, and whole."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from runbook_tui.aws.calls import Call
from runbook_tui.aws.flights import Flights
from runbook_tui.aws.operations import iam_action
from runbook_tui.aws.pages import Page, read_whole
from runbook_tui.aws.session import Session
from runbook_tui.core.events import World

# Answers that hold secret values: whoever waits for one shares it, and nobody keeps it.
# And states of work that AWS has under way: who waits for it asks again.
NEVER_KEPT: Final = frozenset(
    {
        ("secretsmanager", "get_secret_value"),
        ("iam", "generate_credential_report"),
        ("iam", "get_service_last_accessed_details"),
        ("logs", "get_query_results"),
    }
)

# Each question costs about 0.01 USD, and its answer changes a few times a day (catalogue, review.cost-baseline).
PAID: Final = frozenset({"ce"})
PAID_LIFETIME_S: Final = 12 * 3600.0


def _utc() -> datetime:
    return datetime.now(UTC)


class SessionReader:
    """The ``aws.access.Reader`` over a session. Safe from many threads.

    Of equal questions one goes out; the others wait for its answer or its error. Both are good for 30 s,
    or until ``forget``; what AWS charged for is good for 12 hours. The answer is shared: do not change it.
    """

    def __init__(
        self,
        session: Session,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = _utc,
    ) -> None:
        self.session = session
        self._monotonic = monotonic
        self._now = now
        self._lock = threading.Lock()
        self._flights: Flights[Page] = Flights(monotonic)
        self._paid: Flights[Page] = Flights(monotonic, lifetime=PAID_LIFETIME_S)
        self._calls: list[Call] = []
        self._requests_before = 0

    @property
    def region(self) -> str:
        return self.session.region

    @property
    def requests(self) -> int:
        """HTTP requests really sent since the last ``forget``, retries among them."""
        return self.session.requests - self._requests_before

    def calls(self) -> tuple[Call, ...]:
        """API calls since the last ``forget``, in the order in which they ended."""
        with self._lock:
            return tuple(self._calls)

    def forget(self) -> None:
        """Begin a sweep: what was read and counted before belongs to the past."""
        self._flights.forget()
        with self._lock:
            self._calls = []
            self._requests_before = self.session.requests

    def read(self, service: str, operation: str, /, **parameters: Any) -> Mapping[str, Any]:
        """See ``aws.access.Reader.read``. ``PaginationConfig={"MaxItems": 1}`` asks for few on purpose."""
        return self._once(service, operation, parameters, self.region)

    def elsewhere(self, region: str) -> "Elsewhere":
        """See ``aws.access.Reader.elsewhere``. Calls and requests are counted here."""
        return Elsewhere(self._once, region, self)

    def _once(self, service: str, operation: str, parameters: Mapping[str, Any], region: str) -> Page:
        key = (service, operation, region, json.dumps(parameters, sort_keys=True, default=str))
        kept = (service, operation) not in NEVER_KEPT
        flights = self._paid if service in PAID and self.session.world is World.LIVE else self._flights
        return flights.once(key, lambda: self._ask(service, operation, parameters, region), kept=kept)

    def _ask(self, service: str, operation: str, parameters: Mapping[str, Any], region: str) -> Page:
        from runbook_tui.aws.classify import WIRE_TROUBLE, Asked, classify

        def timed(call: Callable[[], Page | None]) -> Page | None:
            return self._timed(service, operation, call)

        try:
            return read_whole(self.session.client(service, region), service, operation, parameters, timed)
        except WIRE_TROUBLE as error:
            asked = Asked(service=service, operation=operation, parameters=parameters, region=region)
            problem = classify(error, asked, self.session.refusal_of_sign_in, self._now)
            raise problem from error

    def _timed(self, service: str, operation: str, call: Callable[[], Page | None]) -> Page | None:
        from runbook_tui.aws.classify import WIRE_TROUBLE, error_code

        began = self._monotonic()
        page: Page | None = None
        error = ""
        try:
            page = call()
        except WIRE_TROUBLE as trouble:
            page = getattr(trouble, "response", None) or {}
            error = error_code(trouble)
            raise
        finally:
            if page is not None:
                page.get("ResponseMetadata", {})["Received"] = self._now()
                self._record(service, operation, page, error, self._monotonic() - began)
        return page

    def _record(self, service: str, operation: str, page: Page, error: str, seconds: float) -> None:
        call = Call(
            service=service,
            operation=operation,
            action=iam_action(service, operation),
            ms=round(seconds * 1000, 1),
            request_id=str(page.get("ResponseMetadata", {}).get("RequestId", "")),
            error=error,
            at=self._now(),
        )
        with self._lock:
            self._calls.append(call)


class Elsewhere:
    """The same session's reader in another region: what it reads is kept and counted with the rest."""

    def __init__(
        self, once: Callable[[str, str, Mapping[str, Any], str], Page], region: str, home: SessionReader
    ) -> None:
        self._once = once
        self._home = home
        self.region: Final = region

    def read(self, service: str, operation: str, /, **parameters: Any) -> Mapping[str, Any]:
        return self._once(service, operation, parameters, self.region)

    def elsewhere(self, region: str) -> "Elsewhere":
        return self._home.elsewhere(region)
