"""Requests that somebody really made to the simulated load balancer: they count beside those of the load model."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta

from runbook_tui.simulator.metrics.load import MINUTE, minute_of, time_of
from runbook_tui.simulator.metrics.published import BALANCER, Name
from runbook_tui.simulator.metrics.sample import of_values
from runbook_tui.simulator.traffic import Access
from runbook_tui.simulator.world import World

_COUNT, _SECONDS = "Count", "Seconds"


def count(world: World) -> None:
    """Those of the minute that is just over."""
    end = time_of(minute_of(world.clock.now()))
    found: dict[tuple[Name, str], list[float]] = defaultdict(list)
    for access in world.traffic.between(end - MINUTE, end):
        for metric, unit, value in _counted(access):
            for dimensions in _places(access, metric):
                found[Name(BALANCER, metric, tuple(sorted(dimensions))), unit].append(value)
    for (name, unit), values in found.items():
        world.monitoring.custom.put(name, minute_of(end - timedelta(seconds=1)), of_values(values), unit)


def _counted(access: Access) -> Iterator[tuple[str, str, float]]:
    """What no target group was chosen for is no request in the sense of RequestCount."""
    kind = f"{access.status // 100}XX"
    if access.group:
        yield "RequestCount", _COUNT, 1.0
    if access.from_target:
        yield f"HTTPCode_Target_{kind}_Count", _COUNT, 1.0
        yield "TargetResponseTime", _SECONDS, access.seconds
        return
    yield f"HTTPCode_ELB_{kind}_Count", _COUNT, 1.0
    if access.status in (502, 503, 504):
        yield f"HTTPCode_ELB_{access.status}_Count", _COUNT, 1.0


def _places(access: Access, metric: str) -> Iterable[list[tuple[str, str]]]:
    balancer = ("LoadBalancer", access.balancer.partition(":loadbalancer/")[2])
    yield [balancer]
    if access.group and not metric.startswith("HTTPCode_ELB"):
        yield [balancer, ("TargetGroup", access.group.rpartition(":")[2])]
