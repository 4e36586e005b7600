"""What the checks of a rollout look at: the last minutes, and the same hour a week before."""

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.rollout_series import HOUR, WEEK, Behind, Traced, traced
from runbook_tui.aws.facts.series import Window
from runbook_tui.aws.together import together
from runbook_tui.core.site import Environment, Site


def now_and_before(aws: Aws, site: Site, env: Environment) -> tuple[Traced, Traced]:
    """What visitors noticed within ``roll.window_min``, and within the hour that ended a week before."""
    balancer, group = together(
        lambda: aws.elb.load_balancer(site.alb.name), lambda: aws.elb.target_group(env.target_group)
    )
    behind, now = Behind.of(balancer, group), aws.now()
    return together(
        lambda: traced(aws.series, behind, Window.before(now, site.roll.window_min)),
        lambda: traced(aws.series, behind, Window.before(now, HOUR).earlier(WEEK)),
    )
