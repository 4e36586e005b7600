"""Preamble: what the front end already has, and whether the backend's resources are marked as its own."""

from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.tagging import TaggedResource
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, passed, skip, warn

VPC: Final = "VPC"
FRONT_END: Final = ("frontend", "front-end", "front end")


@check(
    "pre.frontend-inventory",
    guide="P",
    severity="info",
    scope="shared",
    needs=["apigateway:GET", "cloudfront:ListDistributions", "lambda:ListFunctions", "s3:ListAllMyBuckets"],
)
def frontend_inventory(aws: Aws, site: Site) -> Verdict:
    """Every front-end resource that the site names exists."""
    if not site.frontend.enabled:
        return skip("the site has no front end (frontend.enabled is false)")
    facts, named = aws.frontend, site.frontend
    distributions, buckets, functions, apis = together(facts.distributions, facts.buckets, facts.functions, facts.apis)
    inventory: dict[str, tuple[tuple[str, ...], Iterable[str]]] = {
        "distributions": (named.distribution_ids, {one.id for one in distributions}),
        "buckets": (named.buckets, buckets),
        "functions": (named.functions, {one.function_name for one in functions}),
        "APIs": (named.apis, apis),
    }
    absent = [f"{kind}: {name}" for kind, (wanted, found) in inventory.items() for name in wanted if name not in found]
    counted = {kind: len(wanted) for kind, (wanted, _) in inventory.items()}
    total = sum(counted.values())
    if absent:
        because = f"{len(absent)} of {total} named front-end resources not found: {', '.join(absent)}"
        remedy = "correct frontend.* in the site; nothing in the backend depends on it"
        return warn(because, remedy, absent=absent, named=counted)
    because = f"all {total} named front-end resources exist" if total else "the site names no front-end resource"
    return passed(because, named=counted)


class Expected(Struct, frozen=True):
    """A backend resource, and how to know its ARN: it ends in ``mark``; with ``prefix`` an id follows the mark."""

    kind: str
    name: str
    mark: str
    prefix: bool = False

    def is_in(self, arns: Iterable[str]) -> bool:
        # CloudWatch Logs ends the ARN of a log group in :* here and there.
        return any(self.mark in arn if self.prefix else arn.removesuffix(":*").endswith(self.mark) for arn in arns)


@check(
    "pre.dedicated-resources",
    guide="P",
    severity="medium",
    scope="shared",
    needs=["ec2:DescribeSecurityGroups", "ec2:DescribeVpcs", "tag:GetResources"],
)
def dedicated_resources(aws: Aws, site: Site) -> Verdict:
    """Every backend resource carries the site's tags, and none is marked as front end."""
    required = site.tags.required
    if not required:
        return skip("the site asks for no tags (tags.required is empty)")
    tagged, wanted = together(lambda: aws.tagging.tagged(required[0]), lambda: expected(aws, site))
    complete = [one.arn for one in tagged if all(one.value(key) is not None for key in required)]
    without = [one for one in wanted if not one.is_in(complete) and not _stands_by_subnets(one, complete, site)]
    shared = [
        arn for one in tagged if _is_front_end(one) for arn in [one.arn] if any(own.is_in([arn]) for own in wanted)
    ]
    remedy = f"tag them with {', '.join(required)}, so that cost and ownership can be told apart"
    evidence = {"without": [f"{one.kind} {one.name}" for one in without], "count": _count(without), "front_end": shared}
    if without:
        some = ", ".join(f"{one.kind} {one.name}" for one in without[:4]) + (" …" if len(without) > 4 else "")
        because = f"{len(without)} of {len(wanted)} backend resources without the tags {', '.join(required)}: {some}"
        return warn(because, remedy, **evidence)
    if shared:
        remedy = "give the backend resources of its own, or correct the Component tag"
        return warn(f"{len(shared)} backend resources are tagged as front end", remedy, **evidence)
    return passed(f"all {len(wanted)} backend resources carry {', '.join(required)}", count=len(wanted))


def expected(aws: Aws, site: Site) -> list[Expected]:
    """What the site says there is. VPC and groups by id, where they exist: whether they do is asked elsewhere."""
    network = {
        VPC: lambda: (site.net.vpc_name, f":vpc/{aws.ec2.vpc(site).vpc_id}"),
        "ALB security group": lambda: (site.net.sg_alb, f":security-group/{aws.ec2.alb_group(site).group_id}"),
        "ECS security group": lambda: (site.net.sg_ecs, f":security-group/{aws.ec2.ecs_group(site).group_id}"),
    }
    found = [Expected(kind, *named) for kind, look in network.items() if (named := _unless_missing(look))]
    topic = site.obs.topic_arn or f":{site.obs.topic}"
    found += [
        Expected("cluster", site.ecs.cluster, f":cluster/{site.ecs.cluster}"),
        Expected("load balancer", site.alb.name, f":loadbalancer/app/{site.alb.name}/", prefix=True),
        Expected("topic", topic.rsplit(":", 1)[-1], topic),
    ]
    for one in site.environments.values():
        found += [
            Expected("service", one.service, f":service/{site.ecs.cluster}/{one.service}"),
            Expected("repository", one.ecr_repo, f":repository/{one.ecr_repo}"),
            Expected("target group", one.target_group, f":targetgroup/{one.target_group}/", prefix=True),
            Expected("log group", one.log_group, f":log-group:{one.log_group}"),
        ]
    return found


def _stands_by_subnets(resource: Expected, complete: list[str], site: Site) -> bool:
    """Tagged subnets do in place of a tagged VPC, which another product may own."""
    subnets = sum(":subnet/" in arn for arn in complete)
    return resource.kind == VPC and subnets >= len(site.net.public_subnets) + len(site.net.private_subnets)


def _unless_missing(look: Callable[[], tuple[str, str]]) -> tuple[str, str] | None:
    try:
        return look()
    except Missing:
        return None


def _is_front_end(resource: TaggedResource) -> bool:
    return (resource.value("Component") or "").lower() in FRONT_END


def _count(resources: list[Expected]) -> dict[str, int]:
    return {kind: sum(one.kind == kind for one in resources) for kind in dict.fromkeys(one.kind for one in resources)}
