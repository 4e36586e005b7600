"""The sizes of task that Fargate offers, and how ECS writes them. Pure."""

import re
from typing import Final

# CPU units -> (lowest memory, highest, step), in MiB. 256 alone has no even steps.
SIZES: Final = {
    256: (512, 2048, 512),
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
    8192: (16384, 61440, 4096),
    16384: (32768, 122880, 8192),
}
_CPU: Final = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)\s*(vcpu)?", re.IGNORECASE)
_MEMORY: Final = re.compile(r"([0-9]{1,7}(?:\.[0-9]{1,3})?)\s*(gb|mb)?", re.IGNORECASE)


def memories(cpu: int) -> tuple[int, ...]:
    """MiB that go with these CPU units, lowest first; none for units that Fargate does not offer."""
    if cpu not in SIZES:
        return ()
    low, high, step = SIZES[cpu]
    # 1536 MiB lies on the steps of 256 CPU units, yet Fargate does not offer it.
    return tuple(memory for memory in range(low, high + 1, step) if (cpu, memory) != (256, 1536))


def is_offered(cpu: int, memory: int) -> bool:
    return memory in memories(cpu)


def cpu_units(text: str) -> int | None:
    """``1024`` and ``1 vCPU`` are 1024; None for a text that is no size."""
    return _read(_CPU.fullmatch(text.strip()), {"vcpu": 1024})


def memory_mib(text: str) -> int | None:
    """``2048`` and ``2 GB`` are 2048; None for a text that is no size."""
    return _read(_MEMORY.fullmatch(text.strip()), {"gb": 1024, "mb": 1})


def _read(found: "re.Match[str] | None", units: dict[str, int]) -> int | None:
    if found is None:
        return None
    return round(float(found[1]) * units.get((found[2] or "").lower(), 1))
