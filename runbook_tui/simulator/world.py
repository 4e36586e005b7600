"""The state of one simulated account beside what moto keeps."""

import contextvars
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from runbook_tui.simulator.agenda import Agenda
from runbook_tui.simulator.app.gate import Gate
from runbook_tui.simulator.app_log import AppLog
from runbook_tui.simulator.clock import Clock
from runbook_tui.simulator.image_behaviour import ImageBehaviour, ImageKey
from runbook_tui.simulator.metrics.load import Load
from runbook_tui.simulator.metrics.monitoring import Monitoring, Notification
from runbook_tui.simulator.registry import Undo
from runbook_tui.simulator.traffic import Traffic
from runbook_tui.simulator.trail import Trail
from runbook_tui.simulator.wire import Answer, Call

ACCOUNT = "123456789012"
REGION = "ap-south-1"
ON_CALL_ROLE = "AsharviOnCall"
SESSION_NAME = "on-call"

_S = TypeVar("_S")
_caller: contextvars.ContextVar[str] = contextvars.ContextVar("caller", default="")
_called_in: contextvars.ContextVar[str] = contextvars.ContextVar("called_in", default="")


class Rule(Struct, frozen=True, kw_only=True):
    """Spoils requests on the wire. ``before`` may raise Refused or wait; ``spoil`` changes the finished answer.

    ``service`` and ``operation`` are boto3's service and the API's operation; ``*`` means any.
    """

    service: str
    operation: str
    before: Callable[[Call], None] = lambda _call: None
    spoil: Callable[[Answer], Answer] = lambda answer: answer

    def covers(self, call: Call) -> bool:
        return self.service in ("*", call.service) and self.operation in ("*", call.operation)


class Carrier(Protocol):
    """Carries an operation out inside the process: no faults, no trail. Raises Refused."""

    def __call__(self, service: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]: ...


class World:
    """``releases`` are a service's deployments by service ARN, newest first, each as the API describes it.

    ``ready_status`` is what the application's readiness route answers, by service name; 200 when absent.
    ``denied`` holds the IAM actions that a fault takes away.
    ``images`` says how images behave, by repository and digest; one that is absent is healthy.
    ``began`` is its first moment. ``enforce``: IAM policies are asked before every call from outside.
    ``load`` is what users ask of it, ``notifications`` are what its topics would have sent.
    ``random`` is the only source of chance: the same seed makes the same world.
    """

    def __init__(
        self, clock: Clock | None = None, *, account: str = ACCOUNT, region: str = REGION, seed: int = 0
    ) -> None:
        self.seed = seed
        self.random = random.Random(seed)  # noqa: S311 - chance of a story, not of a secret
        self.account = account
        self.region = region
        self.clock = clock or Clock()
        self.agenda = Agenda(self.clock)
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self.began = self.clock.now()
        self.enforce = False
        self.trail = Trail(self)
        self.app_log = AppLog(self)
        self._stores: dict[type[Any], Any] = {}
        self._backends: dict[str, Any] = {}
        self.load = Load(seed)
        self.monitoring = Monitoring()
        self.notifications: list[Notification] = []
        self.rules: list[Rule] = []
        self.undo: dict[str, Undo] = {}
        self.denied: set[str] = set()
        self.ready_status: dict[str, int] = {}
        self.images: dict[ImageKey, ImageBehaviour] = {}
        self.releases: dict[str, list[dict[str, Any]]] = {}
        self.revisions: dict[str, dict[str, Any]] = {}
        self.carrier: Carrier | None = None
        self.traffic = Traffic()
        self._join_the_parts()

    def _join_the_parts(self) -> None:
        """What follows the rest of the world: each part looks at it after anything may have changed, in this order."""
        from runbook_tui.simulator.app.servers import Servers
        from runbook_tui.simulator.application import Application
        from runbook_tui.simulator.checkups import Targets

        self.gate = Gate(self)
        self.app = Application(self)
        self.targets = Targets(self)
        self.servers = Servers(self)
        self.watchers: list[Callable[[], None]] = [self.app.look, self.servers.look, self.targets.look]
        self.looking = False
        self.agenda.afterwards = self.changed

    def changed(self) -> None:
        """Something may have changed: a mutating call, a happening and a fault say so. For who holds the lock."""
        if self.looking or self.carrier is None or self.clock.recalls:
            return
        self.looking = True
        try:
            for look in self.watchers:
                look()
        finally:
            self.looking = False

    def settle(self) -> None:
        """What was set up a moment ago has stood for long: applications have come up, targets are what they become."""
        with self.lock:
            self.app.settle()
            self.targets.settle()

    @property
    def caller(self) -> str:
        """The access key id of the request being answered; empty for calls from inside."""
        return _caller.get()

    @caller.setter
    def caller(self, key: str) -> None:
        _caller.set(key)

    @property
    def called_in(self) -> str:
        """The region of the request being answered; the world's own for calls from inside."""
        return _called_in.get() or self.region

    @called_in.setter
    def called_in(self, region: str) -> None:
        _called_in.set(region)

    @property
    def on_call_arn(self) -> str:
        return f"arn:aws:sts::{self.account}:assumed-role/{ON_CALL_ROLE}/{SESSION_NAME}"

    def store(self, kind: type[_S]) -> _S:
        """The one of its kind, made at its first use: what operations remember beside moto."""
        found: _S = self._stores[kind] if kind in self._stores else self._stores.setdefault(kind, kind())
        return found

    def arn(self, service: str, rest: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{rest}"

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        """An API call as boto3 would make it (``operation`` is the API's name), inside the process."""
        assert self.carrier is not None, "the layer sets it"
        return self.carrier(service, operation, parameters)

    def backend(self, service: str) -> Any:
        """moto's own model of a service: what no API can change is changed there."""
        if service not in self._backends:  # moto takes 12 µs to find one, and every look at the world asks for dozens
            from moto.backends import get_backend

            backends: Any = get_backend(service)  # type: ignore[call-overload]
            regions = backends[self.account]
            everywhere = service in ("iam", "route53", "cloudfront")
            self._backends[service] = regions["aws"] if everywhere else regions[self.region]
        return self._backends[service]


def tag_list(tags: Mapping[str, str], *, key: str = "Key", value: str = "Value") -> Sequence[Mapping[str, str]]:
    return [{key: name, value: text} for name, text in tags.items()]
