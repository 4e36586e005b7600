"""What the service runs, made the newest revision again (guide 5.2)."""

from runbook_tui.actions.ecs.correcting import (
    Container,
    Correction,
    of_container,
    plan_of,
    present_of,
    with_members,
)
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import Difference, Plan
from runbook_tui.core.site import Environment, Site


@action("ecs.renew-revision", guide="5.2", fixes=("ecs.taskdef.active",))
def renew_revision(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The service runs the newest ACTIVE revision, and the end of its container ends the task."""
    present = present_of(aws, site, env)
    if not present.served:
        raise CannotPlan(f"there is no service {env.service}", "create it: ecs.create-service")
    newest = next((str(one) for one in aws.ecs.active_revisions(env.task_family)), "none")
    found = of_container(env, _essential)(present.definition)
    stale = () if newest == present.label else (_newest(newest, present.label),)
    correction = Correction(
        definition=found.definition,
        differences=(*stale, *found.differences),
        warnings=(f"what {newest} was to bring does not go out with this",) if stale and newest != "none" else (),
    )
    return plan_of(site, env, present, "ecs.renew-revision", f"Register {present.label} anew", correction)


def _newest(newest: str, label: str) -> Difference:
    return Difference(what="newest revision", before=newest, after=f"a copy of {label}")


def _essential(container: Container) -> Correction:
    return with_members(container, essential=True)
