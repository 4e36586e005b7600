"""One minute of one service: what came in, what went out, how long it took and what it cost."""

import math

from msgspec import Struct

from runbook_tui.simulator.metrics.condition import Condition
from runbook_tui.simulator.metrics.noise import noise, stream, whole
from runbook_tui.simulator.metrics.sample import Sample

_REQUESTS_A_TASK = 84.0  # a second, from a task with one vCPU that does nothing else
_IDLE_CPU = 8.0  # percent
_IDLE_MEMORY = 20.0
_MEMORY_OF_CPU = 0.3  # percent of memory for a percent of CPU
_BAD_REQUESTS = 0.015  # a client's own errors
_MISHAPS = 0.0001  # of requests fail in the best of applications
_MEDIAN = 0.055  # seconds
_SPREAD = 0.6  # of the logarithm: p95 is 2.7 medians
_LONGEST = 60.0  # seconds, after which the load balancer answers 504
_NODES = 2.0  # of the load balancer, one a zone, each with its own view of the targets

# the standard normal distribution at the middle of each slice, with the slice's share of all requests
_SLICES = (
    (-1.645, 0.1),
    (-1.036, 0.1),
    (-0.674, 0.1),
    (-0.385, 0.1),
    (-0.126, 0.1),
    (0.126, 0.1),
    (0.385, 0.1),
    (0.674, 0.1),
    (1.036, 0.1),
    (1.44, 0.05),
    (1.78, 0.025),
    (2.12, 0.015),
    (2.45, 0.006),
    (2.88, 0.003),
    (3.3, 0.001),
)


class Minute(Struct, frozen=True, kw_only=True):
    """``requests`` found a target; ``unrouted`` found none. ``timeouts`` are the balancer's 504, ``unconnected`` of
    them because no connection came about. ``median`` is in seconds, ``cpu`` in percent."""

    condition: Condition
    number: int
    requests: int
    unrouted: int
    timeouts: int
    unconnected: int
    failed: int
    bad: int
    median: float
    cpu: float

    @property
    def answered(self) -> int:
        return self.requests - self.timeouts

    @property
    def good(self) -> int:
        return self.answered - self.failed - self.bad


def minute(condition: Condition, asked: float, seed: int, number: int) -> Minute:
    """``asked`` requests came to the load balancer within the minute ``number``."""
    own = stream(seed, condition.service)
    incoming = whole(asked, own, number) if condition.balancer else 0
    requests = incoming if condition.answering else 0
    per_task = requests / 60 / max(1, condition.answering)
    used = per_task / (_REQUESTS_A_TASK * condition.cpu_units / 1024)
    lost = 0.0 if not requests else 1 - condition.reachable / condition.answering
    timeouts = min(requests, whole(requests * max(lost, 1 - 1 / max(used, 1.0)), own ^ 1, number))
    answered = requests - timeouts
    failed = min(answered, whole(answered * max(condition.error_rate, _MISHAPS), own ^ 2, number))
    bad = min(answered - failed, whole(answered * _BAD_REQUESTS, own ^ 3, number))
    return Minute(
        condition=condition,
        number=number,
        requests=requests,
        unrouted=incoming - requests,
        timeouts=timeouts,
        unconnected=min(timeouts, whole(requests * lost, own ^ 1, number)),
        failed=failed,
        bad=bad,
        median=_MEDIAN * condition.latency_factor * _waiting(used),
        cpu=_cpu(condition, used * (1 - lost), noise(own ^ 4, number)),
    )


def _waiting(used: float) -> float:
    """How much longer it takes because others are served too: once at rest, twice at half, 30 times when full."""
    return 1 / (1 - min(used, 1 - 1 / 30))


def _cpu(condition: Condition, used: float, chance: float) -> float:
    if not condition.running:
        return 0.0
    serving = used * condition.reachable / condition.running  # the tasks that serve nobody are idle
    return min(100.0, _IDLE_CPU + (100 - _IDLE_CPU) * serving + 2 * chance - 1)


def latency(moment: Minute) -> Sample | None:
    """TargetResponseTime: only requests that a target answered have one."""
    if not moment.answered:
        return None
    points = tuple(
        (min(_LONGEST, moment.median * math.exp(_SPREAD * place)), share * moment.answered) for place, share in _SLICES
    )
    total = math.fsum(value * share for value, share in points)
    return Sample(moment.answered, total, points[0][0], points[-1][0], points)


def cpu(moment: Minute) -> Sample | None:
    return _of_tasks(moment, moment.cpu, 3.0, 100.0)


def memory(moment: Minute) -> Sample | None:
    return _of_tasks(moment, memory_percent(moment), 0.6, 100.0)


def memory_percent(moment: Minute) -> float:
    """What the image asks for beyond the ordinary comes on top."""
    extra = 100 * moment.condition.memory_mib / max(1, moment.condition.memory_limit)
    return min(100.0, _IDLE_MEMORY + _MEMORY_OF_CPU * moment.cpu + extra)


def _of_tasks(moment: Minute, mean: float, apart: float, most: float) -> Sample | None:
    """One sample a task, ``apart`` around the mean."""
    tasks = moment.condition.running
    if not tasks:
        return None
    reach = min(apart, mean, most - mean) if tasks > 1 else 0.0
    low, high = mean - reach, mean + reach
    step = (high - low) / max(1, tasks - 1)
    return Sample(tasks, mean * tasks, low, high, tuple((low + step * index, 1.0) for index in range(tasks)))


def gauge(value: float, samples: float = 1.0) -> Sample:
    return Sample(samples, value * samples, value, value)


def hosts(value: float) -> Sample:
    return gauge(value, _NODES)
