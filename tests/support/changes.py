"""What changes to the healthy world have in common: finding a thing by its name, and editing what it holds."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from runbook_tui.core.site import Environment
from runbook_tui.simulator.names import ENVIRONMENTS, SITE
from tests.support.standing import Standing

PROD = ENVIRONMENTS["prod"]
STAGING = ENVIRONMENTS["staging"]
REGISTERED = (
    "family",
    "taskRoleArn",
    "executionRoleArn",
    "networkMode",
    "containerDefinitions",
    "volumes",
    "requiresCompatibilities",
    "cpu",
    "memory",
    "runtimePlatform",
)
Statements = list[dict[str, Any]]


def group_id(world: Standing, name: str) -> str:
    """Of a security group."""
    found = world.client("ec2").describe_security_groups(Filters=[{"Name": "group-name", "Values": [name]}])
    return str(found["SecurityGroups"][0]["GroupId"])


def permission(protocol: str, port: int, cidr: str = "0.0.0.0/0") -> dict[str, Any]:
    """For a security group; protocol ``-1`` is everything."""
    ports = {} if protocol == "-1" else {"FromPort": port, "ToPort": port}
    return {"IpProtocol": protocol, **ports, "IpRanges": [{"CidrIp": cidr}]}


def close(world: Standing, group: str, port: int, *, egress: bool = False) -> None:
    """Revokes every rule of a security group, named, for this port."""
    ec2, identifier = world.client("ec2"), group_id(world, group)
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [identifier]}])
    found = [
        each["SecurityGroupRuleId"]
        for each in rules["SecurityGroupRules"]
        if each["IsEgress"] is egress and each["FromPort"] == port
    ]
    assert found, f"{group} has no rule for {port}"
    revoke = ec2.revoke_security_group_egress if egress else ec2.revoke_security_group_ingress
    revoke(GroupId=identifier, SecurityGroupRuleIds=found)


def subnet_id(world: Standing, cidr: str) -> str:
    found = world.client("ec2").describe_subnets(Filters=[{"Name": "cidr-block", "Values": [cidr]}])
    return str(found["Subnets"][0]["SubnetId"])


def vpc_id(world: Standing) -> str:
    found = world.client("ec2").describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [SITE.net.vpc_name]}])
    return str(found["Vpcs"][0]["VpcId"])


def edit_policy(world: Standing, role: str, edit: Callable[[Statements], Statements]) -> None:
    """The statements of the role's own policy become what ``edit`` makes of them."""
    iam, where = world.client("iam"), {"RoleName": role, "PolicyName": f"{role}Policy"}
    document = iam.get_role_policy(**where)["PolicyDocument"]
    known = document if isinstance(document, dict) else json.loads(unquote(document))
    iam.put_role_policy(**where, PolicyDocument=json.dumps({**known, "Statement": edit(known["Statement"])}))


def allow(world: Standing, role: str, action: str, resource: str) -> None:
    """One more statement in the role's own policy."""
    more = {"Effect": "Allow", "Action": [action], "Resource": [resource]}
    edit_policy(world, role, lambda statements: [*statements, more])


def forbid(world: Standing, role: str, action: str) -> None:
    """Takes the statements that allow this action out of the role's own policy."""
    edit_policy(world, role, lambda statements: [each for each in statements if action not in each["Action"]])


def delete_role(world: Standing, role: str) -> None:
    iam = world.client("iam")
    iam.delete_role_policy(RoleName=role, PolicyName=f"{role}Policy")
    iam.delete_role(RoleName=role)


def trust(world: Standing, role: str, edit: Callable[[dict[str, Any]], None]) -> None:
    """``edit`` changes the first statement of the role's trust policy."""
    iam = world.client("iam")
    document = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    edit(document["Statement"][0])
    iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(document))


def revision(world: Standing, environment: Environment, edit: Callable[[dict[str, Any]], None]) -> str:
    """Registers a new revision whose container ``edit`` has changed; no service is told. Its ARN."""
    ecs = world.client("ecs")
    known = ecs.describe_task_definition(taskDefinition=environment.task_family)["taskDefinition"]
    kept = {name: known[name] for name in REGISTERED if known.get(name)}
    edit(kept["containerDefinitions"][0])
    return str(ecs.register_task_definition(**kept)["taskDefinition"]["taskDefinitionArn"])


def service(environment: Environment) -> dict[str, str]:
    """Where ECS finds it."""
    return {"cluster": SITE.ecs.cluster, "service": environment.service}


def target_group(world: Standing, environment: Environment) -> str:
    """Its ARN."""
    found = world.client("elbv2").describe_target_groups(Names=[environment.target_group])
    return str(found["TargetGroups"][0]["TargetGroupArn"])


def listener(world: Standing, port: int) -> str:
    """The ARN of the load balancer's listener on this port."""
    elb = world.client("elbv2")
    balancer = elb.describe_load_balancers(Names=[SITE.alb.name])["LoadBalancers"][0]["LoadBalancerArn"]
    found = elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
    return str(next(each["ListenerArn"] for each in found if each["Port"] == port))
