"""Makes changes in AWS: the only place that calls an operation which writes. One request at a time."""

import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct

from runbook_tui.aws.session import Session
from runbook_tui.core.plan import Ready, at_path

SLOW_DOWN_TRIES: Final = 6
_FIRST_PAUSE: Final = 1.0  # seconds; doubled each time, at most 15 (catalogue, section 1)
_LONGEST_PAUSE: Final = 15.0


class Made(Struct, frozen=True, kw_only=True):
    """``answer`` is boto3's, whole: it may hold secrets."""

    request_id: str
    answer: Mapping[str, Any]


class CallTrouble(Exception):
    """AWS did not say yes. ``in_doubt``: it may have done it all the same."""

    def __init__(
        self, code: str, message: str, *, request_id: str = "", remedy: str = "", in_doubt: bool = False
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.request_id = request_id
        self.remedy = remedy
        self.in_doubt = in_doubt


class Executor:
    """``sleep`` is given seconds. The session's clients are its own: they never repeat a request by themselves,
    because a repeated ``create`` may create twice."""

    def __init__(
        self,
        session: Session,
        *,
        sleep: Callable[[float], object] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._session = session
        self._sleep = sleep
        self._monotonic = monotonic
        self._jitter = jitter

    def make(
        self,
        service: str,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        not_yet: tuple[str, ...] = (),
        patience: float = 0.0,
        gone: tuple[str, ...] = (),
    ) -> Made:
        """CallTrouble when AWS refuses or does not answer; SignInExpired when nobody is signed in.

        A refusal to hurry is tried again, six times at most. A code of ``not_yet`` is tried again for ``patience``
        seconds. A code of ``gone`` counts as made.
        """
        until = self._monotonic() + patience
        pauses = 0
        while True:
            try:
                return self._once(service, operation, parameters)
            except CallTrouble as trouble:
                if trouble.code in gone:
                    return Made(request_id=trouble.request_id, answer={})
                slow_down = _asks_to_slow_down(service, trouble) and pauses < SLOW_DOWN_TRIES
                new = trouble.code in not_yet and self._monotonic() < until
                if not slow_down and not new:
                    raise
            pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**pauses)
            self._sleep(pause * (0.5 + self._jitter() / 2))
            pauses += 1

    def await_ready(
        self, service: str, ready: Ready, parameters: Mapping[str, Any], leave: threading.Event
    ) -> str | None:
        """Empty when it is usable, else why it is not; None when it was left. An answer without the path is none."""
        until = self._monotonic() + ready.timeout
        state = ""
        while not leave.is_set():
            try:
                asked = self.make(service, ready.operation, parameters, gone=ready.absent)
                state = str(at_path(asked.answer, ready.path))
            except LookupError:
                state = ""
            if state in ready.wanted:
                return ""
            if state in ready.failed:
                return f"{ready.path} is {state} ({ready.operation})"
            if self._monotonic() > until:
                return f"{ready.path} is {state or 'not there'} after {ready.timeout:.0f} s ({ready.operation})"
            leave.wait(ready.every)
        return None

    def _once(self, service: str, operation: str, parameters: Mapping[str, Any]) -> Made:
        from runbook_tui.aws.classify import WIRE_TROUBLE

        client = self._session.client(service)
        try:
            answer = getattr(client, operation)(**parameters)
        except WIRE_TROUBLE as error:
            raise self._trouble(error, service, operation, parameters) from error
        metadata = answer.get("ResponseMetadata", {})
        return Made(request_id=str(metadata.get("RequestId", "")), answer=answer)

    def _trouble(self, error: Exception, service: str, operation: str, parameters: Mapping[str, Any]) -> Exception:
        from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ParamValidationError

        from runbook_tui.aws.classify import Asked, classify, error_code
        from runbook_tui.aws.errors import Malformed, ServerFault, Unreachable
        from runbook_tui.core.problems import SignInExpired

        asked = Asked(service=service, operation=operation, parameters=parameters, region=self._session.region)
        problem = classify(error, asked, self._session.refusal_of_sign_in)
        if isinstance(problem, SignInExpired):
            return problem
        # Nothing left this machine, or AWS refused before it did anything. All the rest nobody can know.
        never_sent = isinstance(error, ConnectTimeoutError | EndpointConnectionError | ParamValidationError)
        unsure = isinstance(problem, ServerFault | Unreachable | Malformed) and not never_sent
        response = error.response if isinstance(error, ClientError) else {}
        said = response.get("Error", {})
        return CallTrouble(
            error_code(error),
            str(said.get("Message") or problem.what),
            request_id=str(response.get("ResponseMetadata", {}).get("RequestId", "")),
            remedy=problem.remedy,
            in_doubt=unsure,
        )


def _asks_to_slow_down(service: str, trouble: CallTrouble) -> bool:
    from runbook_tui.aws.codes import Family, family

    return not trouble.in_doubt and family(service, trouble.code, 400, trouble.message) is Family.THROTTLED
