"""The index of tagged resources: what moto's index holds, and what it leaves out."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from runbook_tui.simulator.pages import page
from runbook_tui.simulator.registry import Parameters, Reply, overlay
from runbook_tui.simulator.world import World


class _Tagged(Struct, frozen=True):
    arn: str
    tags: Mapping[str, str]


@overlay("resourcegroupstaggingapi", "GetResources")
def get_resources(world: World, parameters: Parameters) -> Reply:
    arns, kinds = parameters.get("ResourceARNList") or (), parameters.get("ResourceTypeFilters") or ()
    filters = parameters.get("TagFilters") or ()
    found = {
        each.arn: each
        for each in (*_in_moto(world), *_repositories(world), *_endpoints(world))
        if each.tags
        and (not arns or each.arn in arns)
        and (not kinds or any(_is_of(each.arn, kind) for kind in kinds))
        and all(_matches(each.tags, wanted) for wanted in filters)
    }
    items, token = page(
        [{"ResourceARN": each.arn, "Tags": _listed(each.tags)} for each in found.values()],
        parameters,
        size="ResourcesPerPage",
        token="PaginationToken",  # noqa: S106
        limit=50,
    )
    return {"ResourceTagMappingList": items, "PaginationToken": token or ""}


def _in_moto(world: World) -> Iterator[_Tagged]:
    from moto.core.resource_tagging import iter_taggable_backends

    for backend in iter_taggable_backends(world.account, world.region):
        for resource in backend.iter_tagged_resources():
            yield _Tagged(resource.arn, dict(resource.tags))


def _repositories(world: World) -> Iterator[_Tagged]:
    for repository in world.call("ecr", "DescribeRepositories")["repositories"]:
        arn = repository["repositoryArn"]
        yield _Tagged(arn, _plain(world.call("ecr", "ListTagsForResource", resourceArn=arn)["tags"]))


def _endpoints(world: World) -> Iterator[_Tagged]:
    for endpoint in world.call("ec2", "DescribeVpcEndpoints")["VpcEndpoints"]:
        yield _Tagged(world.arn("ec2", f"vpc-endpoint/{endpoint['VpcEndpointId']}"), _plain(endpoint.get("Tags", ())))


def _plain(tags: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def _is_of(arn: str, kind: str) -> bool:
    """``ecs`` means the whole service, ``ecs:cluster`` one type of it."""
    service, _, resource = kind.partition(":")
    parts = arn.split(":", 5)
    return parts[2] == service and (not resource or parts[5].replace(":", "/").split("/")[0] == resource)


def _matches(tags: Mapping[str, str], wanted: Mapping[str, Any]) -> bool:
    values = wanted.get("Values") or ()
    return wanted["Key"] in tags and (not values or tags[wanted["Key"]] in values)


def _listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
