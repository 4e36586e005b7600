"""Load balancing and logs as AWS would describe them: raw, and healthy unless a test says otherwise."""

from typing import Any

from runbook_tui.core.site import Environment
from tests.support.backend_site import BALANCER_ARN, PROD, SITE, VPC, Raw, arn, group_arn


def balancer(**changes: Any) -> Raw:
    return {
        "LoadBalancerArn": BALANCER_ARN,
        "LoadBalancerName": SITE.alb.name,
        "DNSName": "asharvi-backend-alb-1.ap-south-1.elb.amazonaws.com",
        "CanonicalHostedZoneId": "ZP97RAFLXTNZK",
        "Type": "application",
        "Scheme": "internet-facing",
        "VpcId": VPC,
        "State": {"Code": "active"},
        "IpAddressType": "ipv4",
        **changes,
    }


def redirect(**changes: Any) -> Raw:
    given = {
        "Protocol": "HTTPS",
        "Port": "443",
        "Host": "#{host}",
        "Path": "/#{path}",
        "Query": "#{query}",
        "StatusCode": "HTTP_301",
        **changes,
    }
    return {"Type": "redirect", "Order": 1, "RedirectConfig": given}


def listener(port: int, **changes: Any) -> Raw:
    plain = {"Protocol": "HTTP", "DefaultActions": [redirect()]}
    certificate = arn("acm", "certificate/0f4a7d1c-8a1b-4c52-9d3e-000000000001")
    encrypted = {
        "Protocol": "HTTPS",
        "SslPolicy": SITE.alb.ssl_policy,
        "Certificates": [{"CertificateArn": certificate}],
        "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
    }
    return {
        "ListenerArn": arn("elasticloadbalancing", f"listener/app/{SITE.alb.name}/50dc6c495c0c9188/{port}"),
        "LoadBalancerArn": BALANCER_ARN,
        "Port": port,
        **(encrypted if port == 443 else plain),
        **changes,
    }


def rule(*actions: Raw, default: bool = False) -> Raw:
    number = arn("elasticloadbalancing", f"listener-rule/app/{SITE.alb.name}/1/2/{len(actions)}")
    return {"RuleArn": number, "Priority": "default" if default else "10", "IsDefault": default, "Actions": [*actions]}


def target_group(env: Environment = PROD, **changes: Any) -> Raw:
    return {
        "TargetGroupArn": group_arn(env.target_group),
        "TargetGroupName": env.target_group,
        "TargetType": "ip",
        "Protocol": "HTTP",
        "ProtocolVersion": "HTTP1",
        "Port": 3000,
        "VpcId": VPC,
        "LoadBalancerArns": [BALANCER_ARN],
        "HealthCheckEnabled": True,
        "HealthCheckPath": "/ready",
        "HealthCheckPort": "traffic-port",
        "HealthCheckProtocol": "HTTP",
        "HealthCheckIntervalSeconds": 15,
        "HealthCheckTimeoutSeconds": 5,
        "HealthyThresholdCount": 2,
        "UnhealthyThresholdCount": 3,
        "Matcher": {"HttpCode": "200"},
        **changes,
    }


def target(state: str = "healthy", zone: str = "ap-south-1a", reason: str = "") -> Raw:
    told = {"State": state, **({"Reason": reason, "Description": reason} if reason else {})}
    return {"Target": {"Id": "10.20.10.17", "Port": 3000, "AvailabilityZone": zone}, "TargetHealth": told}


def log_group(env: Environment = PROD, **changes: Any) -> Raw:
    return {
        "logGroupName": env.log_group,
        "arn": arn("logs", f"log-group:{env.log_group}:*"),
        "retentionInDays": 30,
        "storedBytes": 1024,
        "logGroupClass": "STANDARD",
        **changes,
    }
