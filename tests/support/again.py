"""Which of AWS's answers are still what they were: the requests of a sweep sent once more, and compared byte by byte.

What a check says is a function of the site, the time and what it reads: one whose requests are all answered with the
same bytes says what it said. To send a request again takes a third of the time of asking, reading and judging it.
"""

import io
import json
import re
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from unittest.mock import patch

from msgspec import Struct

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import AwsProblem
from runbook_tui.aws.facts.identity import IdentityFacts
from runbook_tui.aws.flights import Flights
from runbook_tui.aws.reader import NEVER_KEPT, SessionReader

# What each request has of its own.
_NUMBERED: Final = re.compile(rb"<(RequestId|requestId|RequestID)>[^<]*<")
_OWN_HEADERS: Final = frozenset({"date", "x-amzn-requestid", "x-amz-request-id", "x-amz-id-2"})
# They know more than what the reader was told: who looks at them is always asked again.
_ELSEWHERE: Final = frozenset({"atlas", "attested", "github", "probe", "records"})
# Secret values are shared by those who wait for them only, but are what they were as any other answer.
_STATES_OF_WORK: Final = NEVER_KEPT - {("secretsmanager", "get_secret_value")}
Key = tuple[str, str, str, str]
Told = tuple[int, tuple[tuple[str, str], ...], bytes]


class Exchange(Struct, frozen=True, kw_only=True):
    """A request as it came out of botocore, and the answer."""

    environ: Mapping[str, Any]
    body: bytes
    told: Told


class Read(Struct, frozen=True, kw_only=True):
    """One question of a reader: every page and every retry of it, and what came of it, an answer or an error."""

    exchanges: tuple[Exchange, ...]
    outcome: Any


class Tape:
    """Between the operator's clients and the simulator: what goes through it is ``heard``."""

    def __init__(self, layer: Any) -> None:
        self._layer = layer
        self.heard: list[Exchange] = []

    def answer(self, environ: dict[str, Any], body: bytes) -> Any:
        answer = self._layer.answer(environ, body)
        self.heard.append(Exchange(environ=environ, body=body, told=_told(answer)))
        return answer

    def same(self, exchange: Exchange) -> bool:
        """It is answered now as it was then."""
        environ = {**exchange.environ, "wsgi.input": io.BytesIO(exchange.body)}
        return _told(self._layer.answer(environ, exchange.body)) == exchange.told


class Memory:
    """What a sweep read, question by question, and which check asked which."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._reads: dict[Key, Read] = {}
        self._asked: dict[str, set[Key]] = {}
        self._beside: set[str] = set()
        self._same: dict[Key, bool] = {}

    def of_aws_alone(self, check: str) -> bool:
        return check in self._asked and check not in self._beside

    def holds(self, check: str) -> bool:
        """It looked at AWS alone, and all that it read there is as it was."""
        return self.of_aws_alone(check) and all(map(self._as_it_was, self._asked[check]))

    @contextmanager
    def noting(self, check: str) -> Iterator[None]:
        """What is read meanwhile is what this check asks."""
        keys = self._asked[check] = set()
        look, once, credentials = Aws.__getattribute__, Flights.once, IdentityFacts.credentials

        def looking(aws: Aws, name: str) -> Any:
            if name in _ELSEWHERE:
                self._beside.add(check)
            return look(aws, name)

        def asking(flights: Flights[Any], key: Hashable, *ask: Any, **how: Any) -> Any:
            if isinstance(key, tuple) and len(key) == len(_key("", "", {}, "")):
                keys.add(key)
            else:  # facts that share what they have made of an answer
                self._beside.add(check)
            return once(flights, key, *ask, **how)

        def signed_in(identity: IdentityFacts) -> Any:
            self._beside.add(check)
            return credentials(identity)

        with (
            patch.object(Aws, "__getattribute__", looking),
            patch.object(Flights, "once", asking),
            patch.object(IdentityFacts, "credentials", signed_in),
        ):
            yield

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Every question that goes out is kept, but for those that begin work and those for its state."""
        ask = SessionReader._ask

        def keeping(reader: SessionReader, *question: Any) -> Any:
            self._tape.heard.clear()
            try:
                outcome = ask(reader, *question)
            except AwsProblem as problem:
                self._keep(question, problem)
                raise
            self._keep(question, outcome)
            return outcome

        with patch.object(SessionReader, "_ask", keeping):
            yield

    @contextmanager
    def answering(self) -> Iterator[None]:
        """A question whose requests are all answered as they were has the answer that it had."""
        ask = SessionReader._ask

        def repeating(reader: SessionReader, *question: Any) -> Any:
            key = _key(*question)
            if not self._as_it_was(key):
                return ask(reader, *question)
            outcome = self._reads[key].outcome
            if isinstance(outcome, AwsProblem):
                raise outcome
            return outcome

        with patch.object(SessionReader, "_ask", repeating):
            yield

    def _keep(self, question: Any, outcome: Any) -> None:
        if _repeatable(*question):
            self._reads[_key(*question)] = Read(exchanges=tuple(self._tape.heard), outcome=outcome)

    def _as_it_was(self, key: Key) -> bool:
        if key not in self._same:
            read = self._reads.get(key)
            self._same[key] = read is not None and all(map(self._tape.same, read.exchanges))
        return self._same[key]


def _repeatable(service: str, operation: str, _parameters: Mapping[str, Any], _region: str) -> bool:
    return not operation.startswith(("generate_", "start_")) and (service, operation) not in _STATES_OF_WORK


def _key(service: str, operation: str, parameters: Mapping[str, Any], region: str) -> Key:
    """As the reader's own."""
    return service, operation, region, json.dumps(parameters, sort_keys=True, default=str)


def _told(answer: Any) -> Told:
    headers = tuple((name, value) for name, value in answer.headers if name.lower() not in _OWN_HEADERS)
    return answer.status, headers, _NUMBERED.sub(b"<", answer.body)
