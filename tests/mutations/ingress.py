"""Load balancer, targets, and the application behind them: alb.*, tg.*, probe.*, smoke.*"""

from runbook_tui.simulator.image_behaviour import ImageBehaviour
from runbook_tui.simulator.names import SITE
from tests.mutations.contract import FAIL, SKIP, UNKNOWN, WARN, Row, both
from tests.support.changes import PROD, listener, target_group
from tests.support.standing import Standing

OF_THE_BALANCER = (
    "alb.attributes",
    "alb.default-action",
    "alb.scheme-subnets",
    "alb.sg",
    "alb.waf",
)
OLD_POLICY = "ELBSecurityPolicy-2016-08"


def _gone(world: Standing) -> None:
    elb = world.client("elbv2")
    arn = elb.describe_load_balancers(Names=[SITE.alb.name])["LoadBalancers"][0]["LoadBalancerArn"]
    off = [{"Key": "deletion_protection.enabled", "Value": "false"}]
    elb.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=off)
    elb.delete_load_balancer(LoadBalancerArn=arn)


def _plain(world: Standing) -> None:
    actions = [{"Type": "forward", "TargetGroupArn": target_group(world, PROD)}]
    world.client("elbv2").modify_listener(ListenerArn=listener(world, 80), DefaultActions=actions)


def _outdated(world: Standing) -> None:
    world.client("elbv2").modify_listener(ListenerArn=listener(world, 443), SslPolicy=OLD_POLICY)


def _another_path(world: Standing) -> None:
    world.client("elbv2").modify_target_group(TargetGroupArn=target_group(world, PROD), HealthCheckPath="/health")


def _slow_to_leave(world: Standing) -> None:
    delay = [{"Key": "deregistration_delay.timeout_seconds", "Value": "300"}]
    world.client("elbv2").modify_target_group_attributes(TargetGroupArn=target_group(world, PROD), Attributes=delay)


def _unhealthy(world: Standing) -> None:
    world.fault("targets-unhealthy")
    world.wait(31)


def _failing(world: Standing) -> None:
    """The images of prod answer every request but those for their health with 500."""
    for image in world.world.backend("ecr").repositories[PROD.ecr_repo].images:
        world.world.images[PROD.ecr_repo, image.image_digest] = ImageBehaviour(error_rate=1.0)


ROWS = (
    Row(
        check="alb.exists",
        name="the load balancer is gone",
        change=_gone,
        flips={
            "alb.exists": FAIL,
            **both("roll.5xx-rate", SKIP),
            **both("roll.latency", SKIP),
            "alb.http-redirect": SKIP,
            "alb.https-listener": SKIP,
            "sg.alb.ingress-80": SKIP,
            "pre.dedicated-resources": WARN,
            **dict.fromkeys(OF_THE_BALANCER, SKIP),
            **both("alb.rules.host", SKIP),
            **both("dash.widgets", SKIP),
            **both("dns.alias", SKIP),
            **both("dns.resolves", SKIP),
            **both("probe.redirect", WARN),
            **both("tg.exists", FAIL),
            **both("dash.widgets", SKIP),
            **both("tg.targets-healthy", FAIL),
            **both("probe.https", FAIL),
            **both("smoke.endpoint", FAIL),
            **both("db.app-reachability", WARN),
            **both("dash.widgets", SKIP),
        },
    ),
    Row(
        check="alb.http-redirect",
        name="plain HTTP is forwarded to the application",
        change=_plain,
        flips={"alb.http-redirect": FAIL, **both("probe.redirect", WARN)},
    ),
    Row(
        check="alb.https-listener",
        name="clients may use TLS 1.0",
        change=_outdated,
        flips={"alb.https-listener": WARN},
    ),
    Row(
        check="tg.exists",
        name="no rule sends prod's visitors to its tasks",
        change=lambda world: world.fault("listener-rule-gone"),
        flips={
            "tg.exists@prod": FAIL,
            "alb.rules.host@prod": FAIL,
            "tg.targets-healthy@prod": FAIL,
            "probe.https@prod": WARN,
            "smoke.endpoint@prod": FAIL,
            "db.app-reachability@prod": WARN,
        },
    ),
    Row(
        check="tg.health-check",
        name="prod's targets are asked another path",
        change=_another_path,
        flips={"tg.health-check@prod": FAIL, "tg.health-check@staging": WARN},
    ),
    Row(
        check="tg.deregistration",
        name="prod's targets take five minutes to leave",
        change=_slow_to_leave,
        flips={"tg.deregistration@prod": WARN},
    ),
    Row(
        check="tg.targets-healthy",
        name="prod's application is not ready for half a minute",
        change=_unhealthy,
        flips={
            "tg.targets-healthy@prod": FAIL,
            "probe.https@prod": FAIL,
            "ecs.service.running@prod": WARN,
            "db.app-reachability@prod": WARN,
            "deploy.image-new@prod": UNKNOWN,
            "deploy.tasks-healthy@prod": WARN,
        },
    ),
    Row(
        check="probe.https",
        name="prod's application is not ready",
        change=lambda world: world.fault("targets-unhealthy"),
        flips={"probe.https@prod": FAIL, "db.app-reachability@prod": WARN},
    ),
    Row(
        check="smoke.endpoint",
        name="prod's application answers 500",
        change=_failing,
        flips={"smoke.endpoint@prod": FAIL},
    ),
)
