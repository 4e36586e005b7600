"""The lines of the bill that the account's resources make: a price, an amount a day, and tags."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from runbook_tui.simulator.cost import prices
from runbook_tui.simulator.cost.prices import HOURS_A_MONTH, Price
from runbook_tui.simulator.names import ENVIRONMENTS, SHARED, SITE, tags_of
from runbook_tui.simulator.world import World

_DAY = 24.0
_A_MONTH = _DAY / HOURS_A_MONTH
_IMAGE_GB = 0.16
_INSIGHTS_METRICS = 14  # of a service with Container Insights


class Line(Struct, frozen=True, kw_only=True):
    """``amount`` is of one whole day, in the price's unit; ``sway`` is by how much of it a day may differ."""

    price: Price
    amount: float
    tags: Mapping[str, str]
    sway: float = 0.0
    evening: float = 0.0  # the same for each task that autoscaling adds for four hours of an evening

    @property
    def name(self) -> str:
        return f"{self.price.usage} {self.tags.get('Environment', '')}"


def lines(world: World) -> tuple[Line, ...]:
    """As the account stands now."""
    return (*_tasks(world), *_network(world), *_rest(world), *_front_end())


def _tasks(world: World) -> Iterator[Line]:
    names = [each.service for each in ENVIRONMENTS.values()]
    found = world.call("ecs", "DescribeServices", cluster=SITE.ecs.cluster, services=names)["services"]
    for environment in ENVIRONMENTS.values():
        service = next((each for each in found if each["serviceName"] == environment.service), None)
        if service is None or service["status"] != "ACTIVE":
            continue
        definition = world.call("ecs", "DescribeTaskDefinition", taskDefinition=service["taskDefinition"])
        size = definition["taskDefinition"]
        cpu, memory = int(size["cpu"]) / 1024, int(size["memory"]) / 1024
        hours, tags = service["desiredCount"] * _DAY, tags_of(environment)
        extra = 4.0 if environment.is_prod else 0.0
        yield Line(price=prices.VCPU, amount=hours * cpu, tags=tags, evening=extra * cpu)
        yield Line(price=prices.MEMORY, amount=hours * memory, tags=tags, evening=extra * memory)
        yield Line(price=prices.LOGS, amount=0.5 if environment.is_prod else 0.1, tags=tags, sway=0.2)
        yield Line(price=prices.INSIGHTS, amount=_INSIGHTS_METRICS * _A_MONTH, tags=tags)


def _network(world: World) -> Iterator[Line]:
    balancers = world.call("elbv2", "DescribeLoadBalancers")["LoadBalancers"]
    if balancers:
        yield Line(price=prices.BALANCER, amount=len(balancers) * _DAY, tags=SHARED)
        yield Line(price=prices.CAPACITY, amount=0.4 * len(balancers) * _DAY, tags=SHARED, sway=0.15)
    gateways = [
        each
        for each in world.call("ec2", "DescribeNatGateways")["NatGateways"]
        if each["State"] in ("available", "pending")
    ]
    if gateways:
        yield Line(price=prices.NAT, amount=len(gateways) * _DAY, tags=SHARED)
        yield Line(price=prices.NAT_TRAFFIC, amount=1.5, tags=SHARED, sway=0.2)
    zones = sum(len(each.get("AvailabilityZones", ())) for each in balancers)
    if gateways or zones:
        yield Line(price=prices.ADDRESS, amount=(len(gateways) + zones) * _DAY, tags=SHARED)
    endpoints = [
        each
        for each in world.call("ec2", "DescribeVpcEndpoints")["VpcEndpoints"]
        if each["VpcEndpointType"] == "Interface"
    ]
    if endpoints:
        places = sum(len(each.get("SubnetIds", ())) for each in endpoints)
        yield Line(price=prices.ENDPOINT, amount=places * _DAY, tags=SHARED)
        yield Line(price=prices.ENDPOINT_TRAFFIC, amount=1.2, tags=SHARED, sway=0.2)


def _rest(world: World) -> Iterator[Line]:
    for environment in ENVIRONMENTS.values():
        tags = tags_of(environment)
        images = _images(world, environment.ecr_repo)
        if images:
            yield Line(price=prices.IMAGES, amount=images * _IMAGE_GB * _A_MONTH, tags=tags)
    secrets = world.call("secretsmanager", "ListSecrets")["SecretList"]
    yield Line(price=prices.SECRET, amount=len(secrets) * _A_MONTH, tags=SHARED)
    alarms = world.call("cloudwatch", "DescribeAlarms")["MetricAlarms"]
    yield Line(price=prices.ALARM, amount=len(alarms) * _A_MONTH, tags=SHARED)
    zones = world.call("route53", "ListHostedZones")["HostedZones"]
    yield Line(price=prices.ZONE, amount=len(zones) * _A_MONTH, tags=SHARED)


def _images(world: World, repository: str) -> int:
    known: Any = world.call("ecr", "DescribeRepositories")["repositories"]
    if repository not in {each["repositoryName"] for each in known}:
        return 0
    return len(world.call("ecr", "DescribeImages", repositoryName=repository)["imageDetails"])


def _front_end() -> Iterator[Line]:
    """The site's, which nobody has tagged."""
    yield Line(price=prices.SITE_TRAFFIC, amount=6.0, tags={}, sway=0.3)
    yield Line(price=prices.SITE_CALLS, amount=9_000.0, tags={}, sway=0.3)
    yield Line(price=prices.SITE_FILES, amount=2.0 * _A_MONTH, tags={})
