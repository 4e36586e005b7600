"""Target health on a stepped clock: a target group of the tests' own, with the running tasks of prod as its targets."""

from collections.abc import Iterator
from typing import Any

import pytest

from runbook_tui.simulator import fleet
from runbook_tui.simulator.health import state_of
from runbook_tui.simulator.world import World
from tests.support.simulated_app import step, stepped_simulator, tasks

pytestmark = pytest.mark.slow

SERVICE = "asharvi-backend-prod"
HEALTHY = ("healthy", "", "")
REGISTERING = ("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
CHECKING = ("initial", "Elb.InitialHealthChecking", "Initial health checks in progress")
TIMEOUT = ("unhealthy", "Target.Timeout", "Request timed out")
DRAINING = ("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress")
NOT_REGISTERED = ("unused", "Target.NotRegistered", "Target is not registered to the target group")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with stepped_simulator() as simulator:
        yield simulator.world


class Group:
    """A target group behind a rule of the HTTPS listener; its target is not registered yet."""

    def __init__(self, world: World, arn: str, address: str) -> None:
        self.world = world
        self.arn = arn
        self.target = {"Id": address, "Port": 3000}

    def register(self) -> None:
        self.world.call("elbv2", "RegisterTargets", TargetGroupArn=self.arn, Targets=[self.target])

    def deregister(self) -> None:
        self.world.call("elbv2", "DeregisterTargets", TargetGroupArn=self.arn, Targets=[self.target])

    def change(self, **settings: Any) -> None:
        self.world.call("elbv2", "ModifyTargetGroup", TargetGroupArn=self.arn, **settings)

    def drain_for(self, seconds: int) -> None:
        delay = [{"Key": "deregistration_delay.timeout_seconds", "Value": str(seconds)}]
        self.world.call("elbv2", "ModifyTargetGroupAttributes", TargetGroupArn=self.arn, Attributes=delay)

    @property
    def health(self) -> tuple[str, str, str]:
        return state_of(self.world, self.arn, self.target)

    def listed(self, **filters: Any) -> list[dict[str, Any]]:
        answer = self.world.call("elbv2", "DescribeTargetHealth", TargetGroupArn=self.arn, **filters)
        found: list[dict[str, Any]] = answer["TargetHealthDescriptions"]
        return found


def _listener(world: World) -> str:
    (balancer,) = world.call("elbv2", "DescribeLoadBalancers", Names=["asharvi-backend-alb"])["LoadBalancers"]
    listeners = world.call("elbv2", "DescribeListeners", LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    return next(str(each["ListenerArn"]) for each in listeners if each["Port"] == 443)


def _made(world: World) -> str:
    (model,) = world.call("elbv2", "DescribeTargetGroups", Names=["asharvi-backend-tg-prod"])["TargetGroups"]
    answer = world.call(
        "elbv2",
        "CreateTargetGroup",
        Name="tests",
        Protocol="HTTP",
        Port=3000,
        VpcId=model["VpcId"],
        TargetType="ip",
        HealthCheckPath="/ready",
        HealthCheckIntervalSeconds=15,
        HealthCheckTimeoutSeconds=5,
        HealthyThresholdCount=3,
        UnhealthyThresholdCount=2,
    )
    return str(answer["TargetGroups"][0]["TargetGroupArn"])


@pytest.fixture
def group(world: World) -> Iterator[Group]:
    """Behind a rule, and taken away again."""
    arn = _made(world)
    condition = {"Field": "host-header", "HostHeaderConfig": {"Values": ["tests.asharvi.test"]}}
    forward = {"Type": "forward", "TargetGroupArn": arn}
    rule = world.call(
        "elbv2", "CreateRule", ListenerArn=_listener(world), Priority=99, Conditions=[condition], Actions=[forward]
    )["Rules"][0]["RuleArn"]
    yield Group(world, arn, fleet.address_of(tasks(world, SERVICE)[0]))
    world.call("elbv2", "DeleteRule", RuleArn=rule)
    world.call("elbv2", "DeleteTargetGroup", TargetGroupArn=arn)


def test_a_new_target_is_healthy_after_its_row_of_good_checks(world: World, group: Group) -> None:
    """Three checks, 15 seconds apart, and not a second earlier."""
    group.register()
    assert group.health == REGISTERING
    step(world, 6)
    assert group.health == CHECKING
    step(world, 38)
    assert group.health == CHECKING
    step(world, 1)
    assert group.health == HEALTHY
    (described,) = group.listed()
    assert described["TargetHealth"] == {"State": "healthy"}
    assert (described["HealthCheckPort"], described["Target"]["AvailabilityZone"][:-1]) == ("3000", "ap-south-1")


def test_a_wrong_path_is_told_with_the_code_that_it_gave(world: World, group: Group) -> None:
    """After two checks; and a matcher that admits the code heals the target after three."""
    group.change(HealthCheckPath="/no-such-route")
    group.register()
    step(world, 29)
    assert group.health == CHECKING
    step(world, 1)
    text = "Health checks failed with these codes: [404]"
    assert group.health == ("unhealthy", "Target.ResponseCodeMismatch", text)
    group.change(Matcher={"HttpCode": "200,400-404"})
    step(world, 30)
    assert group.health[0] == "unhealthy"
    step(world, 15)
    assert group.health == HEALTHY


def test_a_port_that_the_security_group_closes_times_out(world: World, group: Group) -> None:
    """Nothing comes back: the target is asked on a port that only its own group knows."""
    group.change(HealthCheckPort="9999")
    group.register()
    step(world, 30)
    assert group.health == TIMEOUT
    assert group.listed()[0]["HealthCheckPort"] == "9999"


def test_a_port_on_which_nothing_listens_fails_at_once(world: World, group: Group) -> None:
    """The groups let it through; the task resets the connection."""
    groups = {each["GroupName"]: each["GroupId"] for each in _groups(world)}
    app, balancer = groups["ecs-backend-sg"], groups["alb-backend-sg"]
    ports = {"IpProtocol": "tcp", "FromPort": 9999, "ToPort": 9999}
    inward = {"GroupId": app, "IpPermissions": [{**ports, "UserIdGroupPairs": [{"GroupId": balancer}]}]}
    outward = {"GroupId": balancer, "IpPermissions": [{**ports, "UserIdGroupPairs": [{"GroupId": app}]}]}
    world.call("ec2", "AuthorizeSecurityGroupIngress", **inward)
    world.call("ec2", "AuthorizeSecurityGroupEgress", **outward)
    try:
        group.change(HealthCheckPort="9999")
        group.register()
        step(world, 30)
        assert group.health == ("unhealthy", "Target.FailedHealthChecks", "Health checks failed")
    finally:
        world.call("ec2", "RevokeSecurityGroupIngress", **inward)
        world.call("ec2", "RevokeSecurityGroupEgress", **outward)


def _groups(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.call("ec2", "DescribeSecurityGroups")["SecurityGroups"]
    return found


def test_one_bad_check_makes_no_unhealthy_target(world: World, group: Group) -> None:
    """The second in a row does; the good one between them starts the row anew."""
    group.register()
    step(world, 45)
    group.change(HealthCheckPath="/no-such-route")
    step(world, 15)
    assert group.health == HEALTHY
    group.change(HealthCheckPath="/ready")
    step(world, 15)
    group.change(HealthCheckPath="/no-such-route")
    step(world, 15)
    assert group.health == HEALTHY
    step(world, 15)
    assert group.health[1] == "Target.ResponseCodeMismatch"


def test_a_target_drains_for_the_delay_of_its_group(world: World, group: Group) -> None:
    """It is listed until then, and afterwards only when it is asked for by name."""
    group.drain_for(60)
    group.register()
    step(world, 45)
    group.deregister()
    step(world, 59)
    assert group.health == DRAINING
    assert [each["TargetHealth"]["State"] for each in group.listed()] == ["draining"]
    step(world, 1)
    assert group.listed() == []
    (named,) = group.listed(Targets=[group.target])
    assert named["TargetHealth"] == dict(zip(("State", "Reason", "Description"), NOT_REGISTERED, strict=True))


def test_a_target_that_comes_back_while_it_drains_begins_anew(world: World, group: Group) -> None:
    """The end of the draining does not take it away again."""
    group.drain_for(60)
    group.register()
    step(world, 45)
    group.deregister()
    step(world, 10)
    group.register()
    assert group.health == REGISTERING
    step(world, 60)
    assert group.health == HEALTHY


def test_no_delay_is_no_draining(group: Group) -> None:
    """A deregistered target is gone at once."""
    group.drain_for(0)
    group.register()
    group.deregister()
    assert group.listed() == []


def test_a_group_that_no_listener_uses_is_not_checked(world: World) -> None:
    """Its targets are unused; they are checked once a rule forwards to it."""
    arn = _made(world)
    target = {"Id": fleet.address_of(tasks(world, SERVICE)[0]), "Port": 3000}
    world.call("elbv2", "RegisterTargets", TargetGroupArn=arn, Targets=[target])
    step(world, 300)
    assert state_of(world, arn, target) == (
        "unused",
        "Target.NotInUse",
        "Target group is not configured to receive traffic from the load balancer",
    )
    forward = {"Type": "forward", "TargetGroupArn": arn}
    condition = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/tests"]}}
    rule = world.call(
        "elbv2", "CreateRule", ListenerArn=_listener(world), Priority=98, Conditions=[condition], Actions=[forward]
    )["Rules"][0]["RuleArn"]
    assert state_of(world, arn, target) == REGISTERING
    step(world, 45)
    assert state_of(world, arn, target) == HEALTHY
    world.call("elbv2", "DeleteRule", RuleArn=rule)
    world.call("elbv2", "DeleteTargetGroup", TargetGroupArn=arn)


def test_anomalies_are_described_when_they_are_asked_for(world: World, group: Group) -> None:
    """And only then."""
    group.register()
    assert "AnomalyDetection" not in group.listed()[0]
    assert group.listed(Include=["AnomalyDetection"])[0]["AnomalyDetection"]["Result"] == "normal"


def test_a_target_asked_for_by_another_port_is_not_registered(group: Group) -> None:
    """Id and port together are a target."""
    group.register()
    (described,) = group.listed(Targets=[{**group.target, "Port": 8080}])
    assert described["TargetHealth"]["Reason"] == "Target.NotRegistered"


def test_a_quiet_world_keeps_nothing_on_its_agenda_for_healthy_targets(world: World, group: Group) -> None:
    """A week of good health is not 40,000 checks: only what changes is looked at again."""
    group.register()
    step(world, 60)
    asked: list[str] = []
    former = world.app.reply

    def counting(task: Any, port: int, path: str) -> Any:
        asked.append(path)
        return former(task, port, path)

    world.app.reply = counting  # type: ignore[method-assign]
    before = world.agenda.afterwards
    world.agenda.afterwards = lambda: None
    try:
        step(world, 3600)
    finally:
        world.app.reply = former  # type: ignore[method-assign]
        world.agenda.afterwards = before
    assert asked == []
