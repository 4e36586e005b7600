"""Guide, section 6.1: a web ACL before the load balancer, which limits the rate of each client."""

from runbook_tui.simulator.names import SHARED, SITE
from runbook_tui.simulator.seed.tags import listed
from runbook_tui.simulator.world import World

_NAME = "asharvi-backend-web-acl"
_MOST = 2000  # requests of one address in five minutes


def seed(world: World) -> None:
    """After the load balancer."""
    (balancer,) = world.call("elbv2", "DescribeLoadBalancers", Names=[SITE.alb.name])["LoadBalancers"]
    limit = {
        "Name": "rate-limit",
        "Priority": 0,
        "Statement": {"RateBasedStatement": {"Limit": _MOST, "AggregateKeyType": "IP"}},
        "Action": {"Block": {}},
        "VisibilityConfig": _measured("rate-limit"),
    }
    made = world.call(
        "wafv2",
        "CreateWebACL",
        Name=_NAME,
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        Rules=[limit],
        VisibilityConfig=_measured(_NAME),
        Tags=listed(SHARED),
    )
    world.call("wafv2", "AssociateWebACL", WebACLArn=made["Summary"]["ARN"], ResourceArn=balancer["LoadBalancerArn"])


def _measured(name: str) -> dict[str, object]:
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}
