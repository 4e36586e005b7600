"""What the backend stands on, as AWS would describe it: account, network, secrets, registry. Healthy by default."""

import json
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any

from msgspec.structs import replace

from runbook_tui.core.site import Secrets, Site
from runbook_tui.core.verdict import Status
from tests.support.backend import Case, judged
from tests.support.backend_site import ACCOUNT, REGION, SITE, Raw, ago, arn
from tests.support.facts import NOON, Answer, Answers, action_of, without
from tests.support.raw_elb import balancer, listener

GUARDED = replace(SITE, secrets=Secrets(allow_value_read=True))
VPC_ID, ALB_SG, ECS_SG, ENDPOINT_SG = "vpc-1", "sg-alb", "sg-ecs", "sg-endpoints"
ROLE = "AsharviOnCall"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/operators/{ROLE}"
CALLER_ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/you"
S3_LIST, DYNAMODB_LIST = "pl-s3", "pl-dynamodb"
PUBLIC, PRIVATE = ("subnet-pub-a", "subnet-pub-b"), ("subnet-prv-a", "subnet-prv-b")
ZONE_IDS = ("aps1-az1", "aps1-az3")
TAGS = [
    {"Key": "Project", "Value": "asharvi"},
    {"Key": "Component", "Value": "backend"},
    {"Key": "Environment", "Value": "x"},
]
VALUES = {
    "MONGO_URI": "mongodb+srv://cluster0.asharvi.mongodb.net/backend",
    "JWT_SECRET": "planted-0123456789-0123456789-0123",
    "SMTP_USER": "mailer",
    "SMTP_PASS": "planted-password-of-smtp",
    "CORS_ORIGIN": "https://asharvi.dev",
}


def caller(arn_of_caller: str = CALLER_ARN, **headers: str) -> Raw:
    date = format_datetime(NOON, usegmt=True)
    metadata = {"RequestId": "r-1", "HTTPHeaders": {"date": date, **headers}}
    return {"Account": ACCOUNT, "Arn": arn_of_caller, "UserId": "AROA:you", "ResponseMetadata": metadata}


def zones(*states: str) -> Raw:
    given = states or ("available", "available", "available")
    return {"AvailabilityZones": [{"ZoneId": f"aps1-az{n}", "State": state} for n, state in enumerate(given, 1)]}


def simulated(**decisions: str) -> Answer:
    """IAM allows everything but the actions given, ``ecs_DescribeTasks`` for ``ecs:DescribeTasks``."""
    special = {name.replace("_", ":", 1): decision for name, decision in decisions.items()}

    def simulate(**asked: Any) -> Mapping[str, Any]:
        names = asked["ActionNames"]
        return {"EvaluationResults": [evaluation(name, special.get(name, "allowed"), asked) for name in names]}

    return simulate


def evaluation(action: str, decision: str, asked: Mapping[str, Any]) -> Raw:
    """As IAM answers it: one result an ARN when ARNs were given."""
    scoped = asked["ResourceArns"] != ["*"]
    each = [{"EvalResourceName": name, "EvalResourceDecision": decision} for name in asked["ResourceArns"]]
    return {
        "EvalActionName": action,
        "EvalDecision": "allowed" if scoped else decision,
        "ResourceSpecificResults": each if scoped else [],
    }


def vpc(**changes: Any) -> Raw:
    return {"VpcId": VPC_ID, "CidrBlock": "10.20.0.0/16", "State": "available", "IsDefault": False, **changes}


def subnets(**changes: Raw) -> Raw:
    """All four; a keyword such as ``pub_a`` changes one of them."""
    names = (*PUBLIC, *PRIVATE)
    cidrs = (*SITE.net.public_subnets, *SITE.net.private_subnets)
    return {
        "Subnets": [
            subnet(name, cidr, ZONE_IDS[place % 2], **changes.get(name.removeprefix("subnet-").replace("-", "_"), {}))
            for place, (name, cidr) in enumerate(zip(names, cidrs, strict=True))
        ]
    }


def subnet(name: str, cidr: str, zone: str, **changes: Any) -> Raw:
    return {
        "SubnetId": name,
        "VpcId": VPC_ID,
        "CidrBlock": cidr,
        "AvailabilityZoneId": zone,
        "State": "available",
        "AvailableIpAddressCount": 200,
        "MapPublicIpOnLaunch": False,
        "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
        **changes,
    }


def local() -> Raw:
    return {"DestinationCidrBlock": "10.20.0.0/16", "GatewayId": "local", "State": "active"}


def route(target: str, destination: str = "0.0.0.0/0", state: str = "active") -> Raw:
    members = {
        "igw": "GatewayId",
        "nat": "NatGatewayId",
        "tgw": "TransitGatewayId",
        "eig": "EgressOnlyInternetGatewayId",
    }
    return {"DestinationCidrBlock": destination, members[target[:3]]: target, "State": state}


def table(name: str, *routes: Raw, of: tuple[str, ...] = (), main: bool = False) -> Raw:
    associations: list[Raw] = [{"SubnetId": one, "Main": False} for one in of]
    return {
        "RouteTableId": name,
        "VpcId": VPC_ID,
        "Routes": [local(), *routes],
        "Associations": [*associations, *([{"Main": True}] if main else [])],
    }


def tables(*given: Raw) -> Raw:
    usual = (
        table("rtb-main", main=True),
        table("rtb-public", route("igw-1"), of=PUBLIC),
        table("rtb-private", route("nat-1"), of=PRIVATE),
    )
    return {"RouteTables": list(given or usual)}


def rule(group: str, ports: str, peer: str, *, egress: bool = False, **changes: Any) -> Raw:
    """``ports`` is a port, a range or ``all``; ``peer`` a CIDR, a group or a prefix list."""
    first, _, last = ports.partition("-")
    opened = {"IpProtocol": "-1", "FromPort": -1, "ToPort": -1}
    if ports != "all":
        opened = {"IpProtocol": "tcp", "FromPort": int(first), "ToPort": int(last or first)}
    return {
        "SecurityGroupRuleId": f"sgr-{group}-{'out' if egress else 'in'}-{ports}-{peer}",
        "GroupId": group,
        "IsEgress": egress,
        **opened,
        **_peer(peer),
        **changes,
    }


def _peer(peer: str) -> Raw:
    if peer.startswith("sg-"):
        return {"ReferencedGroupInfo": {"GroupId": peer, "UserId": ACCOUNT}}
    if peer.startswith("pl-"):
        return {"PrefixListId": peer}
    return {"CidrIpv6" if ":" in peer else "CidrIpv4": peer}


def alb_in(ports: str, peer: str, **changes: Any) -> Raw:
    return rule(ALB_SG, ports, peer, **changes)


def alb_out(ports: str, peer: str) -> Raw:
    return rule(ALB_SG, ports, peer, egress=True)


def ecs_in(ports: str, peer: str, **changes: Any) -> Raw:
    return rule(ECS_SG, ports, peer, **changes)


def ecs_out(ports: str, peer: str) -> Raw:
    return rule(ECS_SG, ports, peer, egress=True)


ALB_IN = (alb_in("443", "0.0.0.0/0"), alb_in("80", "0.0.0.0/0"))
ALB_OUT = (alb_out("3000", ECS_SG),)
ECS_IN = (ecs_in("3000", ALB_SG),)
ECS_443 = (ecs_out("443", ENDPOINT_SG), ecs_out("443", S3_LIST))
ECS_DB = (ecs_out("27017", SITE.db.atlas.cidr),)
ECS_SMTP = (ecs_out("587", "0.0.0.0/0"),)
ENDPOINT_IN = (rule(ENDPOINT_SG, "443", ECS_SG),)
ECS_OUT = (*ECS_443, *ECS_DB, *ECS_SMTP)


def rules(alb: tuple[Raw, ...] = (*ALB_IN, *ALB_OUT), ecs: tuple[Raw, ...] = (*ECS_IN, *ECS_OUT)) -> Answer:
    by_group = {ALB_SG: alb, ECS_SG: ecs, ENDPOINT_SG: ENDPOINT_IN}

    def describe(**asked: Any) -> Mapping[str, Any]:
        return {"SecurityGroupRules": list(by_group[asked["Filters"][0]["Values"][0]])}

    return describe


def groups(*absent: str) -> Answer:
    """As AWS filters them by name."""
    present = {SITE.net.sg_alb: ALB_SG, SITE.net.sg_ecs: ECS_SG}

    def describe(**asked: Any) -> Mapping[str, Any]:
        wanted = next(one["Values"][0] for one in asked["Filters"] if one["Name"] == "group-name")
        found = present.get(wanted) if wanted not in absent else None
        return {"SecurityGroups": [{"GroupId": found, "GroupName": wanted, "VpcId": VPC_ID}] if found else []}

    return describe


def endpoint(service: str, **changes: Any) -> Raw:
    name = service if service.startswith("com.") else f"com.amazonaws.{REGION}.{service}"
    return {
        "VpcEndpointId": f"vpce-{service}",
        "ServiceName": name,
        "State": "available",
        "VpcEndpointType": "Interface",
        "OwnerId": ACCOUNT,
        "Groups": [{"GroupId": ENDPOINT_SG, "GroupName": "endpoints"}],
        "SubnetIds": list(PRIVATE),
        "PrivateDnsEnabled": True,
        "CreationTimestamp": ago(days=30),
        **changes,
    }


def endpoints(*more: Raw, without: str = "") -> Raw:
    usual = [endpoint(one) for one in SITE.net.endpoint_services if one != without]
    return {"VpcEndpoints": [*usual, *([] if without == "s3" else [s3_gateway()]), *more]}


def s3_gateway(*tables: str, **changes: Any) -> Raw:
    """Associated with the private route table unless others are named."""
    bare = {"Groups": [], "SubnetIds": [], "PrivateDnsEnabled": False}
    given = {"VpcEndpointType": "Gateway", "RouteTableIds": list(tables or ("rtb-private",)), **bare}
    return endpoint("s3", **{**given, **changes})


def prefix_lists(**asked: Any) -> Mapping[str, Any]:
    name = asked["Filters"][0]["Values"][0]
    known = {f"com.amazonaws.{REGION}.s3": S3_LIST, f"com.amazonaws.{REGION}.dynamodb": DYNAMODB_LIST}
    return {"PrefixLists": [{"PrefixListId": known[name], "PrefixListName": name}] if name in known else []}


def attributes(**values: bool) -> Answer:
    def describe(**asked: Any) -> Mapping[str, Any]:
        name = asked["Attribute"][0].upper() + asked["Attribute"][1:]
        return {"VpcId": VPC_ID, name: {"Value": values.get(name, True)}}

    return describe


def tagged(*absent: str, **changed: list[Raw]) -> Raw:
    """Every backend resource with its tags. ``absent`` are ends of ARNs."""
    named = [f":vpc/{VPC_ID}", f":security-group/{ALB_SG}", f":security-group/{ECS_SG}", f":cluster/{SITE.ecs.cluster}"]
    named += [f":loadbalancer/app/{SITE.alb.name}/50dc6c495c0c9188", f":{SITE.obs.topic}"]
    for env in SITE.environments.values():
        named += [f":service/{SITE.ecs.cluster}/{env.service}", f":repository/{env.ecr_repo}"]
        named += [f":targetgroup/{env.target_group}/73e2d6bc24d8a067", f":log-group:{env.log_group}"]
    kept = [name for name in named if not any(gone in name for gone in absent)]
    return {
        "ResourceTagMappingList": [{"ResourceARN": f"arn:aws:x{name}", "Tags": _tags(name, changed)} for name in kept]
    }


def _tags(name: str, changed: Mapping[str, list[Raw]]) -> list[Raw]:
    return next((tags for part, tags in changed.items() if f":{part}" in name), TAGS)


def secret(name: str = "asharvi/backend/prod", **changes: Any) -> Raw:
    return {
        "ARN": arn("secretsmanager", f"secret:{name}-AbC123"),
        "Name": name,
        "LastChangedDate": ago(days=20),
        "VersionIdsToStages": {"v-2": ["AWSCURRENT"], "v-1": ["AWSPREVIOUS"]},
        **changes,
    }


def value(**changes: Any) -> Raw:
    """None takes a key away."""
    kept = {key: text for key, text in {**VALUES, **changes}.items() if text is not None}
    return {"Name": "asharvi/backend/prod", "VersionId": "v-2", "SecretString": json.dumps(kept)}


def repository(name: str = "asharvi-backend-prod", **changes: Any) -> Raw:
    return {
        "repositoryName": name,
        "repositoryArn": arn("ecr", f"repository/{name}"),
        "repositoryUri": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{name}",
        "imageScanningConfiguration": {"scanOnPush": False},
        **changes,
    }


def scanning(scan_type: str = "BASIC", *scanned: tuple[str, str]) -> Raw:
    """``scanned`` are pairs of frequency and filter."""
    listed = [
        {"scanFrequency": frequency, "repositoryFilters": [{"filter": text, "filterType": "WILDCARD"}]}
        for frequency, text in scanned
    ]
    return {"registryId": ACCOUNT, "scanningConfiguration": {"scanType": scan_type, "rules": listed}}


def lifecycle(*selections: Raw) -> Raw:
    listed = [
        {"rulePriority": number, "selection": one, "action": {"type": "expire"}}
        for number, one in enumerate(selections, 1)
    ]
    return {"repositoryName": "asharvi-backend-prod", "lifecyclePolicyText": json.dumps({"rules": listed})}


def keep(number: int, status: str = "any", **changes: Any) -> Raw:
    return {"tagStatus": status, "countType": "imageCountMoreThan", "countNumber": number, **changes}


def ground() -> Answers:
    """Everything that the checks of these sections ask."""
    return {
        ("sts", "get_caller_identity"): caller(),
        ("account", "get_region_opt_status"): {"RegionName": REGION, "RegionOptStatus": "ENABLED_BY_DEFAULT"},
        ("iam", "get_role"): {"Role": {"Arn": ROLE_ARN, "RoleName": ROLE}},
        ("iam", "simulate_principal_policy"): simulated(),
        ("cloudfront", "list_distributions"): {"DistributionList": {"Items": [{"Id": "E1", "Status": "Deployed"}]}},
        ("s3", "list_buckets"): {"Buckets": [{"Name": "asharvi-web"}]},
        ("lambda", "list_functions"): {"Functions": [{"FunctionName": "edge"}]},
        ("apigateway", "get_rest_apis"): {"items": [{"id": "a1", "name": "legacy"}]},
        ("apigatewayv2", "get_apis"): {"Items": [{"ApiId": "h1", "Name": "forms"}]},
        ("resourcegroupstaggingapi", "get_resources"): tagged(),
        ("ec2", "describe_availability_zones"): zones(),
        ("ec2", "describe_vpcs"): {"Vpcs": [vpc()]},
        ("ec2", "describe_vpc_attribute"): attributes(),
        ("ec2", "describe_subnets"): subnets(),
        ("ec2", "describe_route_tables"): tables(),
        ("ec2", "describe_internet_gateways"): gateways("available"),
        ("ec2", "describe_nat_gateways"): {"NatGateways": [nat()]},
        ("ec2", "describe_network_acls"): network_acls(),
        ("ec2", "describe_network_interfaces"): {"NetworkInterfaces": []},
        ("ec2", "describe_vpc_endpoints"): endpoints(),
        ("ec2", "describe_managed_prefix_lists"): prefix_lists,
        ("ec2", "describe_security_groups"): groups(),
        ("ec2", "describe_security_group_rules"): rules(),
        ("elbv2", "describe_load_balancers"): {"LoadBalancers": [balancer()]},
        ("elbv2", "describe_listeners"): {"Listeners": [listener(80), listener(443)]},
        ("secretsmanager", "describe_secret"): secret(),
        ("secretsmanager", "get_secret_value"): value(),
        ("ecr", "describe_repositories"): {"repositories": [repository()]},
        ("ecr", "get_registry_scanning_configuration"): scanning("BASIC", ("SCAN_ON_PUSH", "*")),
        ("ecr", "get_lifecycle_policy"): lifecycle(keep(20)),
    }


def nat(name: str = "nat-1", **changes: Any) -> Raw:
    given = {"NatGatewayId": name, "State": "available", "SubnetId": PUBLIC[0], "ConnectivityType": "public"}
    return {**given, "VpcId": VPC_ID, **changes}


def acl_entry(number: int, action: str, cidr: str = "0.0.0.0/0", ports: str = "", *, egress: bool = False) -> Raw:
    """``ports`` is a port or a range; empty for all traffic."""
    first, _, last = ports.partition("-")
    opened = {"Protocol": "6", "PortRange": {"From": int(first), "To": int(last or first)}} if ports else {}
    to = {"Ipv6CidrBlock" if ":" in cidr else "CidrBlock": cidr}
    return {"RuleNumber": number, "RuleAction": action, "Egress": egress, "Protocol": "-1", **opened, **to}


DENY_REST = (acl_entry(32767, "deny"), acl_entry(32767, "deny", egress=True))
ALLOW_ALL = (acl_entry(100, "allow"), acl_entry(100, "allow", egress=True), *DENY_REST)


def network_acl(name: str, of: tuple[str, ...], entries: tuple[Raw, ...] = ALLOW_ALL, **changes: Any) -> Raw:
    associated = [{"NetworkAclId": name, "SubnetId": one} for one in of]
    return {"NetworkAclId": name, "VpcId": VPC_ID, "Associations": associated, "Entries": list(entries), **changes}


def network_acls(*given: Raw) -> Raw:
    """Those given before the default one, which has the subnets that they leave."""
    taken = {each["SubnetId"] for one in given for each in one["Associations"]}
    rest = tuple(one for one in (*PUBLIC, *PRIVATE) if one not in taken)
    return {"NetworkAcls": [*given, network_acl("acl-default", rest, IsDefault=True)]}


def gateways(*states: str) -> Raw:
    attached = [{"State": state, "VpcId": VPC_ID} for state in states]
    return {"InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": attached}] if states else []}


def but(**changed: Answer) -> Answers:
    """The healthy ground, with the answers of some operations changed; names of operations are unique here."""
    services = {operation: service for service, operation in ground()}
    return {**ground(), **{(services[operation], operation): answer for operation, answer in changed.items()}}


def questions(check: str, environment: str = "prod", site: Site = GUARDED) -> list[tuple[str, str]]:
    """Operations that the check asks on healthy ground, but for the one that IAM does not guard."""
    case = Case(check=check, status=Status.PASS, given=ground(), environment=environment, site=site)
    asked = sorted({(service, operation) for service, operation, _ in judged(case)[1].asked})
    return [question for question in asked if question != ("sts", "get_caller_identity")]


def refused(check: str, question: tuple[str, str], environment: str = "prod", site: Site = GUARDED) -> Case:
    """The case in which one of them is denied."""
    given = without(ground(), *question)
    says = (action_of(*question),)
    return Case(check=check, status=Status.UNKNOWN, given=given, says=says, environment=environment, site=site)
