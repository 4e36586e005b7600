"""Security groups: sg.*"""

from tests.mutations.contract import FAIL, Row, both
from tests.support.standing import Standing


def _port_closed(world: Standing) -> None:
    world.fault("sg-port-closed")


ROWS = (
    Row(
        check="sg.ecs.ingress-app",
        name="the tasks no longer admit the load balancer",
        change=_port_closed,
        flips={"sg.ecs.ingress-app": FAIL, **both("probe.https", FAIL), **both("smoke.endpoint", FAIL)},
    ),
)
