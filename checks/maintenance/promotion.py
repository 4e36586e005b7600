"""Guide 9.1 to 9.3: what runs in prod has run in staging before."""

from typing import Any, Final

from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.registry import check
from runbook_tui.core.records import digests, green, short
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, passed, skip, unknown, warn

STAGING: Final = "staging"
NEW_IMAGE: Final = "deploy."  # the checks that tell which image a deployment brought


@check(
    "review.tests",
    guide="9.3",
    severity="info",
    scope="environment",
    needs=["ecs:DescribeTasks", "ecs:ListTasks"],
)
def tests(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The image that runs here was found good on staging by a recorded run."""
    if STAGING not in site.environments:
        return skip("the site has no staging")
    tasks = aws.ecs.tasks(site.ecs.cluster, env.service, "RUNNING")
    running = {
        short(one.image_digest)
        for task in tasks
        for one in task.containers
        if one.name == env.container and one.image_digest
    }
    if not running:
        return unknown(Cause.UNDECIDED, f"no running task of {env.name} tells its image", "re-check when it runs")
    runs = [run for run in aws.records.history().runs if run.environment == STAGING and green(run)]
    proven = {digest: run.run for run in reversed(runs) for digest in digests(run, NEW_IMAGE)}
    evidence: dict[str, Any] = {
        "running": sorted(running),
        "runs": {digest: proven[digest] for digest in sorted(running) if digest in proven},
    }
    unproven = sorted(running - set(proven))
    if unproven:
        because = f"{env.name} runs {', '.join(unproven)}, which no recorded run found good on staging"
        return warn(because, "promote the image that has passed on staging", **evidence)
    return passed(f"what runs in {env.name} was found good on staging", **evidence)
