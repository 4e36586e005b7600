"""Target health: how many are healthy, and why the others are not."""

from collections import Counter
from typing import Final

from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.progress import source
from runbook_tui.core.progress import Awaited
from runbook_tui.core.reading import Gauge, Progress, Remark, Tone
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.text import clean

TITLE: Final = "Targets"
_TONE: Final = {"unhealthy": Tone.BAD, "unhealthy.draining": Tone.BAD}


@source("targets", title=TITLE, needs=("ecs:DescribeServices", "elasticloadbalancing:DescribeTargetHealth"))
def targets(aws: Aws, site: Site, env: Environment, _awaited: Awaited) -> Progress:
    """Of the target group in which the service registers its tasks."""
    service = aws.ecs.service(site.ecs.cluster, env.service)
    arns = [one.target_group_arn for one in service.load_balancers if one.target_group_name == env.target_group]
    found = aws.elb.target_health(arns[0]) if arns else ()
    states = Counter(one.state for one in found)
    draining, healthy = states.pop("draining", 0), states.pop("healthy", 0)
    others = [f"{number} {state}" for state, number in states.items()]
    note = ", ".join([*others, *([f"{draining} draining"] if draining else [])])
    unwell = [one for one in found if one.reason and one.state not in ("healthy", "draining")]
    reasons = Counter((one.state, one.reason) for one in unwell)
    whole = len(found) - draining
    return Progress(
        source="targets",
        title=TITLE,
        gauges=(
            Gauge(
                name="healthy",
                value=healthy,
                of=max(whole, service.desired_count),
                note=note,
                tone=Tone.GOOD if whole and healthy == whole else Tone.PLAIN,
            ),
        ),
        remarks=tuple(
            Remark(text=f"{number} {state}: {clean(reason, 200)}", tone=_TONE.get(state, Tone.PLAIN))
            for (state, reason), number in reasons.most_common()
        ),
    )
