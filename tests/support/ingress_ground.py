"""The way in as AWS would describe it: load balancer, rules, certificate, zone and records. Healthy by default."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Status
from tests.support.backend import Case, judged
from tests.support.backend_site import ENVIRONMENTS, PROD, SITE, STAGING, Raw, arn, group_arn, site_with
from tests.support.facts import NOON, Answer, Answers, action_of, without
from tests.support.ground import ALB_SG, PUBLIC, VPC_ID, ZONE_IDS, ground
from tests.support.raw_elb import balancer, listener

PROTECTED = site_with(alb=replace(SITE.alb, waf="required"))
ZONE_ID, ALB_ZONE = "Z0123456789ABCDEFGHIJ", "ZP97RAFLXTNZK"
ALB_NAME = "asharvi-backend-alb-1.ap-south-1.elb.amazonaws.com"
NAME_SERVERS = ("ns-1.awsdns-01.com", "ns-2.awsdns-02.net", "ns-3.awsdns-03.org", "ns-4.awsdns-04.co.uk")
CERTIFICATE = arn("acm", "certificate/0f4a7d1c-8a1b-4c52-9d3e-000000000001")
SERVER_CERTIFICATE = "arn:aws:iam::123456789012:server-certificate/old"
ATTRIBUTES = {
    "deletion_protection.enabled": "true",
    "routing.http.drop_invalid_header_fields.enabled": "true",
    "idle_timeout.timeout_seconds": "60",
    "access_logs.s3.enabled": "false",
}
PROOF = "_c9edd76ee4a0e2a74388032f3861cc50.ykybfrwcxw.acm-validations.aws."


def site(**sections: Any) -> Site:
    return replace(PROTECTED, **sections)


def environment(name: str, **changes: Any) -> Site:
    return site(environments={**ENVIRONMENTS, name: replace(ENVIRONMENTS[name], **changes)})


def placed(**changes: Any) -> Raw:
    zones = [{"ZoneName": zone, "SubnetId": name} for name, zone in zip(PUBLIC, ZONE_IDS, strict=True)]
    given = {"SecurityGroups": [ALB_SG], "AvailabilityZones": zones, "VpcId": VPC_ID}
    return {"LoadBalancers": [balancer(**{**given, **changes})]}


def attributes(**changes: str) -> Raw:
    given = {**ATTRIBUTES, **{name.replace("__", "."): value for name, value in changes.items()}}
    return {"Attributes": [{"Key": key, "Value": value} for key, value in given.items() if value]}


def host_rule(number: int, hosts: tuple[str, ...], *groups: str, more: tuple[Raw, ...] = ()) -> Raw:
    """``groups`` are names, ``name:weight`` where there are several."""
    condition = {"Field": "host-header", "HostHeaderConfig": {"Values": list(hosts)}}
    own = [condition] if hosts else []
    return {
        "RuleArn": arn("elasticloadbalancing", f"listener-rule/app/{SITE.alb.name}/1/2/{number}"),
        "Priority": str(number),
        "IsDefault": False,
        "Conditions": [*own, *more],
        "Actions": [forward(*groups)],
    }


def forward(*groups: str) -> Raw:
    pairs = [name.partition(":") for name in groups]
    tuples = [{"TargetGroupArn": group_arn(name), "Weight": int(weight or 1)} for name, _, weight in pairs]
    single = {"TargetGroupArn": tuples[0]["TargetGroupArn"]} if len(tuples) == 1 else {}
    return {"Type": "forward", **single, "ForwardConfig": {"TargetGroups": tuples}}


FIXED_404: Raw = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}


def default_rule(action: Raw = FIXED_404) -> Raw:
    return {"RuleArn": "arn:default", "Priority": "default", "IsDefault": True, "Conditions": [], "Actions": [action]}


def rules(*given: Raw, default: Raw = FIXED_404) -> Raw:
    usual = (
        host_rule(10, (STAGING.host,), STAGING.target_group),
        host_rule(20, (PROD.host,), PROD.target_group),
    )
    return {"Rules": [*(given or usual), default_rule(default)]}


def certificate(**changes: Any) -> Raw:
    hosts = [PROD.host, STAGING.host]
    given = {
        "CertificateArn": CERTIFICATE,
        "DomainName": PROD.host,
        "SubjectAlternativeNames": hosts,
        "Status": "ISSUED",
        "Type": "AMAZON_ISSUED",
        "NotAfter": NOON + timedelta(days=168),
        "RenewalEligibility": "ELIGIBLE",
        "DomainValidationOptions": [proof(host) for host in hosts],
    }
    return {"Certificate": {**given, **changes}}


def summaries(*names: str) -> Raw:
    """Of one certificate; of none without names."""
    given = {"CertificateArn": CERTIFICATE, "SubjectAlternativeNameSummaries": list(names), "Status": "ISSUED"}
    return {"CertificateSummaryList": [given] if names else []}


def proof(host: str, **changes: Any) -> Raw:
    record = {"Name": f"_d930b28b.{host.removeprefix('*.')}.", "Type": "CNAME", "Value": PROOF}
    given = {"DomainName": host, "ValidationMethod": "DNS", "ValidationStatus": "SUCCESS", "ResourceRecord": record}
    return {**given, **changes}


def alias(host: str, **changes: Any) -> Raw:
    target = {"DNSName": f"dualstack.{ALB_NAME}.", "HostedZoneId": ALB_ZONE, "EvaluateTargetHealth": True}
    return {"Name": f"{host}.", "Type": "A", "AliasTarget": target, **changes}


def cname(name: str, value: str) -> Raw:
    return {"Name": name, "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": value}]}


def records(*changed: Raw, without: str = "") -> Answer:
    """As Route 53 lists them: from the start name on, whatever comes after. ``changed`` replace those of their name."""
    usual = [record for env in (PROD, STAGING) for record in (alias(env.host), cname(f"_d930b28b.{env.host}.", PROOF))]
    named = {record["Name"] for record in changed}
    kept = [*changed, *(one for one in usual if one["Name"] not in named and one["Name"] != without)]

    def describe(**asked: Any) -> Mapping[str, Any]:
        start = asked["StartRecordName"]
        first = next((n for n, one in enumerate(kept) if one["Name"] == f"{start}."), len(kept))
        return {"ResourceRecordSets": kept[first:], "IsTruncated": False, "MaxItems": "300"}

    return describe


def zones(*given: Raw) -> Raw:
    usual = (zone(ZONE_ID), zone("ZOTHER", name="asharvi.net."))
    return {"HostedZones": list(given or usual), "IsTruncated": False, "MaxItems": "100"}


def zone(name_of_zone: str, *, private: bool = False, name: str = "asharvi.dev.") -> Raw:
    return {"Id": f"/hostedzone/{name_of_zone}", "Name": name, "Config": {"PrivateZone": private}}


def ingress() -> Answers:
    """The network's ground, and what stands on it."""
    return {
        **ground(),
        ("elbv2", "describe_load_balancers"): placed(),
        ("elbv2", "describe_listeners"): {"Listeners": [listener(80), listener(443)]},
        ("elbv2", "describe_rules"): rules(),
        ("elbv2", "describe_load_balancer_attributes"): attributes(),
        ("elbv2", "describe_listener_certificates"): {
            "Certificates": [{"CertificateArn": CERTIFICATE, "IsDefault": True}]
        },
        ("acm", "describe_certificate"): certificate(),
        ("acm", "list_certificates"): summaries(PROD.host, STAGING.host),
        ("route53", "list_hosted_zones_by_name"): zones(),
        ("route53", "get_hosted_zone"): {
            "HostedZone": zone(ZONE_ID),
            "DelegationSet": {"NameServers": list(NAME_SERVERS)},
        },
        ("route53", "list_resource_record_sets"): records(),
        ("route53", "test_dns_answer"): answered("203.0.113.7", "203.0.113.8"),
        ("wafv2", "get_web_acl_for_resource"): {"WebACL": {"Name": "asharvi-web-acl", "Id": "1"}},
    }


def answered(*addresses: str, code: str = "NOERROR") -> Raw:
    return {"ResponseCode": code, "RecordData": list(addresses), "RecordType": "A", "Protocol": "UDP"}


def but(**changed: Answer) -> Answers:
    """The healthy way in, with the answers of some operations changed; names of operations are unique here."""
    services = {operation: service for service, operation in ingress()}
    return {**ingress(), **{(services[operation], operation): answer for operation, answer in changed.items()}}


def questions(check: str) -> list[tuple[str, str]]:
    """Operations that the check asks on healthy ground."""
    case = Case(check=check, status=Status.PASS, given=ingress(), site=PROTECTED)
    return sorted({(service, operation) for service, operation, _ in judged(case)[1].asked})


def refused(check: str, question: tuple[str, str]) -> Case:
    """The case in which one of them is denied."""
    given = without(ingress(), *question)
    return Case(check=check, status=Status.UNKNOWN, given=given, says=(action_of(*question),), site=PROTECTED)
