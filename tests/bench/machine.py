"""The machine in words: what a reader needs to judge the numbers, and nothing that names it."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("textual", "rich", "boto3", "botocore", "msgspec", "pyyaml", "moto")


def description(disk: Path) -> list[str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        f"CPU: {_cpu()}, {os.cpu_count()} cores",
        f"memory: {memory:.0f} GiB",
        f"kernel: {platform.system()} {platform.release()}; file system of the journals: {_file_system(disk)}",
        f"Python: {platform.python_implementation()} {platform.python_version()}",
        "packages: " + ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    ]


def load() -> str:
    """How busy others keep the machine: latencies suffer from that first."""
    return f"load average when the run began: {os.getloadavg()[0]:.1f}"


def _cpu() -> str:
    for line in _lines(Path("/proc/cpuinfo")):
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _file_system(path: Path) -> str:
    """The type of the mount that holds ``path``."""
    best, kind = "", "unknown"
    for line in _lines(Path("/proc/self/mounts")):
        _, mount, found, *_ = line.split()
        if path.resolve().is_relative_to(mount) and len(mount) >= len(best):
            best, kind = mount, found
    return kind


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
