"""What the stock clients say of the simulated account, part by part, without what changes by itself."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from runbook_tui.simulator.server import Simulator
from tests.support.stepped import CLUSTER, client

SERVICES = ("asharvi-backend-staging", "asharvi-backend-prod")
Dump = Mapping[str, Any]


class Account:
    """``dump`` asks every part anew; a part that AWS refuses is its error's code."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._clients: dict[str, Any] = {}

    def dump(self) -> Dump:
        return {name: self._asked(part) for name, part in _PARTS.items()}

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = client(self._simulator, service)
        return self._clients[service]

    def close(self) -> None:
        for each in self._clients.values():
            each.close()

    @property
    def now(self) -> Any:
        return self._simulator.world.clock.now()

    @property
    def began(self) -> Any:
        return self._simulator.world.began

    def _asked(self, part: Callable[["Account"], Any]) -> Any:
        try:
            return part(self)
        except ClientError as error:
            return error.response["Error"]["Code"]
        except (BotoCoreError, KeyError, ValueError) as error:  # what AWS always sends, or what is looked for, lacks
            return type(error).__name__


def changed(before: Dump, after: Dump) -> set[str]:
    return {part for part in before if before[part] != after[part]}


def _services(account: Account) -> Any:
    found = account.client("ecs").describe_services(cluster=CLUSTER, services=list(SERVICES))["services"]
    return [
        {
            "definition": each["taskDefinition"],
            "counts": (each["desiredCount"], each["runningCount"], each["pendingCount"]),
            "configuration": each["deploymentConfiguration"],
            "deployments": [(one["status"], one["rolloutState"], one["taskDefinition"]) for one in each["deployments"]],
        }
        for each in found
    ]


def _definitions(account: Account) -> Any:
    return account.client("ecs").list_task_definitions(status="ACTIVE")["taskDefinitionArns"]


def _health(account: Account) -> Any:
    elb = account.client("elbv2")
    return {
        group["TargetGroupName"]: sorted(
            each["TargetHealth"]["State"]
            for each in elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])["TargetHealthDescriptions"]
        )
        for group in elb.describe_target_groups()["TargetGroups"]
    }


def _rules(account: Account) -> Any:
    rules = account.client("ec2").describe_security_group_rules()["SecurityGroupRules"]
    members = ("GroupId", "IsEgress", "IpProtocol", "FromPort", "ToPort", "CidrIpv4", "ReferencedGroupInfo")
    return sorted(repr({member: rule.get(member) for member in members}) for rule in rules)


def _acls(account: Account) -> Any:
    acls = account.client("ec2").describe_network_acls()["NetworkAcls"]
    return sorted(
        (
            sorted(each["SubnetId"] for each in acl["Associations"]),
            sorted((each["Egress"], each["RuleNumber"], each["RuleAction"]) for each in acl["Entries"]),
            sorted(each["Key"] for each in acl["Tags"]),
        )
        for acl in acls
    )


def _routes(account: Account) -> Any:
    tables = account.client("ec2").describe_route_tables()["RouteTables"]
    gateways = account.client("ec2").describe_nat_gateways()["NatGateways"]
    states = [(table["RouteTableId"], [route["State"] for route in table["Routes"]]) for table in tables]
    return states, [each["State"] for each in gateways]


def _endpoints(account: Account) -> Any:
    found = account.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    return [(each["ServiceName"], each["State"], each["NetworkInterfaceIds"]) for each in found]


def _secrets(account: Account) -> Any:
    secrets = account.client("secretsmanager")
    listed = secrets.list_secrets(IncludePlannedDeletion=True)["SecretList"]
    return {
        each["Name"]: None
        if each.get("DeletedDate")
        else sorted(json.loads(secrets.get_secret_value(SecretId=each["Name"])["SecretString"]))
        for each in listed
    }


def _roles(account: Account) -> Any:
    iam = account.client("iam")
    return {
        role["RoleName"]: [
            iam.get_role_policy(RoleName=role["RoleName"], PolicyName=name)["PolicyDocument"]
            for name in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
        ]
        for role in iam.list_roles()["Roles"]
    }


def _users(account: Account) -> Any:
    iam = account.client("iam")
    return {
        user["UserName"]: [
            (each["Status"], each["CreateDate"].date())
            for each in iam.list_access_keys(UserName=user["UserName"])["AccessKeyMetadata"]
        ]
        for user in iam.list_users()["Users"]
    }


def _images(account: Account) -> Any:
    ecr = account.client("ecr")
    return {
        each["repositoryName"]: [
            (one["imageDigest"], one.get("imageTag"))
            for one in ecr.list_images(repositoryName=each["repositoryName"])["imageIds"]
        ]
        for each in ecr.describe_repositories()["repositories"]
    }


def _scans(account: Account) -> Any:
    ecr = account.client("ecr")
    return {
        one["imageDigest"]: one.get("imageScanFindingsSummary", {}).get("findingSeverityCounts")
        for each in ecr.describe_repositories()["repositories"]
        for one in ecr.describe_images(repositoryName=each["repositoryName"])["imageDetails"]
    }


def _logs(account: Account) -> Any:
    return [each["logGroupName"] for each in account.client("logs").describe_log_groups()["logGroups"]]


def _alarms(account: Account) -> Any:
    alarms = account.client("cloudwatch").describe_alarms()["MetricAlarms"]
    return {each["AlarmName"]: each["ActionsEnabled"] for each in alarms}


def _zones(account: Account) -> Any:
    zones = account.client("ec2").describe_availability_zones()["AvailabilityZones"]
    return {zone["ZoneName"]: zone["State"] for zone in zones}


def _quotas(account: Account) -> Any:
    return account.client("service-quotas").list_service_quotas(ServiceCode="fargate")["Quotas"]


def _scaling(account: Account) -> Any:
    found = account.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")
    return [
        (each["ResourceId"], each["MinCapacity"], each["MaxCapacity"], sorted(each["SuspendedState"].items()))
        for each in found["ScalableTargets"]
    ]


def _certificates(account: Account) -> Any:
    acm = account.client("acm")
    statuses = ["ISSUED", "EXPIRED", "PENDING_VALIDATION"]
    found = acm.list_certificates(CertificateStatuses=statuses)["CertificateSummaryList"]
    described = [acm.describe_certificate(CertificateArn=each["CertificateArn"])["Certificate"] for each in found]
    return [(each["CertificateArn"], each["Status"], each["NotAfter"]) for each in described]


def _names(account: Account) -> Any:
    route53 = account.client("route53")
    return [
        [
            (each["Name"], each["Type"], each.get("AliasTarget"), each.get("ResourceRecords"))
            for each in route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
        ]
        for zone in route53.list_hosted_zones()["HostedZones"]
    ]


def _listeners(account: Account) -> Any:
    elb = account.client("elbv2")
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    return [
        elb.describe_rules(ListenerArn=each["ListenerArn"])["Rules"]
        for each in elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    ]


def _traffic(account: Account) -> Any:
    """Whether the last whole minute had more than twice the requests of the same minute yesterday."""
    elb = account.client("elbv2")
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    name = balancer["LoadBalancerArn"].partition(":loadbalancer/")[2]
    end = account.now.replace(second=0, microsecond=0)
    counts = []
    for day in (timedelta(), timedelta(days=1)):
        answer = account.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/ApplicationELB",
            MetricName="RequestCount",
            Dimensions=[{"Name": "LoadBalancer", "Value": name}],
            StartTime=end - day - timedelta(minutes=1),
            EndTime=end - day,
            Period=60,
            Statistics=["Sum"],
        )
        counts.append(sum(each["Sum"] for each in answer["Datapoints"]))
    return counts[0] > 2 * counts[1]


def _costs(account: Account) -> Any:
    """A week that has settled, the same at every dump, and what was found odd in it."""
    start = account.began.date() - timedelta(days=9)
    ce = account.client("ce")
    told = ce.get_cost_and_usage(
        TimePeriod={"Start": f"{start}", "End": f"{start + timedelta(days=7)}"},
        Granularity="DAILY",
        Metrics=["UnblendedCost"],
    )
    anomalies = ce.get_anomalies(DateInterval={"StartDate": f"{start}"})["Anomalies"]
    return [one["Total"] for one in told["ResultsByTime"]], len(anomalies)


_PARTS: Mapping[str, Callable[[Account], Any]] = {
    "services": _services,
    "definitions": _definitions,
    "health": _health,
    "rules": _rules,
    "acls": _acls,
    "routes": _routes,
    "endpoints": _endpoints,
    "secrets": _secrets,
    "roles": _roles,
    "users": _users,
    "images": _images,
    "scans": _scans,
    "logs": _logs,
    "alarms": _alarms,
    "quotas": _quotas,
    "zones": _zones,
    "scaling": _scaling,
    "certificates": _certificates,
    "names": _names,
    "listeners": _listeners,
    "traffic": _traffic,
    "costs": _costs,
}
