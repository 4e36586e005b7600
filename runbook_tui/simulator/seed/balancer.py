"""Guide, section 6: certificate, load balancer, target groups, listeners."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from runbook_tui.core.site import Environment
from runbook_tui.simulator import certificates
from runbook_tui.simulator.names import ENVIRONMENTS, SHARED, SITE, tags_of
from runbook_tui.simulator.seed.network import Places
from runbook_tui.simulator.seed.tags import listed
from runbook_tui.simulator.world import World

_NOT_FOUND = {
    "Type": "fixed-response",
    "FixedResponseConfig": {"StatusCode": "404", "ContentType": "text/plain", "MessageBody": "Not found"},
}
_TO_HTTPS = {
    "Type": "redirect",
    "RedirectConfig": {
        "Protocol": "HTTPS",
        "Port": "443",
        "Host": "#{host}",
        "Path": "/#{path}",
        "Query": "#{query}",
        "StatusCode": "HTTP_301",
    },
}


def seed(world: World, places: Places) -> Mapping[str, str]:
    """The ARNs of the target groups by environment."""
    balancer = _balancer(world, places)
    groups = {name: _group(world, places, environment) for name, environment in ENVIRONMENTS.items()}
    _listener(world, balancer, "HTTP", 80, _TO_HTTPS)
    certificates = [{"CertificateArn": _certificate(world)}]
    https = _listener(
        world, balancer, "HTTPS", 443, _NOT_FOUND, Certificates=certificates, SslPolicy=SITE.alb.ssl_policy
    )
    for priority, (name, environment) in enumerate(ENVIRONMENTS.items(), start=1):
        world.call(
            "elbv2",
            "CreateRule",
            ListenerArn=https,
            Priority=priority * 10,
            Conditions=[{"Field": "host-header", "HostHeaderConfig": {"Values": [environment.host]}}],
            Actions=[{"Type": "forward", "TargetGroupArn": groups[name]}],
            Tags=listed(tags_of(environment)),
        )
    return groups


def _balancer(world: World, places: Places) -> str:
    answer = world.call(
        "elbv2",
        "CreateLoadBalancer",
        Name=SITE.alb.name,
        Type="application",
        Scheme="internet-facing",
        IpAddressType="ipv4",
        Subnets=list(places.public),
        SecurityGroups=[places.balancer_group],
        Tags=listed(SHARED),
    )
    arn = str(answer["LoadBalancers"][0]["LoadBalancerArn"])
    attributes = {
        "deletion_protection.enabled": "true",
        "routing.http.drop_invalid_header_fields.enabled": "true",
        "idle_timeout.timeout_seconds": "60",
    }
    world.call("elbv2", "ModifyLoadBalancerAttributes", LoadBalancerArn=arn, Attributes=listed(attributes))
    world.backend("elbv2").load_balancers[arn].state = "active"
    return arn


def _group(world: World, places: Places, environment: Environment) -> str:
    answer = world.call(
        "elbv2",
        "CreateTargetGroup",
        Name=environment.target_group,
        Protocol="HTTP",
        ProtocolVersion="HTTP1",
        Port=SITE.app.port,
        VpcId=places.vpc,
        TargetType="ip",
        HealthCheckProtocol="HTTP",
        HealthCheckPath=SITE.app.ready_path,
        HealthCheckPort="traffic-port",
        HealthCheckIntervalSeconds=15,
        HealthCheckTimeoutSeconds=5,
        HealthyThresholdCount=2,
        UnhealthyThresholdCount=2,
        Matcher={"HttpCode": "200"},
        Tags=listed(tags_of(environment)),
    )
    arn = str(answer["TargetGroups"][0]["TargetGroupArn"])
    delay = {"deregistration_delay.timeout_seconds": str(SITE.tg.deregistration_delay)}
    world.call("elbv2", "ModifyTargetGroupAttributes", TargetGroupArn=arn, Attributes=listed(delay))
    return arn


def _listener(world: World, balancer: str, protocol: str, port: int, action: Mapping[str, Any], **more: Any) -> str:
    answer = world.call(
        "elbv2",
        "CreateListener",
        LoadBalancerArn=balancer,
        Protocol=protocol,
        Port=port,
        DefaultActions=[dict(action)],
        Tags=listed(SHARED),
        **more,
    )
    return str(answer["Listeners"][0]["ListenerArn"])


def _certificate(world: World) -> str:
    """In this story it was issued a month ago."""
    hosts = [environment.host for environment in ENVIRONMENTS.values()]
    answer = world.call(
        "acm",
        "RequestCertificate",
        DomainName=ENVIRONMENTS["prod"].host,
        SubjectAlternativeNames=hosts,
        ValidationMethod="DNS",
        Tags=listed(SHARED),
    )
    arn = str(answer["CertificateArn"])
    issued = world.clock.now() - timedelta(days=30)
    certificates.issue(world, arn, issued=issued, not_after=issued + certificates.LIFETIME)
    return arn
