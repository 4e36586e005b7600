"""The way in of the account, resource by resource, as a stock client tells it: without what AWS numbers anew."""

from collections.abc import Callable
from typing import Any

Client = Callable[[str], Any]
Look = dict[str, Any]
_STATUSES = ["PENDING_VALIDATION", "ISSUED", "EXPIRED", "VALIDATION_TIMED_OUT"]


def look(client: Client) -> Look:
    elb = client("elbv2")
    balancers = elb.describe_load_balancers()["LoadBalancers"]
    return {
        "balancers": [_balancer(elb, one) for one in balancers],
        "listeners": [_listener(elb, one) for balancer in balancers for one in _listeners(elb, balancer)],
        "groups": sorted(repr(_group(elb, one)) for one in elb.describe_target_groups()["TargetGroups"]),
        "certificates": _certificates(client("acm")),
        "records": _records(client("route53")),
        "acls": _acls(client("wafv2"), balancers),
    }


def _balancer(elb: Any, one: Any) -> Any:
    attributes = elb.describe_load_balancer_attributes(LoadBalancerArn=one["LoadBalancerArn"])["Attributes"]
    zones = sorted(zone["SubnetId"] for zone in one["AvailabilityZones"])
    named = (one["LoadBalancerName"], one["Scheme"], sorted(one["SecurityGroups"]), zones)
    return named, sorted((each["Key"], each["Value"]) for each in attributes), _tags(elb, one["LoadBalancerArn"])


def _listeners(elb: Any, balancer: Any) -> Any:
    found = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    return sorted(found, key=lambda one: int(one["Port"]))


def _listener(elb: Any, one: Any) -> Any:
    arn = one["ListenerArn"]
    kept = {key: value for key, value in one.items() if not key.endswith("Arn")}
    shown = elb.describe_listener_certificates(ListenerArn=arn)["Certificates"]
    rules = elb.describe_rules(ListenerArn=arn)["Rules"]
    told = sorted((rule["Priority"], repr(rule["Conditions"]), repr(rule["Actions"])) for rule in rules)
    return kept, shown, told


def _group(elb: Any, one: Any) -> Any:
    arn = one["TargetGroupArn"]
    attributes = elb.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
    health = elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    return sorted(one.items()), sorted(map(repr, attributes)), sorted(map(repr, health)), _tags(elb, arn)


def _tags(elb: Any, arn: str) -> Any:
    (found,) = elb.describe_tags(ResourceArns=[arn])["TagDescriptions"]
    return sorted((one["Key"], one["Value"]) for one in found["Tags"])


def _certificates(acm: Any) -> Any:
    found = acm.list_certificates(CertificateStatuses=_STATUSES)["CertificateSummaryList"]
    return sorted((one["CertificateArn"], one["Status"], one["InUse"]) for one in found)


def _records(route53: Any) -> Any:
    return [
        (
            zone["Name"],
            sorted(map(repr, route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"])),
        )
        for zone in route53.list_hosted_zones()["HostedZones"]
    ]


def _acls(wafv2: Any, balancers: Any) -> Any:
    listed = sorted(one["Name"] for one in wafv2.list_web_acls(Scope="REGIONAL")["WebACLs"])
    before = [
        wafv2.get_web_acl_for_resource(ResourceArn=one["LoadBalancerArn"]).get("WebACL", {}).get("Name")
        for one in balancers
    ]
    return listed, before
