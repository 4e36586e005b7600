"""What alarms and dashboards look at: the live load balancer, target group and service."""

from typing import Any

from msgspec import Struct

from runbook_tui.aws.access import Aws
from runbook_tui.core.site import Environment, Site


class Watched(Struct, frozen=True, kw_only=True):
    """Dimensions by name; those of the load balancer and the target group are the ends of their ARNs."""

    balancer: dict[str, str]
    targets: dict[str, str]
    service: dict[str, str]

    @property
    def of_balancer(self) -> list[dict[str, str]]:
        return dimensions(self.balancer)

    @property
    def of_targets(self) -> list[dict[str, str]]:
        return dimensions(self.targets)

    @property
    def of_service(self) -> list[dict[str, str]]:
        return dimensions(self.service)


def watched(aws: Aws, site: Site, env: Environment) -> Watched:
    """Missing when the load balancer or the target group is not there."""
    balancer = aws.elb.load_balancer(site.alb.name).load_balancer_arn.partition(":loadbalancer/")[2]
    group = aws.elb.target_group(env.target_group).target_group_arn.rpartition(":")[2]
    return Watched(
        balancer={"LoadBalancer": balancer},
        targets={"LoadBalancer": balancer, "TargetGroup": group},
        service={"ClusterName": site.ecs.cluster, "ServiceName": env.service},
    )


def dimensions(by_name: dict[str, str]) -> list[dict[str, Any]]:
    return [{"Name": name, "Value": value} for name, value in by_name.items()]
