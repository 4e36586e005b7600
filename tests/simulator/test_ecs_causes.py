"""Why tasks do not start: each cause in the world itself, in AWS's words, and gone when the cause is."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import pytest

from runbook_tui.simulator.image_behaviour import ImageBehaviour
from runbook_tui.simulator.names import ENVIRONMENTS
from runbook_tui.simulator.server import Simulator
from runbook_tui.simulator.world import World
from tests.support import ecs_stage
from tests.support.ecs_stage import IMAGE
from tests.support.stepped import CLUSTER, PROD, advance, stepped

pytestmark = pytest.mark.slow

SECRETS = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
ASM = f"{SECRETS}unable to retrieve secret from asm: service call has been retried "
AUTH = f"{SECRETS}unable to retrieve ecr registry auth: service call has been retried "
LOGGER = "ResourceInitializationError: failed to validate logger args: create stream has been retried "
PULL = "CannotPullContainerError: pull image manifest has been retried "
STREAM = "failed to create Cloudwatch log stream: "

Cause = Callable[[World], Any]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with stepped() as simulator:
        yield simulator


@pytest.fixture(scope="module")
def world(simulator: Simulator) -> World:
    return simulator.world


def _role(world: World) -> str:
    definition = world.call("ecs", "DescribeTaskDefinition", taskDefinition=PROD)["taskDefinition"]
    return str(definition["executionRoleArn"]).rpartition("/")[2]


@contextmanager
def _denied(world: World, action: str) -> Iterator[None]:
    role = _role(world)
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": action, "Resource": "*"}]}
    world.call("iam", "PutRolePolicy", RoleName=role, PolicyName="no", PolicyDocument=json.dumps(document))
    yield
    world.call("iam", "DeleteRolePolicy", RoleName=role, PolicyName="no")


@contextmanager
def _without_endpoint(world: World, service: str) -> Iterator[None]:
    """The endpoint's security group admits nobody: private DNS leads every task there all the same."""
    ec2 = world.backend("ec2")
    name = f"com.amazonaws.{world.region}.{service}"
    endpoint = next(each for each in ec2.vpc_end_points.values() if each.service_name == name)
    former = {each: ec2.enis[each]._group_set for each in endpoint.network_interface_ids}
    for each in former:
        ec2.enis[each]._group_set = []
    yield
    for each, groups in former.items():
        ec2.enis[each]._group_set = groups


@contextmanager
def _without_secret_key(world: World) -> Iterator[None]:
    secret = "asharvi/backend/prod"
    former = world.call("secretsmanager", "GetSecretValue", SecretId=secret)["SecretString"]
    kept = {key: value for key, value in json.loads(former).items() if key != "SMTP_PASS"}
    world.call("secretsmanager", "PutSecretValue", SecretId=secret, SecretString=json.dumps(kept))
    yield
    world.call("secretsmanager", "PutSecretValue", SecretId=secret, SecretString=former)


@contextmanager
def _without_log_group(world: World) -> Iterator[None]:
    groups = world.backend("logs").groups
    name = ENVIRONMENTS["prod"].log_group
    former = groups.pop(name)
    yield
    groups[name] = former


@contextmanager
def _for_another_processor(world: World) -> Iterator[None]:
    found = world.call("ecr", "DescribeImages", repositoryName=PROD, imageIds=[{"imageTag": "1.4.2"}])
    key = (PROD, found["imageDetails"][0]["imageDigest"])
    world.images[key] = ImageBehaviour(architecture="ARM64")
    yield
    del world.images[key]


@contextmanager
def _no_bucket(world: World) -> Iterator[None]:
    """Neither the gateway endpoint of S3 nor the NAT gateway."""
    ec2 = world.backend("ec2")
    endpoint = next(each for each in ec2.vpc_end_points.values() if each.vpc_endpoint_type == "Gateway")
    endpoint.state = "deleted"
    yield
    endpoint.state = "available"


CAUSES: list[tuple[str, Cause, str, str]] = [
    (
        "secret denied",
        lambda world: _denied(world, "secretsmanager:GetSecretValue"),
        f"{ASM}1 time(s): failed to fetch secret arn:aws:secretsmanager:",
        "is not authorized to perform: secretsmanager:GetSecretValue on resource: ",
    ),
    (
        "secret key",
        _without_secret_key,
        ASM,
        "retrieved secret from Secrets Manager did not contain json key SMTP_PASS",
    ),
    (
        "no way to secrets",
        lambda world: _without_endpoint(world, "secretsmanager"),
        f"{ASM}5 time(s): failed to fetch secret ",
        "context deadline exceeded. Please check your task network configuration.",
    ),
    (
        "registry denied",
        lambda world: _denied(world, "ecr:GetAuthorizationToken"),
        f"{AUTH}1 time(s): AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/",
        "is not authorized to perform: ecr:GetAuthorizationToken on resource: * with an explicit deny",
    ),
    (
        "no way to the registry's API",
        lambda world: _without_endpoint(world, "ecr.api"),
        f"{AUTH}3 time(s): RequestError: send request failed caused by: ",
        "i/o timeout. Please check your task network configuration.",
    ),
    (
        "logs denied",
        lambda world: _denied(world, "logs:CreateLogStream"),
        f"{LOGGER}1 times: {STREAM}AccessDeniedException: User: ",
        "is not authorized to perform: logs:CreateLogStream",
    ),
    ("log group", _without_log_group, f"{LOGGER}1 times: {STREAM}", "The specified log group does not exist."),
    (
        "no way to logs",
        lambda world: _without_endpoint(world, "logs"),
        f"{LOGGER}5 times: {STREAM}RequestError: send request failed",
        "i/o timeout",
    ),
    (
        "pull denied",
        lambda world: _denied(world, "ecr:BatchGetImage"),
        f"{PULL}1 time(s): failed to resolve ref {IMAGE}:1.4.2: ",
        "403 Forbidden",
    ),
    (
        "no way to the registry",
        lambda world: _without_endpoint(world, "ecr.dkr"),
        f"{PULL}5 time(s): failed to resolve ref {IMAGE}:1.4.2: failed to do request: Head ",
        "i/o timeout",
    ),
    (
        "architecture",
        _for_another_processor,
        f"{PULL}7 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'",
        "",
    ),
    (
        "no way to layers",
        _no_bucket,
        "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: ",
        "i/o timeout",
    ),
]


def _run(world: World, definition: str = PROD) -> Any:
    like = world.call("ecs", "DescribeServices", cluster=CLUSTER, services=[PROD])["services"][0]
    network = like["networkConfiguration"]
    task = world.call(
        "ecs", "RunTask", cluster=CLUSTER, taskDefinition=definition, networkConfiguration=network, startedBy="test"
    )["tasks"][0]
    advance(world, 200)
    return world.call("ecs", "DescribeTasks", cluster=CLUSTER, tasks=[task["taskArn"]])["tasks"][0]


@pytest.mark.parametrize(("cause", "begins", "holds"), [each[1:] for each in CAUSES], ids=[each[0] for each in CAUSES])
def test_a_task_that_cannot_start_says_why(world: World, cause: Cause, begins: str, holds: str) -> None:
    """``TaskFailedToStart`` and the cause; without the cause the same task runs."""
    if cause is _no_bucket:
        _shut_the_way_out(world)
    with cause(world):
        task = _run(world)
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "TaskFailedToStart")
    assert task["stoppedReason"].startswith(begins), task["stoppedReason"]
    assert holds in task["stoppedReason"]
    assert "exitCode" not in task["containers"][0]
    assert (task["containers"][0].get("reason") is not None) == task["stoppedReason"].startswith("CannotPull")
    again = _run(world)
    assert again["lastStatus"] == "RUNNING"
    world.call("ecs", "StopTask", cluster=CLUSTER, task=again["taskArn"])


def _shut_the_way_out(world: World) -> None:
    """The guide's tasks may go out for mail alone, so their group stops them at 443 already."""
    groups = world.backend("ec2").groups.values()
    app = next(group for each in groups for group in each.values() if group.name == "ecs-backend-sg")
    assert not [rule for rule in app.egress_rules if rule.from_port == 443 and rule.cidr_ipv4 == "0.0.0.0/0"]


def test_an_image_that_is_not_there(world: World) -> None:
    """By tag and by digest."""
    for reference in (f"{IMAGE}:7.7.7", f"{IMAGE}@sha256:{'0' * 64}"):
        task = _run(world, ecs_stage.register(world, "absent", image=reference))
        assert task["stoppedReason"] == f"{PULL}7 time(s): failed to resolve ref {reference}: {reference}: not found"


def test_a_secret_that_is_not_there(world: World) -> None:
    """Or that waits to be deleted."""
    arn = world.call("secretsmanager", "CreateSecret", Name="asharvi/backend/gone", SecretString="{}")["ARN"]
    absent = arn.replace("gone-", "none-")
    for source, words in ((absent, "ResourceNotFoundException"), (arn, "InvalidRequestException")):
        definition = ecs_stage.register(world, "gone", secrets=[{"name": "A", "valueFrom": source}])
        role, document = _role(world), {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [document]})
        world.call("iam", "PutRolePolicy", RoleName=role, PolicyName="more", PolicyDocument=policy)
        if source == arn:
            world.call("secretsmanager", "DeleteSecret", SecretId=arn)
        task = _run(world, definition)
        world.call("iam", "DeleteRolePolicy", RoleName=role, PolicyName="more")
        assert f"api error {words}: " in task["stoppedReason"]


def test_a_role_that_nobody_may_assume(world: World) -> None:
    """No task is launched at all, and the service says so once."""
    service = ecs_stage.create(world)
    role = _role(world)
    former = unquote(world.call("iam", "GetRole", RoleName=role)["Role"]["AssumeRolePolicyDocument"])
    nobody = former.replace("ecs-tasks.amazonaws.com", "ec2.amazonaws.com")
    world.call("iam", "UpdateAssumeRolePolicy", RoleName=role, PolicyDocument=nobody)
    service.update(desiredCount=3)
    advance(world, 300)
    told = [
        each for each in service.messages() if each.startswith("failed to launch a task with (error ECS was unable")
    ]
    assert len(told) == 1
    assert len(service.tasks()) == 2
    world.call("iam", "UpdateAssumeRolePolicy", RoleName=role, PolicyDocument=former)
    service.until(lambda self: len(self.tasks()) == 3)
    ecs_stage.strike(world)


def test_a_one_off_command_ends_well(world: World) -> None:
    """A migration runs once and exits with 0."""
    like = world.call("ecs", "DescribeServices", cluster=CLUSTER, services=[PROD])["services"][0]
    container = world.call("ecs", "DescribeTaskDefinition", taskDefinition=PROD)["taskDefinition"]
    name = container["containerDefinitions"][0]["name"]
    task = world.call(
        "ecs",
        "RunTask",
        cluster=CLUSTER,
        taskDefinition=PROD,
        launchType="FARGATE",
        networkConfiguration=like["networkConfiguration"],
        overrides={"containerOverrides": [{"name": name, "command": ["node", "migrate.js"]}]},
    )["tasks"][0]
    assert (task["lastStatus"], task["desiredStatus"], task["group"]) == ("PROVISIONING", "RUNNING", f"family:{PROD}")
    advance(world, 90)
    (ended,) = world.call("ecs", "DescribeTasks", cluster=CLUSTER, tasks=[task["taskArn"]])["tasks"]
    assert (ended["stopCode"], ended["containers"][0]["exitCode"]) == ("EssentialContainerExited", 0)


def test_a_closed_security_group_is_a_failed_health_check(world: World) -> None:
    """The tasks run, but the load balancer's question times out: the service replaces them."""
    service = ecs_stage.create(world)
    groups = {
        each["GroupName"]: each["GroupId"] for each in world.call("ec2", "DescribeSecurityGroups")["SecurityGroups"]
    }
    pair = [{"GroupId": groups["alb-backend-sg"]}]
    rule = {
        "GroupId": groups["ecs-backend-sg"],
        "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 3000, "ToPort": 3000, "UserIdGroupPairs": pair}],
    }
    world.call("ec2", "RevokeSecurityGroupIngress", **rule)
    advance(world, 600)
    told = " ".join(service.messages())
    assert "is unhealthy in (target-group" in told
    assert "due to (reason Request timed out)." in told
    reasons = {each["stoppedReason"] for each in service.tasks("STOPPED")}
    assert reasons == {f"Task failed ELB health checks in (target-group {service.group})"}
    world.call("ec2", "AuthorizeSecurityGroupIngress", **rule)
    service.until(lambda self: self.messages()[-1] == "has reached a steady state.")
    ecs_stage.strike(world)
