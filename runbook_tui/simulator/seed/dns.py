"""Guide, section 6.3: the hosted zone, the hosts' aliases, and the records that prove the certificate's domains."""

from collections.abc import Mapping
from typing import Any

from runbook_tui.simulator import certificates
from runbook_tui.simulator.names import ENVIRONMENTS, SHARED, SITE, ZONE
from runbook_tui.simulator.seed.tags import listed
from runbook_tui.simulator.world import World


def seed(world: World) -> str:
    """After the load balancer. The zone's id."""
    answer = world.call(
        "route53",
        "CreateHostedZone",
        Name=f"{ZONE}.",
        CallerReference="asharvi-backend",
        HostedZoneConfig={"Comment": "Asharvi", "PrivateZone": False},
    )
    zone = str(answer["HostedZone"]["Id"]).rpartition("/")[2]
    world.call("route53", "ChangeTagsForResource", ResourceType="hostedzone", ResourceId=zone, AddTags=listed(SHARED))
    (balancer,) = world.call("elbv2", "DescribeLoadBalancers", Names=[SITE.alb.name])["LoadBalancers"]
    hosts = [environment.host for environment in ENVIRONMENTS.values()]
    changes = [*(_alias(host, balancer) for host in hosts), *(_proof(host) for host in hosts)]
    world.call("route53", "ChangeResourceRecordSets", HostedZoneId=zone, ChangeBatch={"Changes": changes})
    return zone


def _alias(host: str, balancer: Mapping[str, Any]) -> dict[str, Any]:
    target = {
        "HostedZoneId": balancer["CanonicalHostedZoneId"],
        "DNSName": balancer["DNSName"],
        "EvaluateTargetHealth": True,
    }
    return _created({"Name": host, "Type": "A", "AliasTarget": target})


def _proof(host: str) -> dict[str, Any]:
    name, value = certificates.record_of(host)
    return _created({"Name": name, "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": value}]})


def _created(record: Mapping[str, Any]) -> dict[str, Any]:
    return {"Action": "CREATE", "ResourceRecordSet": dict(record)}
