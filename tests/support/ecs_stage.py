"""Services of one's own in a stepped world, and what a test wants to know of them."""

import json
from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any

from runbook_tui.simulator.world import World
from tests.support.stepped import CLUSTER, PROD, advance

IMAGE = "123456789012.dkr.ecr.ap-south-1.amazonaws.com/asharvi-backend-prod"
_numbers = count(1)


class Staged:
    """One service. Whatever it is told goes through the API."""

    def __init__(self, world: World, name: str, group: str) -> None:
        self.world = world
        self.name = name
        self.group = group

    def described(self) -> Any:
        (service,) = self.world.call("ecs", "DescribeServices", cluster=CLUSTER, services=[self.name])["services"]
        return service

    def messages(self) -> list[str]:
        """Oldest first, without the service's name."""
        found = [str(each["message"]) for each in reversed(self.described()["events"])]
        return [each.replace(f"(service {self.name}) ", "").replace(f"service ({self.name}) ", "") for each in found]

    def tasks(self, status: str = "RUNNING") -> list[Any]:
        arns = self.world.call("ecs", "ListTasks", cluster=CLUSTER, serviceName=self.name, desiredStatus=status)
        if not arns["taskArns"]:
            return []
        found: list[Any] = self.world.call("ecs", "DescribeTasks", cluster=CLUSTER, tasks=arns["taskArns"])["tasks"]
        return found

    def release(self) -> Any:
        """The newest service deployment, whole."""
        brief = self.world.call("ecs", "ListServiceDeployments", cluster=CLUSTER, service=self.name)
        arn = brief["serviceDeployments"][0]["serviceDeploymentArn"]
        found = self.world.call("ecs", "DescribeServiceDeployments", serviceDeploymentArns=[arn])
        return found["serviceDeployments"][0]

    def update(self, **members: Any) -> Any:
        return self.world.call("ecs", "UpdateService", cluster=CLUSTER, service=self.name, **members)["service"]

    def primary(self) -> Any:
        return self.described()["deployments"][0]

    def until(self, holds: Callable[["Staged"], bool], *, minutes: float = 40) -> float:
        """Steps until it holds, and gives the simulated seconds that it took."""
        began: datetime = self.world.clock.now()
        while not holds(self):
            passed = (self.world.clock.now() - began).total_seconds()
            assert passed < minutes * 60, self.messages()[-12:]
            advance(self.world, 5)
        return (self.world.clock.now() - began).total_seconds()

    def until_settled(self, *, minutes: float = 40) -> float:
        return self.until(
            lambda self: (
                len(self.described()["deployments"]) == 1
                and self.primary()["rolloutState"] == "COMPLETED"
                and self.messages()[-1] == "has reached a steady state."
            ),
            minutes=minutes,
        )


def register(world: World, family: str, tag: str = "1.4.2", **container: Any) -> str:
    """A revision like that of production, with another image or other members of its container."""
    found = world.call("ecs", "DescribeTaskDefinition", taskDefinition=PROD)["taskDefinition"]
    members = ("networkMode", "requiresCompatibilities", "cpu", "memory", "executionRoleArn", "taskRoleArn")
    kept = {member: found[member] for member in (*members, "runtimePlatform")}
    definition = {**found["containerDefinitions"][0], "image": f"{IMAGE}:{tag}", **container}
    answer = world.call("ecs", "RegisterTaskDefinition", family=family, containerDefinitions=[definition], **kept)
    return str(answer["taskDefinition"]["taskDefinitionArn"])


def push(world: World, tag: str) -> str:
    """A new image in production's repository: its digest."""
    found = world.call("ecr", "BatchGetImage", repositoryName=PROD, imageIds=[{"imageTag": "1.4.2"}])["images"]
    manifest = json.loads(found[0]["imageManifest"])
    manifest["layers"][0]["digest"] = f"sha256:{tag.encode().hex():0<64.64}"
    made = world.call("ecr", "PutImage", repositoryName=PROD, imageManifest=json.dumps(manifest), imageTag=tag)["image"]
    assert made["imageId"]["imageDigest"] != found[0]["imageId"]["imageDigest"]
    return str(made["imageId"]["imageDigest"])


def strike(world: World) -> None:
    """Takes every staged service down, so that the next test has the world for itself."""
    ecs = world.backend("ecs")
    names = [each.name for each in ecs.services.values() if each.name.startswith("staged-") and each.status == "ACTIVE"]
    for name in names:
        world.call("ecs", "DeleteService", cluster=CLUSTER, service=name, force=True)
    if names:
        advance(world, 240)
    assert {ecs.services[f"{CLUSTER}:{name}"].status for name in names} <= {"INACTIVE"}


def create(world: World, *, settled: bool = True, **members: Any) -> Staged:
    """A service like production's behind a target group of its own, without alarms."""
    number = next(_numbers)
    name = f"staged-{number}"
    group = _group(world, name, number)
    like = world.call("ecs", "DescribeServices", cluster=CLUSTER, services=[PROD])["services"][0]
    balancer = {"targetGroupArn": group, "containerName": "app", "containerPort": 3000}
    wanted: dict[str, Any] = {
        "taskDefinition": PROD,
        "desiredCount": 2,
        "launchType": "FARGATE",
        "healthCheckGracePeriodSeconds": 60,
        "networkConfiguration": like["networkConfiguration"],
        "loadBalancers": [balancer],
        "deploymentConfiguration": breaker(),
    }
    world.call("ecs", "CreateService", cluster=CLUSTER, serviceName=name, **{**wanted, **members})
    staged = Staged(world, name, group)
    if settled:
        staged.until_settled()
    return staged


def breaker(*, enable: bool = True, rollback: bool = True, minimum: int = 100, maximum: int = 200) -> dict[str, Any]:
    return {
        "minimumHealthyPercent": minimum,
        "maximumPercent": maximum,
        "deploymentCircuitBreaker": {"enable": enable, "rollback": rollback},
    }


def _group(world: World, name: str, number: int) -> str:
    like = world.call("elbv2", "DescribeTargetGroups", Names=["asharvi-backend-tg-prod"])["TargetGroups"][0]
    members = ("Protocol", "ProtocolVersion", "Port", "VpcId", "TargetType", "HealthCheckPath", "Matcher")
    numbers = ("HealthCheckIntervalSeconds", "HealthCheckTimeoutSeconds", "HealthyThresholdCount")
    kept = {member: like[member] for member in (*members, *numbers, "UnhealthyThresholdCount")}
    arn = str(world.call("elbv2", "CreateTargetGroup", Name=name, **kept)["TargetGroups"][0]["TargetGroupArn"])
    delay = [{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}]
    world.call("elbv2", "ModifyTargetGroupAttributes", TargetGroupArn=arn, Attributes=delay)
    balancer = world.call("elbv2", "DescribeLoadBalancers")["LoadBalancers"][0]["LoadBalancerArn"]
    listeners = world.call("elbv2", "DescribeListeners", LoadBalancerArn=balancer)["Listeners"]
    https = next(each["ListenerArn"] for each in listeners if each["Port"] == 443)
    host = [{"Field": "host-header", "HostHeaderConfig": {"Values": [f"{name}.asharvi.test"]}}]
    forward = [{"Type": "forward", "TargetGroupArn": arn}]
    world.call("elbv2", "CreateRule", ListenerArn=https, Priority=1000 + number, Conditions=host, Actions=forward)
    return arn
