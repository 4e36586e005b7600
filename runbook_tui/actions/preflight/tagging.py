"""The tags that tell what is the backend's, and whose (guide, preamble)."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from runbook_tui.actions.permissions import needed
from runbook_tui.actions.tags import tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.catalogue.permissions import partition
from runbook_tui.catalogue.topic import topic_arn
from runbook_tui.core.plan import ApiCall, Difference, Plan, Question, Ready, Risk
from runbook_tui.core.site import Environment, Site

_A_CALL: Final = 20  # ARNs that TagResources takes
_TAGGING: Final = "resourcegroupstaggingapi"
# What the tagging API asks besides of whoever tags, by the service in the ARN.
_BESIDES: Final[Mapping[str, str]] = {
    "ec2": "ec2:CreateTags",
    "ecr": "ecr:TagResource",
    "ecs": "ecs:TagResource",
    "elasticloadbalancing": "elasticloadbalancing:AddTags",
    "logs": "logs:TagResource",
    "sns": "sns:TagResource",
}


class _Resource(Struct, frozen=True, kw_only=True):
    """``environment`` is None for what all environments share."""

    name: str
    arn: str
    environment: Environment | None


@action("tags.tag-resources", guide="P", fixes=("pre.dedicated-resources",))
def tag_resources(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """Every resource of the backend carries the site's tags."""
    resources = list(_resources(aws, site))
    present = _present(aws, [one.arn for one in resources])
    own = _unknown(site, inputs)
    absent: dict[tuple[tuple[str, str], ...], list[_Resource]] = defaultdict(list)
    for one in resources:
        wanted = {**tags_of(site, one.environment), **own}
        lacking = tuple((key, wanted[key]) for key in site.tags.required if key not in present.get(one.arn, {}))
        if lacking:
            absent[lacking].append(one)
    parts = [
        (dict(tags), found[start : start + _A_CALL])
        for tags, found in sorted(absent.items())
        for start in range(0, len(found), _A_CALL)
    ]
    calls = tuple(_tagging(number, tags, found) for number, (tags, found) in enumerate(parts, 1))
    services = {one.arn.split(":")[2] for found in absent.values() for one in found}
    return Plan(
        action="tags.tag-resources",
        title=f"Tag {sum(map(len, absent.values()))} resources of {site.site.name}",
        environment=env.name,
        resource=site.site.name,
        effect="Costs and owners can be told apart. A tag that is there keeps its value. Nothing restarts.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=tuple(
            Difference(what=one.name, before="", after=", ".join(f"{key}={value}" for key, value in tags.items()))
            for tags, found in parts
            for one in found
        ),
        permissions=(*needed(calls), *(_BESIDES[one] for one in sorted(services))),
    )


def _resources(aws: Aws, site: Site) -> Iterator[_Resource]:
    """Those of the site that are there, in the order of the guide."""
    account = site.aws.account_id or aws.identity.caller().account
    where = f"arn:{partition(site.aws.region)}:{{}}:{site.aws.region}:{account}:{{}}"
    shared: Mapping[str, Callable[[], str]] = {
        site.net.vpc_name: lambda: where.format("ec2", f"vpc/{aws.ec2.vpc(site).vpc_id}"),
        site.net.sg_alb: lambda: where.format("ec2", f"security-group/{aws.ec2.alb_group(site).group_id}"),
        site.net.sg_ecs: lambda: where.format("ec2", f"security-group/{aws.ec2.ecs_group(site).group_id}"),
        site.ecs.cluster: lambda: aws.ecs.cluster(site.ecs.cluster).cluster_arn,
        site.alb.name: lambda: aws.elb.load_balancer(site.alb.name).load_balancer_arn,
        site.obs.topic: lambda: aws.sns.topic(topic_arn(aws, site)).arn,
    }
    yield from _there(shared, None)
    for one in site.environments.values():
        yield from _there(_of(aws, site, one, where), one)


def _of(aws: Aws, site: Site, env: Environment, where: str) -> Mapping[str, Callable[[], str]]:
    return {
        f"service {env.service}": lambda: aws.ecs.service(site.ecs.cluster, env.service).service_arn,
        f"repository {env.ecr_repo}": lambda: aws.ecr.repository(env.ecr_repo).repository_arn,
        env.target_group: lambda: aws.elb.target_group(env.target_group).target_group_arn,
        env.log_group: lambda: where.format("logs", f"log-group:{aws.logs.group(env.log_group).log_group_name}"),
    }


def _there(named: Mapping[str, Callable[[], str]], env: Environment | None) -> Iterator[_Resource]:
    for name, look in named.items():
        try:
            yield _Resource(name=name, arn=look(), environment=env)
        except Missing:
            continue  # whether it exists is another check's question


def _present(aws: Aws, arns: Sequence[str]) -> dict[str, dict[str, str]]:
    """Tags by key, of what carries any: asked by ARN, so that none is overlooked."""
    told = aws.reader.read(_TAGGING, "get_resources", ResourceARNList=sorted(arns)) if arns else {}
    found = told.get("ResourceTagMappingList", [])
    return {one["ResourceARN"].removesuffix(":*"): {tag["Key"]: tag["Value"] for tag in one["Tags"]} for one in found}


def _unknown(site: Site, inputs: Inputs) -> dict[str, str]:
    """Values of the keys that the site requires and says nothing about."""
    keys = [key for key in site.tags.required if key not in tags_of(site, None)]
    given = inputs.take(*(Question(name=f"tag-{key}", text=f"Which value has the tag {key}?") for key in keys))
    empty = [key for key, value in zip(keys, given, strict=True) if not value.strip()]
    if empty:
        raise CannotPlan(f"no value for {', '.join(empty)}", "name one")
    return {key: value.strip() for key, value in zip(keys, given, strict=True)}


def _tagging(number: int, tags: dict[str, str], resources: Sequence[_Resource]) -> ApiCall:
    """The answer is 200 even when a resource was refused: it is made when the index finds every one of them."""
    arns = [one.arn for one in resources]
    filters = [{"Key": key, "Values": [value]} for key, value in tags.items()]
    back = _call(f"untag-{number}", "untag_resources", arns, {"TagKeys": list(tags)}, f"{len(arns)} without these tags")
    return ApiCall(
        **_call(f"tag-{number}", "tag_resources", arns, {"Tags": tags}, f"{len(arns)} resources are tagged"),
        ready=Ready(
            operation="get_resources",
            parameters={"ResourceARNList": arns, "TagFilters": filters},
            path=f"ResourceTagMappingList.{len(arns) - 1}.ResourceARN",
            wanted=(*arns, *(f"{arn}:*" for arn in arns)),
            timeout=180.0,
        ),
        undo=(ApiCall(**back),),
    )


def _call(call_id: str, operation: str, arns: Sequence[str], more: Mapping[str, Any], effect: str) -> dict[str, Any]:
    parameters = {"ResourceARNList": list(arns), **more}
    return {"id": call_id, "service": _TAGGING, "operation": operation, "parameters": parameters, "effect": effect}
