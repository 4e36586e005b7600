"""The site of the guide, and the names that AWS gives to what it describes."""

from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from runbook_tui.core.site import Aws, Domain, Environment, Site, environment_defaults
from tests.support.facts import NOON

ACCOUNT = "123456789012"
REGION = "ap-south-1"
ENVIRONMENTS = {
    name: Environment(**environment_defaults(name, "asharvi", "asharvi.dev")) for name in ("staging", "prod")
}
SITE = Site(aws=Aws(account_id=ACCOUNT, region=REGION), domain=Domain(zone="asharvi.dev"), environments=ENVIRONMENTS)
PROD, STAGING = ENVIRONMENTS["prod"], ENVIRONMENTS["staging"]
VPC = "vpc-0a1b2c3d4e5f60718"
GROUP = "sg-0ec5bac4e00000001"
ZONES = {"subnet-0a": "aps1-az1", "subnet-0b": "aps1-az3"}
CIDRS = dict(zip(ZONES, SITE.net.private_subnets, strict=True))
Raw = dict[str, Any]


def ago(**span: float) -> datetime:
    return NOON - timedelta(**span)


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{resource}"


def group_arn(name: str) -> str:
    return arn("elasticloadbalancing", f"targetgroup/{name}/73e2d6bc24d8a067")


BALANCER_ARN = arn("elasticloadbalancing", f"loadbalancer/app/{SITE.alb.name}/50dc6c495c0c9188")


def site_with(**sections: Any) -> Site:
    return replace(SITE, **sections)


def with_environment(name: str, **changes: Any) -> Site:
    return site_with(environments={**ENVIRONMENTS, name: replace(ENVIRONMENTS[name], **changes)})
