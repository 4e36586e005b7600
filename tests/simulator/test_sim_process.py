"""The simulator as a process."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import yaml

from runbook_tui.simulator.server import Simulator
from tests.support.simulator import ROOT, Running, started

pytestmark = pytest.mark.slow


def _listening(process: int) -> set[str]:
    """The addresses on which a process accepts connections, as the kernel writes them."""
    sockets = set()
    for handle in Path(f"/proc/{process}/fd").iterdir():
        found = re.fullmatch(r"socket:\[(\d+)\]", str(handle.readlink()))
        if found:
            sockets.add(found.group(1))
    addresses = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{process}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in sockets:
                addresses.add(fields[1].partition(":")[0])
    return addresses


def test_the_ready_line_holds_what_a_client_needs_and_nothing_else(simulator: Running) -> None:
    """Exactly the promised members, in their order, on one line."""
    ready = json.loads(simulator.line)
    assert list(ready) == ["endpoint_url", "site", "region", "account", "access_key_id", "secret_access_key"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", ready["endpoint_url"])
    assert (ready["region"], ready["account"]) == ("ap-south-1", "123456789012")


def test_the_site_file_is_for_its_owner_and_names_the_simulator(simulator: Running) -> None:
    """Mode 0600, a quoted account id, and the guide's two environments."""
    assert stat.S_IMODE(simulator.site.stat().st_mode) == 0o600
    text = simulator.site.read_text()
    assert "account_id: '123456789012'" in text
    site = yaml.safe_load(text)
    assert (site["mode"], site["aws"]["endpoint_url"]) == ("simulator", simulator.endpoint_url)
    assert {name: each["host"] for name, each in site["environments"].items()} == {
        "staging": "staging-api.asharvi.test",
        "prod": "api.asharvi.test",
    }


def test_it_listens_on_loopback_alone(simulator: Running) -> None:
    """All its ports, the application's too."""
    assert _listening(simulator.process.pid) == {"0100007F"}


def test_sigterm_ends_it_with_nothing_left(tmp_path: Path) -> None:
    """Exit 0, not a word more on stdout, and its temporary folder is gone."""
    with started("--scenario", "empty") as running:
        folder = running.site.parent
        assert folder.is_dir()
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(10) == 0
        assert running.process.stdout.read() == ""
        assert running.narration() == ""
        assert not folder.exists()


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    """A simulator whose starter was killed does not stay behind."""
    starter = (
        "import os, subprocess, sys, time\n"
        "words = ['-m', 'runbook_tui', 'sim', '--scenario', 'empty', '--with-parent', str(os.getpid())]\n"
        "child = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True)\n"
        "print(child.pid, child.stdout.readline(), flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", starter], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid, _, line = parent.stdout.readline().partition(" ")
        port = int(json.loads(line)["endpoint_url"].rpartition(":")[2])
        parent.kill()
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                break
        time.sleep(0.1)
    else:
        os.kill(int(pid), signal.SIGKILL)
        pytest.fail("the simulator outlived its parent")


def test_two_at_once_are_two_worlds(simulator: Running, tmp_path: Path) -> None:
    """Neither state nor files are shared: one is empty while the other is full."""
    with started("--scenario", "empty", "--dir", str(tmp_path)) as other:
        assert other.site == tmp_path / "runbook-tui.yaml"
        assert other.endpoint_url != simulator.endpoint_url
        assert other.client("ecs").list_clusters()["clusterArns"] == []
        assert len(simulator.client("ecs").list_clusters()["clusterArns"]) == 1
        (vpc,) = other.client("ec2").describe_vpcs()["Vpcs"]
        assert vpc["IsDefault"]
    assert other.site.exists(), "a folder that was given is the operator's"


def test_a_fault_can_be_set_from_the_start_and_a_bad_one_stops_it() -> None:
    """The exit code is that of wrong usage, and the remedy is on stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "runbook_tui", "sim", "--fault", "circuit-braker-off"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean circuit-breaker-off?" in done.stderr


def test_a_fault_that_has_nothing_to_break_stops_it() -> None:
    """An empty world has no targets; pretending otherwise would be a false success."""
    done = subprocess.run(
        [sys.executable, "-m", "runbook_tui", "sim", "--scenario", "empty", "--fault", "targets-unhealthy"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "nothing that targets-unhealthy could break" in done.stderr


def test_a_taken_port_is_said_plainly(simulator: Running) -> None:
    """Exit 2 and what to do, no traceback."""
    port = simulator.endpoint_url.rpartition(":")[2]
    done = subprocess.run(
        [sys.executable, "-m", "runbook_tui", "sim", "--scenario", "empty", "--port", port],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "choose another --port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_simulator_leaves_no_thread_and_no_state() -> None:
    """After its end a new one starts from nothing."""
    before = set(threading.enumerate())
    with Simulator(scenario="empty") as first:
        first.world.call("ecs", "CreateCluster", clusterName="left-over")
        folder = first.site_path.parent
    assert set(threading.enumerate()) == before
    assert not folder.exists()
    with Simulator(scenario="empty") as second:
        assert second.world.call("ecs", "ListClusters")["clusterArns"] == []
