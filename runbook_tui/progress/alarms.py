"""The environment's alarms: which ring, since when, and why."""

from typing import Final

from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.own_alarms import Alarm, of_environment
from runbook_tui.catalogue.progress import source
from runbook_tui.core.progress import Awaited
from runbook_tui.core.reading import Gauge, Progress, Remark, Tone
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.text import clean

TITLE: Final = "Alarms"


@source("alarms", title=TITLE, needs=("cloudwatch:DescribeAlarms",))
def alarms(aws: Aws, site: Site, env: Environment, _awaited: Awaited) -> Progress:
    """Those that watch the environment's service."""
    own = of_environment(aws.cloudwatch.alarms(), site, env)
    ringing = [one for one in own if one.state_value == "ALARM"]
    blind = sum(one.state_value == "INSUFFICIENT_DATA" for one in own)
    note = f"{blind} without data" if blind else ""
    tone = Tone.BAD if ringing else Tone.PLAIN
    return Progress(
        source="alarms",
        title=TITLE,
        gauges=(Gauge(name="in ALARM", value=len(ringing), of=len(own), note=note, tone=tone),),
        remarks=tuple(map(_ringing, ringing)),
    )


def _ringing(alarm: Alarm) -> Remark:
    since = f" since {alarm.since:%H:%M:%S}" if alarm.since else ""
    return Remark(text=f"{alarm.alarm_name}{since}: {clean(alarm.state_reason, 200)}", tone=Tone.BAD)
