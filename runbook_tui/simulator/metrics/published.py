"""The metrics that AWS publishes of the services there are, each with its true dimensions."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from runbook_tui.simulator.metrics import minute as one
from runbook_tui.simulator.metrics.condition import Condition
from runbook_tui.simulator.metrics.minute import Minute
from runbook_tui.simulator.metrics.sample import Sample, counted

BALANCER = "AWS/ApplicationELB"
ECS = "AWS/ECS"
INSIGHTS = "ECS/ContainerInsights"

Compute = Callable[[Minute], Sample | None]
Dimensions = tuple[tuple[str, str], ...]  # in order of their names


class Name(Struct, frozen=True):
    """What identifies a metric. Dimensions in another order are the same, one more or less is another metric."""

    namespace: str
    metric: str
    dimensions: Dimensions


class Published(Struct, frozen=True, kw_only=True):
    """Computed of every service in ``services``."""

    name: Name
    unit: str
    compute: Compute
    services: tuple[str, ...]


class _Kind(Struct, frozen=True):
    metric: str
    unit: str
    compute: Compute


_OF_TARGETS = (
    _Kind("RequestCount", "Count", lambda each: counted(each.requests)),
    _Kind("HTTPCode_Target_2XX_Count", "Count", lambda each: counted(each.good)),
    _Kind("HTTPCode_Target_4XX_Count", "Count", lambda each: counted(each.bad)),
    _Kind("HTTPCode_Target_5XX_Count", "Count", lambda each: counted(each.failed)),
    _Kind("TargetConnectionErrorCount", "Count", lambda each: counted(each.unconnected)),
    _Kind("TargetResponseTime", "Seconds", one.latency),
)
_OF_HOSTS = (
    _Kind("HealthyHostCount", "Count", lambda each: one.hosts(each.condition.healthy)),
    _Kind("UnHealthyHostCount", "Count", lambda each: one.hosts(each.condition.unhealthy)),
)
# made by the load balancer itself: it does not say for which target group
_OF_BALANCER = (
    _Kind("HTTPCode_ELB_5XX_Count", "Count", lambda each: counted(each.unrouted + each.timeouts)),
    _Kind("HTTPCode_ELB_503_Count", "Count", lambda each: counted(each.unrouted)),
    _Kind("HTTPCode_ELB_504_Count", "Count", lambda each: counted(each.timeouts)),
    _Kind("HTTPCode_ELB_502_Count", "Count", lambda _each: None),
    _Kind("RejectedConnectionCount", "Count", lambda _each: None),
    _Kind("NewConnectionCount", "Count", lambda each: counted((each.requests + each.unrouted) // 4)),
    _Kind("ActiveConnectionCount", "Count", lambda each: counted((each.requests + each.unrouted) // 2)),
    _Kind("ProcessedBytes", "Bytes", lambda each: one.gauge(3200.0 * each.requests) if each.requests else None),
)
_PER_TARGET = _Kind(
    "RequestCountPerTarget",
    "Count",
    lambda each: counted(each.requests / each.condition.answering) if each.condition.answering else None,
)
_OF_ECS = (_Kind("CPUUtilization", "Percent", one.cpu), _Kind("MemoryUtilization", "Percent", one.memory))
_OF_TASKS = (
    _Kind("CpuUtilized", "None", lambda each: one.gauge(_tasks(each) * each.condition.cpu_units * each.cpu / 100)),
    _Kind("CpuReserved", "None", lambda each: one.gauge(_tasks(each) * each.condition.cpu_units)),
    _Kind(
        "MemoryUtilized",
        "Megabytes",
        lambda each: one.gauge(_tasks(each) * each.condition.memory_limit * one.memory_percent(each) / 100),
    ),
    _Kind("MemoryReserved", "Megabytes", lambda each: one.gauge(_tasks(each) * each.condition.memory_limit)),
    _Kind("NetworkRxBytes", "Bytes/Second", lambda each: one.gauge(each.requests / 60 * 900)),
    _Kind("NetworkTxBytes", "Bytes/Second", lambda each: one.gauge(each.requests / 60 * 3200)),
)
_OF_SERVICE = (
    _Kind("RunningTaskCount", "Count", lambda each: one.gauge(each.condition.running)),
    _Kind("DesiredTaskCount", "Count", lambda each: one.gauge(each.condition.desired)),
    _Kind("PendingTaskCount", "Count", lambda each: one.gauge(each.condition.pending)),
    _Kind("DeploymentCount", "Count", lambda each: one.gauge(each.condition.deployments)),
    _Kind("TaskSetCount", "Count", lambda _each: one.gauge(0)),
)
_OF_CLUSTER = (
    _Kind("TaskCount", "Count", lambda each: one.gauge(each.condition.running + each.condition.pending)),
    _Kind("ServiceCount", "Count", lambda _each: one.gauge(1)),
)
# of several services these are added up, not laid side by side
ADDED = frozenset(each.metric for each in (*_OF_TASKS, *_OF_CLUSTER))
_HOSTS = frozenset(each.compute for each in _OF_HOSTS)


def _tasks(each: Minute) -> int:
    return each.condition.running


def zoned(compute: Compute, zones: int, zone: int) -> Compute:
    """What one of several zones has of it: whole requests and whole hosts, an even share of all else."""

    def of_the_zone(each: Minute) -> Sample | None:
        sample = compute(each)
        if sample is None:
            return None
        if compute in _HOSTS:
            return one.gauge(_split(sample.high, zones, zone))
        if sample.low == sample.high == 1.0:
            return counted(_split(sample.count, zones, zone))
        points = tuple((value, share / zones) for value, share in sample.points)
        return Sample(sample.count / zones, sample.total / zones, sample.low, sample.high, points)

    return of_the_zone


def _split(number: float, zones: int, zone: int) -> float:
    return (number + zones - 1 - zone) // zones


def published(services: Mapping[str, Condition], zones: Sequence[str]) -> dict[Name, Published]:
    """``zones`` are the availability zones of the load balancer."""
    found: dict[Name, Published] = {}
    for key, condition in services.items():
        for each in _of(key, condition, zones):
            same = found.get(each.name)
            found[each.name] = each if same is None else _together(same, each)
    return found


def _together(one_metric: Published, other: Published) -> Published:
    return Published(
        name=one_metric.name,
        unit=one_metric.unit,
        compute=one_metric.compute,
        services=(*one_metric.services, *other.services),
    )


def _of(key: str, condition: Condition, zones: Sequence[str]) -> Iterator[Published]:
    if condition.balancer:
        yield from _of_balancer(key, condition, zones)
    service = {"ClusterName": condition.cluster, "ServiceName": condition.service}
    yield from _each(key, ECS, _OF_ECS, service)
    if condition.insights:
        cluster = {"ClusterName": condition.cluster}
        yield from _each(key, INSIGHTS, (*_OF_SERVICE, *_OF_TASKS), service)
        yield from _each(key, INSIGHTS, _OF_TASKS, {**cluster, "TaskDefinitionFamily": condition.family})
        yield from _each(key, INSIGHTS, (*_OF_TASKS, *_OF_CLUSTER), cluster)


def _of_balancer(key: str, condition: Condition, zones: Sequence[str]) -> Iterator[Published]:
    balancer, group = {"LoadBalancer": condition.balancer}, {"TargetGroup": condition.group}
    yield from _each(key, BALANCER, (_PER_TARGET,), group)
    yield from _each(key, BALANCER, (_PER_TARGET,), {**balancer, **group})
    for kinds, places in (
        (_OF_TARGETS, (balancer, {**balancer, **group})),
        (_OF_HOSTS, ({**balancer, **group},)),
        (_OF_BALANCER, (balancer,)),
    ):
        for place in places:
            yield from _each(key, BALANCER, kinds, place)
            for number, zone in enumerate(zones):
                in_zone = [_Kind(each.metric, each.unit, zoned(each.compute, len(zones), number)) for each in kinds]
                yield from _each(key, BALANCER, in_zone, {**place, "AvailabilityZone": zone})


def _each(key: str, namespace: str, kinds: Sequence[_Kind], dimensions: Mapping[str, str]) -> Iterator[Published]:
    for kind in kinds:
        name = Name(namespace, kind.metric, tuple(sorted(dimensions.items())))
        yield Published(name=name, unit=kind.unit, compute=kind.compute, services=(key,))
