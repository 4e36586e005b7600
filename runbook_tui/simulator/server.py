"""One simulated AWS: its endpoint, the way in to its application, and its site file."""

import os
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from msgspec import Struct

from runbook_tui.core.problems import UsageProblem
from runbook_tui.simulator import faults, registry
from runbook_tui.simulator.clock import Clock
from runbook_tui.simulator.inside import ACCESS_KEY, SECRET_KEY
from runbook_tui.simulator.names import ENVIRONMENTS
from runbook_tui.simulator.scenarios import find_scenario
from runbook_tui.simulator.world import World

# moto reads these when it is imported
_MOTO = {
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    "MOTO_ACM_VALIDATION_WAIT": "0",
}
_only_one = threading.Lock()  # moto keeps its state in its modules


class Credentials(Struct, frozen=True):
    access_key_id: str
    secret_access_key: str


class IngressAddress(Struct, frozen=True):
    """``http`` and ``https`` are ``127.0.0.1:PORT``; ``ca`` is the PEM that a client must trust."""

    http: str
    https: str
    ca: str


class Simulator:
    """``with Simulator(faults=["sg-port-closed"]) as simulator:``: one at a time in a process.

    The site file lies in ``folder``, or in a folder of its own that goes with the simulator.
    Raises UsageProblem for a scenario or fault that does not exist, and when another one runs in this process.
    """

    def __init__(
        self,
        *,
        scenario: str = "healthy",
        faults: Sequence[str] = (),
        port: int = 0,
        folder: Path | None = None,
        clock: Clock | None = None,
        seed: int = 0,
        enforce: bool = False,
    ) -> None:
        self._scenario = scenario
        self._faults = tuple(faults)
        self._port = port
        self._folder = folder
        self._stack = ExitStack()
        self.world = World(clock, seed=seed)
        self.world.enforce = enforce
        self.credentials = Credentials(ACCESS_KEY, SECRET_KEY)
        self.endpoint_url = ""
        self.ingress = IngressAddress("", "", "")
        self.site_path = Path()

    def __enter__(self) -> Self:
        story = find_scenario(self._scenario)
        for name in self._faults:
            faults.parse(name)
        if not _only_one.acquire(blocking=False):
            raise UsageProblem("a simulator already runs in this process", "stop it first, or start another process")
        self._stack.callback(_only_one.release)
        try:
            self._start(story)
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self.world.stopping.set()
        self._stack.close()

    def _start(self, story: registry.Story) -> None:
        from runbook_tui.simulator.metrics import beat

        for name, value in _MOTO.items():
            os.environ.setdefault(name, value)
        layer = self._layer()
        story.play(self.world)
        for name in self._faults:
            faults.set_fault(self.world, name)
        self.world.settle()
        beat.start(self.world)
        self._open_ingress()
        self._listen(layer)
        self.site_path = self._write_site(story)

    def _layer(self) -> Any:
        from runbook_tui.simulator import moto_memory

        moto_memory.prepare()
        from moto.moto_api._internal import mock_random

        from runbook_tui.simulator import moto_time
        from runbook_tui.simulator.layer import Layer

        moto_memory.forget_everything()
        self._stack.callback(moto_memory.forget_everything)
        mock_random.seed(self.world.seed)
        self._stack.enter_context(moto_time.followed(self.world.clock))
        return Layer(self.world)

    def _open_ingress(self) -> None:
        from runbook_tui.simulator.ingress import Ingress
        from runbook_tui.simulator.ingress_tls import ShownCertificates

        tls = ShownCertificates(self.world, [each.host for each in ENVIRONMENTS.values()])
        self._stack.callback(self.world.servers.stop)
        http = self._serve("ingress-http", Ingress(self.world, 80))
        https = self._serve("ingress-https", Ingress(self.world, 443), tls=tls.context)
        self.ingress = IngressAddress(http, https, tls.ca)

    def _listen(self, layer: Any) -> None:
        from runbook_tui.simulator.atlas import Atlas
        from runbook_tui.simulator.control import Control

        where = {"http": self.ingress.http, "https": self.ingress.https, "ca": self.ingress.ca}
        application = Control(self.world, where, Atlas(self.world, layer))
        self.endpoint_url = f"http://{self._serve('endpoint', application, port=self._port)}"

    def _serve(self, name: str, application: Any, **options: Any) -> str:
        from runbook_tui.simulator.listening import Listener

        listener = Listener(name, application, now=self.world.clock.now, **options)
        listener.start()
        self._stack.callback(listener.stop)
        return listener.address

    def _write_site(self, story: registry.Story) -> Path:
        from runbook_tui.simulator.site_file import write_site

        folder = self._folder
        if folder is None:
            folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="runbook-tui-sim-")))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return write_site(self.world, folder.resolve(), self.endpoint_url, story.site())
