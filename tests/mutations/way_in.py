"""The way in: alb.*, acm.*, dns.*, probe.redirect"""

from datetime import timedelta
from typing import Any

from runbook_tui.simulator import certificates
from tests.mutations.contract import FAIL, SKIP, WARN, Row, both
from tests.support.changes import group_id, subnet_id
from tests.support.standing import Standing


def _balancer(world: Standing) -> dict[str, Any]:
    found: dict[str, Any] = world.client("elbv2").describe_load_balancers(Names=[world.site.alb.name])
    return dict(found["LoadBalancers"][0])


def _listener(world: Standing, port: int) -> dict[str, Any]:
    arn = _balancer(world)["LoadBalancerArn"]
    listed = world.client("elbv2").describe_listeners(LoadBalancerArn=arn)["Listeners"]
    return next(dict(one) for one in listed if one["Port"] == port)


def _zone(world: Standing) -> str:
    zones = world.client("route53").list_hosted_zones_by_name(DNSName=world.site.domain.zone)["HostedZones"]
    return str(zones[0]["Id"])


def _in_a_private_subnet(world: Standing) -> None:
    net = world.site.net
    subnets = [subnet_id(world, net.public_subnets[0]), subnet_id(world, net.private_subnets[1])]
    world.client("elbv2").set_subnets(LoadBalancerArn=_balancer(world)["LoadBalancerArn"], Subnets=subnets)


def _second_group(world: Standing) -> None:
    balancer = _balancer(world)
    groups = [*balancer["SecurityGroups"], group_id(world, "vpce-backend-sg")]
    world.client("elbv2").set_security_groups(LoadBalancerArn=balancer["LoadBalancerArn"], SecurityGroups=groups)


def _unprotected(world: Standing) -> None:
    world.client("elbv2").modify_load_balancer_attributes(
        LoadBalancerArn=_balancer(world)["LoadBalancerArn"],
        Attributes=[{"Key": "deletion_protection.enabled", "Value": "false"}],
    )


def _no_firewall(world: Standing) -> None:
    world.client("wafv2").disassociate_web_acl(ResourceArn=_balancer(world)["LoadBalancerArn"])


def _split(world: Standing) -> None:
    """Some of prod's paths go to staging: a rule before prod's own."""
    elbv2 = world.client("elbv2")
    groups = elbv2.describe_target_groups(Names=[world.site.environments["staging"].target_group])["TargetGroups"]
    elbv2.create_rule(
        ListenerArn=_listener(world, 443)["ListenerArn"],
        Priority=5,
        Conditions=[
            {"Field": "host-header", "HostHeaderConfig": {"Values": [world.site.environments["prod"].host]}},
            {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/beta/*"]}},
        ],
        Actions=[{"Type": "forward", "TargetGroupArn": groups[0]["TargetGroupArn"]}],
    )


def _to_staging_by_default(world: Standing) -> None:
    elbv2 = world.client("elbv2")
    groups = elbv2.describe_target_groups(Names=[world.site.environments["staging"].target_group])["TargetGroups"]
    elbv2.modify_listener(
        ListenerArn=_listener(world, 443)["ListenerArn"],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": groups[0]["TargetGroupArn"]}],
    )


def _certificate(world: Standing) -> str:
    return str(_listener(world, 443)["Certificates"][0]["CertificateArn"])


def _other_names(world: Standing) -> None:
    """The listener shows a certificate for prod alone."""
    acm = world.client("acm")
    prod = world.site.environments["prod"].host
    arn = acm.request_certificate(DomainName=prod, ValidationMethod="DNS")["CertificateArn"]
    now = world.world.clock.now()
    certificates.issue(world.world, arn, issued=now, not_after=now + certificates.LIFETIME)
    listener = _listener(world, 443)["ListenerArn"]
    world.client("elbv2").modify_listener(ListenerArn=listener, Certificates=[{"CertificateArn": arn}])


def _ends_in_days(world: Standing) -> None:
    certificates.expire_at(world.world, _certificate(world), world.world.clock.now() + timedelta(days=5))


def _change(world: Standing, *changes: dict[str, Any]) -> None:
    world.client("route53").change_resource_record_sets(
        HostedZoneId=_zone(world), ChangeBatch={"Changes": list(changes)}
    )


def _proof_gone(world: Standing) -> None:
    name, value = certificates.record_of(world.site.environments["staging"].host)
    record = {"Name": name, "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": value}]}
    _change(world, {"Action": "DELETE", "ResourceRecordSet": record})


def _private_zone_only(world: Standing) -> None:
    """The zone becomes one of the VPC alone; no call of AWS's turns one into the other."""
    for zone in world.world.backend("route53").zones.values():
        zone.private_zone = True


def _alias(world: Standing, environment: str) -> dict[str, Any]:
    balancer = _balancer(world)
    target = {
        "HostedZoneId": balancer["CanonicalHostedZoneId"],
        "DNSName": balancer["DNSName"],
        "EvaluateTargetHealth": True,
    }
    return {"Name": world.site.environments[environment].host, "Type": "A", "AliasTarget": target}


def _cname(world: Standing) -> None:
    """Instead of staging's alias."""
    host = world.site.environments["staging"].host
    values = [{"Value": _balancer(world)["DNSName"]}]
    record = {"Name": host, "Type": "CNAME", "TTL": 60, "ResourceRecords": values}
    _change(
        world,
        {"Action": "DELETE", "ResourceRecordSet": _alias(world, "staging")},
        {"Action": "CREATE", "ResourceRecordSet": record},
    )


def _shift_left(world: Standing) -> None:
    """Staging's record is replaced by two that share its requests."""
    weighted = {"SetIdentifier": "new", "Weight": 90, **_alias(world, "staging")}
    other = {"SetIdentifier": "old", "Weight": 10, **_alias(world, "staging")}
    _change(
        world,
        {"Action": "DELETE", "ResourceRecordSet": _alias(world, "staging")},
        {"Action": "CREATE", "ResourceRecordSet": weighted},
        {"Action": "CREATE", "ResourceRecordSet": other},
    )


def _record_gone(world: Standing) -> None:
    _change(world, {"Action": "DELETE", "ResourceRecordSet": _alias(world, "staging")})


def _found_for_a_while(world: Standing) -> None:
    listener = _listener(world, 80)
    found = {**listener["DefaultActions"][0]["RedirectConfig"], "StatusCode": "HTTP_302"}
    world.client("elbv2").modify_listener(
        ListenerArn=listener["ListenerArn"], DefaultActions=[{"Type": "redirect", "RedirectConfig": found}]
    )


ROWS = (
    Row(
        check="alb.scheme-subnets",
        name="the load balancer is in a private subnet",
        change=_in_a_private_subnet,
        flips={"alb.scheme-subnets": FAIL},
    ),
    Row(
        check="alb.sg",
        name="the load balancer has a second security group",
        change=_second_group,
        flips={"alb.sg": WARN},
    ),
    Row(
        check="alb.attributes",
        name="deletion protection is off",
        change=_unprotected,
        flips={"alb.attributes": WARN},
    ),
    Row(
        check="alb.waf",
        name="the web ACL is taken away",
        change=_no_firewall,
        flips={"alb.waf": WARN},
    ),
    Row(
        check="alb.rules.host",
        name="some of prod's paths lead to staging",
        change=_split,
        flips={"alb.rules.host@prod": WARN},
    ),
    Row(
        check="alb.default-action",
        name="unknown hosts reach staging",
        change=_to_staging_by_default,
        flips={"alb.default-action": FAIL},
    ),
    Row(
        check="acm.cert.covers",
        name="the certificate names prod alone",
        change=_other_names,
        flips={
            "acm.cert.covers": FAIL,
            "probe.https@staging": FAIL,
            "smoke.endpoint@staging": FAIL,
            "db.app-reachability@staging": WARN,
        },
    ),
    Row(
        check="acm.cert.expiry",
        name="the certificate ends in five days",
        change=_ends_in_days,
        flips={"acm.cert.expiry": FAIL},
    ),
    Row(
        check="acm.cert.validation-record",
        name="the record that proves staging's host is gone",
        change=_proof_gone,
        flips={"acm.cert.validation-record": WARN},
    ),
    Row(
        check="dns.zone",
        name="only a private zone is left",
        change=_private_zone_only,
        flips={
            "dns.zone": FAIL,
            "acm.cert.validation-record": SKIP,
            **both("dns.alias", SKIP),
            **both("dns.resolves", SKIP),
        },
    ),
    Row(
        check="dns.alias",
        name="staging's host is a CNAME",
        change=_cname,
        flips={"dns.alias@staging": WARN},
    ),
    Row(
        check="dns.routing-policy",
        name="a shift of staging's requests was left half done",
        change=_shift_left,
        flips={"dns.routing-policy@staging": WARN},
    ),
    Row(
        check="dns.resolves",
        name="staging's record is gone",
        change=_record_gone,
        flips={"dns.resolves@staging": FAIL, "dns.alias@staging": FAIL},
    ),
    Row(
        check="probe.redirect",
        name="the redirect is not for good",
        change=_found_for_a_while,
        flips={**both("probe.redirect", WARN), "alb.http-redirect": WARN},
    ),
)
