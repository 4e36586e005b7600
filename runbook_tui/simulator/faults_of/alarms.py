"""CloudWatch alarms that tell nobody."""

from runbook_tui.simulator.faults_of.prod import PROD, undo_call
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Undo, fault
from runbook_tui.simulator.world import World


@fault("alarm-actions-off", "prod: the alarms ring, and their actions are switched off")
def alarm_actions_off(world: World, _argument: str) -> Undo:
    alarms = world.call("cloudwatch", "DescribeAlarms", AlarmNamePrefix=PROD.service)["MetricAlarms"]
    names = [each["AlarmName"] for each in alarms if each["ActionsEnabled"]]
    if not names:
        raise Refused("ResourceNotFound", f"There is no alarm of {PROD.service}")
    world.call("cloudwatch", "DisableAlarmActions", AlarmNames=names)
    return undo_call(world, "cloudwatch", "EnableAlarmActions", AlarmNames=names)
