"""What a sweep of every check costs: requests, connections, memory."""

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from runbook_tui.aws.clients import CONNECTIONS
from runbook_tui.aws.tls import SharedTls
from runbook_tui.catalogue.site_file import load_site
from runbook_tui.engine.survey import survey
from runbook_tui.wiring.kit import Kit
from tests.support.simulator import ROOT, Running

# Who waits for work that AWS has under way asks again whether it is done.
POLLED = {"GenerateCredentialReport", "GetServiceLastAccessedDetails", "GetQueryResults"}
LARGEST_MB = 250

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


class Sent:
    """``asked`` counts each request by operation, place and body; ``most`` were under way at once."""

    def __init__(self) -> None:
        self.asked: Counter[tuple[str, str, str]] = Counter()
        self.most = 0
        self._under_way = 0
        self._lock = threading.Lock()

    @contextmanager
    def under_way(self) -> Iterator[None]:
        with self._lock:
            self._under_way += 1
            self.most = max(self.most, self._under_way)
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1

    def note(self, request: Any, model: Any) -> None:
        with self._lock:
            self.asked[model.name, request["url"], str(request["body"]) + str(request["query_string"])] += 1


@pytest.fixture(scope="module")
def sent(simulator: Running, tmp_path_factory: pytest.TempPathFactory) -> Sent:
    """Of the second sweep of both environments: the first makes the clients."""
    site = load_site(simulator.site)
    kit = Kit(site, state_dir=tmp_path_factory.mktemp("state"))
    jobs = kit.jobs(tuple(site.environments))
    survey(kit.checks, kit.clock, jobs, lambda _: None)
    connection, found, carry = kit.checks.connection(), Sent(), SharedTls.__base__.send
    for service in {call.service for call in connection.reader.calls()}:
        events = connection.session.client(service).meta.events
        events.register("before-call", lambda params, model, **_: found.note(params, model))

    def carried(session: Any, request: Any) -> Any:
        with found.under_way():
            return carry(session, request)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(SharedTls.__base__, "send", carried)
        survey(kit.checks, kit.clock, jobs, lambda _: None)
    return found


def test_nothing_is_asked_twice_in_a_sweep(sent: Sent) -> None:
    """However many checks want an answer, one request fetches it."""
    assert len(sent.asked) > 100
    assert {asked[0]: times for asked, times in sent.asked.items() if times > 1 and asked[0] not in POLLED} == {}


def test_a_sweep_uses_its_connections_and_no_more(sent: Sent) -> None:
    """Many requests are under way side by side, never more than there are connections."""
    assert 4 < sent.most <= CONNECTIONS


# A process begins with the size of the one that started it: started from here it would be as large as pytest.
_LAUNCHER: Final = (
    "import resource, subprocess, sys\n"
    "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode\n"
    "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
)


def test_a_sweep_fits_into_memory(simulator: Running, tmp_path: Path) -> None:
    """The process that asks every check in both environments stays below 250 MB."""
    words = [sys.executable, "-m", "runbook_tui", "check", "--state-dir", str(tmp_path), "--format", "json"]
    environment = simulator.environment() | {"RUNBOOK_TUI_SITE": str(simulator.site)}
    done = subprocess.run(
        [sys.executable, "-c", _LAUNCHER, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    code, kilobytes = map(int, done.stdout.split())
    assert code in (0, 1, 3)
    assert kilobytes < LARGEST_MB * 1024
