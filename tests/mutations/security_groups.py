"""Security groups: sg.*"""

from typing import Any

from runbook_tui.simulator.names import SITE
from tests.mutations.contract import FAIL, SKIP, WARN, Row, both
from tests.support.changes import close, group_id, permission, vpc_id
from tests.support.standing import Standing

ALB, ECS = SITE.net.sg_alb, SITE.net.sg_ecs
UNREACHED = {
    **both("probe.https", FAIL),
    **both("smoke.endpoint", FAIL),
    **both("db.app-reachability", WARN),  # not ready, and the log says nothing of the database
}


def _renamed(group: str) -> Any:
    """No API renames a security group, and none that is in use can be deleted."""

    def change(world: Standing) -> None:
        model = world.world.backend("ec2").groups[vpc_id(world)][group_id(world, group)]
        model.name = model.group_name = f"{group}-of-old"

    return change


def _opened(group: str, protocol: str, port: int, cidr: str = "0.0.0.0/0") -> Any:
    def change(world: Standing) -> None:
        rule = permission(protocol, port, cidr)
        world.client("ec2").authorize_security_group_ingress(GroupId=group_id(world, group), IpPermissions=[rule])

    return change


def _let_out(group: str, protocol: str, port: int, cidr: str = "0.0.0.0/0") -> Any:
    def change(world: Standing) -> None:
        rule = permission(protocol, port, cidr)
        world.client("ec2").authorize_security_group_egress(GroupId=group_id(world, group), IpPermissions=[rule])

    return change


ROWS = (
    Row(
        check="sg.alb.exists",
        name="the load balancer's group has another name",
        change=_renamed(ALB),
        flips={
            "sg.alb.exists": FAIL,
            "alb.sg": SKIP,
            "sg.alb.egress-app": SKIP,
            "sg.alb.ingress-443": SKIP,
            "sg.alb.ingress-80": SKIP,
            "sg.alb.ingress-minimal": SKIP,
            "sg.ecs.ingress-app": SKIP,
            "sg.ecs.ingress-minimal": SKIP,
        },
    ),
    Row(
        check="sg.ecs.exists",
        name="the tasks' group has another name",
        change=_renamed(ECS),
        flips={
            "sg.ecs.exists": FAIL,
            "sg.alb.egress-app": SKIP,
            "sg.ecs.egress-443": SKIP,
            "sg.ecs.egress-db": SKIP,
            "sg.ecs.egress-minimal": SKIP,
            "sg.ecs.egress-smtp": SKIP,
            "sg.ecs.ingress-app": SKIP,
            "sg.ecs.ingress-minimal": SKIP,
            "vpce.sg": SKIP,
            "atlas.access-list": SKIP,
            **both("ecs.service.private", FAIL),
        },
    ),
    Row(
        check="sg.alb.ingress-443",
        name="443 is closed",
        change=lambda world: close(world, ALB, 443),
        flips={"sg.alb.ingress-443": FAIL, **UNREACHED},
    ),
    Row(
        check="sg.alb.ingress-80",
        name="80 is closed",
        change=lambda world: close(world, ALB, 80),
        flips={"sg.alb.ingress-80": WARN, **both("probe.redirect", WARN)},
    ),
    Row(
        check="sg.alb.ingress-minimal",
        name="SSH is open to everybody",
        change=_opened(ALB, "tcp", 22),
        flips={"sg.alb.ingress-minimal": FAIL},
    ),
    Row(
        check="sg.alb.egress-app",
        name="the load balancer may reach the internet on 443",
        change=_let_out(ALB, "tcp", 443),
        flips={"sg.alb.egress-app": WARN},
    ),
    Row(
        check="sg.ecs.egress-443",
        name="443 is closed to the tasks",
        change=lambda world: close(world, ECS, 443, egress=True),
        flips={"sg.ecs.egress-443": FAIL},
    ),
    Row(
        check="sg.ecs.egress-db",
        name="the database's port is closed to the tasks",
        change=lambda world: world.fault("sg-egress-db-closed"),
        flips={"sg.ecs.egress-db": FAIL},
    ),
    Row(
        check="sg.ecs.egress-minimal",
        name="the tasks may go everywhere",
        change=_let_out(ECS, "-1", 0),
        flips={"sg.ecs.egress-minimal": WARN, "sg.ecs.egress-443": WARN, "sg.ecs.egress-db": WARN},
    ),
    Row(
        check="sg.ecs.egress-smtp",
        name="the mail server's port is closed to the tasks",
        change=lambda world: close(world, ECS, 587, egress=True),
        flips={"sg.ecs.egress-smtp": WARN},
    ),
    Row(
        check="sg.ecs.ingress-app",
        name="the tasks no longer admit the load balancer",
        change=lambda world: world.fault("sg-port-closed"),
        flips={"sg.ecs.ingress-app": FAIL, **UNREACHED},
    ),
    Row(
        check="sg.ecs.ingress-minimal",
        name="the tasks admit SSH from an office",
        change=_opened(ECS, "tcp", 22, "203.0.113.0/24"),
        flips={"sg.ecs.ingress-minimal": WARN},
    ),
)
