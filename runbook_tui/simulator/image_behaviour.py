"""How a container image behaves when a task runs it. Faults make images behave badly; all others are healthy."""

from typing import Literal

from msgspec import Struct

ImageKey = tuple[str, str]  # repository, digest (``sha256:…``)


class ImageBehaviour(Struct, frozen=True, kw_only=True):
    """Whatever is None does not happen. A task is judged by what its image does when the task starts.

    ``crash_after`` seconds after its start the process ends with ``crash_exit_code``; ``out_of_heap_after`` seconds
    after its start Node.js ends itself with 134. ``memory_mib`` is what the process needs: more than the container
    may have, and the kernel kills it. ``start_seconds`` pass before the process listens. ``ready_status`` is what the
    readiness route answers from then on. ``error_rate`` is the share of requests that the application answers with
    500, ``latency_factor`` multiplies its answering time.
    """

    crash_after: float | None = None
    crash_exit_code: int = 1
    out_of_heap_after: float | None = None
    memory_mib: int = 180
    architecture: Literal["X86_64", "ARM64"] = "X86_64"
    ready_status: int = 200
    error_rate: float = 0.0
    latency_factor: float = 1.0
    start_seconds: float = 3.0


HEALTHY = ImageBehaviour()
