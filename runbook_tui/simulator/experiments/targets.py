"""Whom an experiment hits: resources by ARN, or by tags, parameters and filters."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runbook_tui.simulator.experiments.store import Resource
from runbook_tui.simulator.experiments.templates import wrong
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.world import World


class Found(Resource, frozen=True, kw_only=True):
    """``raw`` is the resource as its own service describes it: that is what filters look into."""

    tags: Mapping[str, str]
    raw: Mapping[str, Any]


def resolve(world: World, target: Mapping[str, Any]) -> Sequence[Resource]:
    """Empty when nothing fits. Raises Refused for an ARN that is no such resource."""
    found = list(_LISTED[target["resourceType"]](world, target.get("parameters") or {}))
    arns = target.get("resourceArns")
    if arns:
        known = {each.arn: each for each in found}
        missing = [arn for arn in arns if arn not in known]
        if missing:
            raise wrong(f"The resource {missing[0]} does not exist or is not of the type {target['resourceType']}.")
        chosen = [known[arn] for arn in arns]
    else:
        wanted = target.get("resourceTags") or {}
        chosen = [each for each in found if all(each.tags.get(key) == value for key, value in wanted.items())]
    kept = [each for each in chosen if all(_passes(each.raw, one) for one in target.get("filters") or ())]
    return _selected(world, kept, target["selectionMode"])


def _selected(world: World, found: list[Found], mode: str) -> Sequence[Resource]:
    """COUNT(n) of fewer takes them all; PERCENT(n) rounds down, but never to none of some."""
    kind, _, number = mode.rstrip(")").partition("(")
    count = len(found)
    if kind == "COUNT":
        count = min(len(found), int(number))
    elif kind == "PERCENT":
        count = min(len(found), max(1, len(found) * int(number) // 100))
    chosen = found if kind == "ALL" else world.random.sample(found, count)
    return [Resource(arn=each.arn, information=each.information) for each in chosen]


def _passes(raw: Mapping[str, Any], rule: Mapping[str, Any]) -> bool:
    """``State.Name`` steps into members; a list is passed when one of its items is."""
    values: list[Any] = [raw]
    for part in rule["path"].split("."):
        values = [_member(each, part) for each in _flat(values) if isinstance(each, Mapping)]
    return any(str(each) in rule["values"] for each in _flat(values) if each is not None)


def _member(of: Mapping[str, Any], name: str) -> Any:
    """FIS writes ``AvailabilityZone`` where ECS writes ``availabilityZone``."""
    return of.get(name, of.get(name[:1].lower() + name[1:]))


def _flat(values: list[Any]) -> list[Any]:
    return [item for each in values for item in (each if isinstance(each, list) else [each])]


def _subnets(world: World, parameters: Mapping[str, str]) -> Iterator[Found]:
    zone, vpc = parameters.get("availabilityZoneIdentifier"), parameters.get("vpc")
    for subnet in world.call("ec2", "DescribeSubnets")["Subnets"]:
        if zone and zone not in (subnet["AvailabilityZone"], subnet.get("AvailabilityZoneId")):
            continue
        if vpc and vpc.rpartition("/")[2] != subnet["VpcId"]:
            continue
        tags = {each["Key"]: each["Value"] for each in subnet.get("Tags", ())}
        arn = world.arn("ec2", f"subnet/{subnet['SubnetId']}")
        yield Found(arn=arn, information={"arn": arn}, tags=tags, raw=subnet)


def _clusters(world: World, _parameters: Mapping[str, str]) -> Iterator[Found]:
    arns = world.call("ecs", "ListClusters")["clusterArns"]
    for cluster in world.call("ecs", "DescribeClusters", clusters=arns, include=["TAGS"])["clusters"] if arns else ():
        arn = cluster["clusterArn"]
        yield Found(arn=arn, information={"arn": arn}, tags=_lower(cluster), raw=cluster)


def _tasks(world: World, parameters: Mapping[str, str]) -> Iterator[Found]:
    """Running ones. A service can be named only together with its cluster."""
    cluster, service = parameters.get("cluster"), parameters.get("service")
    if service and not cluster:
        raise wrong("The parameter service of the resource type aws:ecs:task needs the parameter cluster.")
    for arn in [cluster] if cluster else world.call("ecs", "ListClusters")["clusterArns"]:
        wanted = {"serviceName": service} if service else {}
        try:
            names = world.call("ecs", "ListTasks", cluster=arn, **wanted)["taskArns"]
        except Refused as refused:
            raise wrong(refused.message) from refused
        tasks = world.call("ecs", "DescribeTasks", cluster=arn, tasks=names, include=["TAGS"])["tasks"] if names else ()
        for task in tasks:
            if task["lastStatus"] == "RUNNING":
                yield Found(
                    arn=task["taskArn"],
                    information={"arn": task["taskArn"], "cluster": task["clusterArn"]},
                    tags=_lower(task),
                    raw=task,
                )


def _lower(resource: Mapping[str, Any]) -> dict[str, str]:
    return {each["key"]: each["value"] for each in resource.get("tags", ())}


_LISTED = {"aws:ec2:subnet": _subnets, "aws:ecs:cluster": _clusters, "aws:ecs:task": _tasks}
