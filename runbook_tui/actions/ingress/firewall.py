"""A web ACL before the load balancer (guide 6.1)."""

from typing import Any, Final

from msgspec import Struct

from runbook_tui.actions.network.calls import complete
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Choice, Difference, Plan, Question, Risk, answer
from runbook_tui.core.site import Environment, Site

_CREATE: Final = "create-acl"
_REGIONAL: Final = "REGIONAL"  # CloudFront's are another kind
_MOST: Final = 2000  # requests of one address in five minutes
# A new ACL, and one whose load balancer has let go of it, takes up to some minutes.
_SETTLING: Final = 300.0


class _Acl(Struct, frozen=True, kw_only=True):
    """``arn`` may be an answer that is still to come."""

    name: str
    arn: Any


@action("wafv2.associate-web-acl", guide="6.1", fixes=("alb.waf",))
def associate_web_acl(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """A web ACL stands before the load balancer; where there is none, one that limits each client's rate is made."""
    if site.alb.waf == "off":
        raise CannotPlan("the site wants no web ACL", "set alb.waf in the site file")
    balancer = aws.elb.load_balancer(site.alb.name).load_balancer_arn
    guarded = aws.wafv2.web_acl(balancer) is not None
    chosen = None if guarded else _chosen(aws, inputs)
    name = f"{site.site.name}-backend-web-acl"
    acl = chosen or _Acl(name=name, arn=answer(_CREATE, "Summary.ARN"))
    calls = (*(() if chosen else (_creation(site, name),)), _association(acl, balancer, site.alb.name))
    return complete(
        Plan(
            action="wafv2.associate-web-acl",
            title=f"Put a web ACL before {site.alb.name}",
            environment=env.name,
            resource=site.alb.name,
            effect="Every request is looked at first; what the ACL blocks is answered 403.",
            risk=Risk.CHANGE,
            calls=() if guarded else calls,
            differences=(Difference(what=f"web ACL of {site.alb.name}", before="none", after=acl.name),),
            warnings=() if guarded else _warnings(acl, is_new=chosen is None),
        )
    )


def _chosen(aws: Aws, inputs: Inputs) -> _Acl | None:
    """The account's own, asked for where it has several."""
    listed_ones = aws.reader.read("wafv2", "list_web_acls", Scope=_REGIONAL).get("WebACLs", ())
    known = {str(one["Name"]): _Acl(name=one["Name"], arn=one["ARN"]) for one in listed_ones}
    if len(known) < 2:
        return next(iter(known.values()), None)
    choices = tuple(Choice(value=name, label=name) for name in sorted(known))
    (name,) = inputs.take(Question(name="web_acl", text="Which web ACL?", choices=choices))
    return known[name]


def _warnings(acl: _Acl, *, is_new: bool) -> tuple[str, ...]:
    if is_new:
        return (f"it blocks a client after {_MOST} requests in five minutes, a whole office behind one address too",)
    return (f"{acl.name} was made for something else perhaps: its rules hold for these visitors now",)


def _creation(site: Site, name: str) -> ApiCall:
    limit = {
        "Name": "rate-limit",
        "Priority": 0,
        "Statement": {"RateBasedStatement": {"Limit": _MOST, "AggregateKeyType": "IP"}},
        "Action": {"Block": {}},
        "VisibilityConfig": _measured("rate-limit"),
    }
    back = _waf(
        "delete-acl",
        "delete_web_acl",
        f"{name} is gone",
        not_yet=("WAFAssociatedItemException",),
        gone=("WAFNonexistentItemException",),
        Name=name,
        Scope=_REGIONAL,
        Id=answer(_CREATE, "Summary.Id"),
        LockToken=answer(_CREATE, "Summary.LockToken"),
    )
    return _waf(
        _CREATE,
        "create_web_acl",
        f"{name}, which limits the rate of each client",
        back,
        Name=name,
        Scope=_REGIONAL,
        DefaultAction={"Allow": {}},
        Rules=[limit],
        VisibilityConfig=_measured(name),
        Tags=listed(tags_of(site, None)),
    )


def _association(acl: _Acl, balancer: str, name: str) -> ApiCall:
    back = _waf("disassociate", "disassociate_web_acl", f"no web ACL stands before {name}", ResourceArn=balancer)
    return _waf(
        "associate",
        "associate_web_acl",
        f"{acl.name} stands before {name}",
        back,
        not_yet=("WAFUnavailableEntityException",),
        WebACLArn=acl.arn,
        ResourceArn=balancer,
    )


def _waf(
    call_id: str,
    operation: str,
    effect: str,
    *undo: ApiCall,
    not_yet: tuple[str, ...] = (),
    gone: tuple[str, ...] = (),
    **parameters: Any,
) -> ApiCall:
    return ApiCall(
        id=call_id,
        service="wafv2",
        operation=operation,
        parameters=parameters,
        effect=effect,
        not_yet=not_yet,
        patience=_SETTLING,
        gone=gone,
        undo=undo,
    )


def _measured(name: str) -> dict[str, Any]:
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}
