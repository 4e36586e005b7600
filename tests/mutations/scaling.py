"""Autoscaling and what the account grants: ecs.scaling.*, ecs.quota"""

from datetime import timedelta

from runbook_tui.simulator.scaling.activities import Activity, Scaling
from runbook_tui.simulator.seed.autoscaling import in_alarm, out_alarm
from tests.mutations.contract import FAIL, WARN, Row
from tests.support.changes import PROD
from tests.support.standing import Standing


def _failed(world: Standing) -> None:
    """No API makes an activity."""
    started = world.world.clock.now() - timedelta(hours=3)
    activity = Activity(
        identity="6f1c2d3e-1111-4222-8333-444455556666",
        resource=f"service/{world.site.ecs.cluster}/{PROD.service}",
        dimension="ecs:service:DesiredCount",
        description="Setting desired count to 3.",
        cause="monitor alarm in state ALARM triggered policy",
        started=started,
        ended=started + timedelta(minutes=1),
        status="Failed",
    )
    world.world.store(Scaling).activities.append(activity)


ROWS = (
    Row(
        check="ecs.scaling.target",
        name="prod's autoscaling is suspended",
        change=lambda world: world.fault("scaling-suspended"),
        flips={"maint.dr-leftovers": WARN, "ecs.scaling.target@prod": WARN},
    ),
    Row(
        check="ecs.scaling.out",
        name="the alarm that scales prod out is gone",
        change=lambda world: world.client("cloudwatch").delete_alarms(AlarmNames=[out_alarm(PROD)]),
        flips={"ecs.scaling.out@prod": FAIL},
    ),
    Row(
        check="ecs.scaling.in",
        name="the alarm that scales prod in is gone",
        change=lambda world: world.client("cloudwatch").delete_alarms(AlarmNames=[in_alarm(PROD)]),
        flips={"ecs.scaling.in@prod": FAIL},
    ),
    Row(
        check="ecs.scaling.activity",
        name="autoscaling of prod failed three hours ago",
        change=_failed,
        flips={"ecs.scaling.activity@prod": WARN},
    ),
    Row(
        check="ecs.quota",
        name="the account may run no more than runs now",
        change=lambda world: world.fault("task-quota"),
        flips={"ecs.quota": FAIL},
    ),
)
