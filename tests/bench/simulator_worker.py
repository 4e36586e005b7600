"""In a process of its own: worlds whose time is moved on by half an hour, one after the other."""

import gc
import json
import os
import sys
import time
from datetime import timedelta
from pathlib import Path

from runbook_tui.simulator import faults
from runbook_tui.simulator.clock import Clock
from runbook_tui.simulator.server import Simulator

_HALF_AN_HOUR = 30
_STEP_S = 60.0


def main() -> None:
    settings = json.loads(sys.argv[1])
    half_hours = {name: half_an_hour(*story) for name, story in settings["stories"].items()}
    one = _memory()
    for _ in range(settings["worlds"]):
        half_an_hour("healthy", "")
    print(json.dumps({"half_hours": half_hours, "grown": (_memory() - one) / settings["worlds"]}))


def half_an_hour(scenario: str, fault: str) -> dict[str, float]:
    """Wall and CPU seconds for 30 simulated minutes, minute by minute as a test would step them."""
    with Simulator(scenario=scenario, clock=Clock(speed=0)) as simulator:
        world = simulator.world
        if fault:
            with world.lock:
                faults.set_fault(world, fault)
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(_HALF_AN_HOUR):
            with world.lock:
                world.clock.advance(timedelta(seconds=_STEP_S))
                world.agenda.catch_up()
        return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def _memory() -> float:
    """Resident, in MiB."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
