"""Where the tasks may go: AWS's services, the database, the mail server, and nowhere else (guide 2.2)."""

from collections.abc import Callable
from typing import Final

from runbook_tui.actions.network.calls import complete
from runbook_tui.actions.network.rules import Wanted, added, closed, opened, removed
from runbook_tui.actions.network.task_ways import Tasks, tasks_of, to_aws, to_database, to_mail
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts import security
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import Plan, Risk
from runbook_tui.core.site import Environment, Site

_BLOCKED: Final = "AWS blocks port 25 unless it lifts that on request: mail goes out on 587"
_Wanted = Callable[[Aws, Site, Tasks], list[Wanted]]


@action("ec2.let-tasks-out-to-aws", guide="2.2", fixes=("sg.ecs.egress-443",))
def let_out_to_aws(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The tasks reach Secrets Manager, ECR, its image layers and the logs on 443."""
    return _opening(aws, site, env, "ec2.let-tasks-out-to-aws", "AWS's services", to_aws)


@action("ec2.let-tasks-out-to-database", guide="2.2", fixes=("sg.ecs.egress-db",))
def let_out_to_database(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The tasks reach the chosen database."""
    return _opening(aws, site, env, "ec2.let-tasks-out-to-database", "the database", to_database)


@action("ec2.let-tasks-out-to-mail", guide="3.1", fixes=("sg.ecs.egress-smtp",))
def let_out_to_mail(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The tasks may reach the mail server on its port."""
    warnings = (_BLOCKED,) if site.app.smtp_port == 25 and site.app.smtp_host_kind != "none" else ()
    return _opening(aws, site, env, "ec2.let-tasks-out-to-mail", "the mail server", to_mail, warnings)


@action("ec2.stop-tasks-going-anywhere", guide="2.2", fixes=("sg.ecs.egress-minimal",))
def stop_going_anywhere(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """No rule lets the tasks' whole traffic out everywhere."""
    tasks = tasks_of(aws, site)
    everything = security.allow_all(tasks.rules)
    if everything:
        _check_the_rest(aws, site, tasks)
    return complete(
        Plan(
            action="ec2.stop-tasks-going-anywhere",
            title=f"Take the rule for all traffic from {site.net.sg_ecs}",
            environment=env.name,
            resource=tasks.group,
            effect="The tasks open new connections to AWS's services, the database and the mail server only.",
            risk=Risk.DISRUPTIVE,
            calls=closed(tasks.group, everything, egress=True),
            differences=removed(site.net.sg_ecs, everything, egress=True),
            warnings=("whatever else the tasks ask, a DNS server of their own among it, is shut off",)
            if everything
            else (),
        )
    )


def _opening(
    aws: Aws,
    site: Site,
    env: Environment,
    action_id: str,
    whom: str,
    wanted: _Wanted,
    warnings: tuple[str, ...] = (),
) -> Plan:
    tasks = tasks_of(aws, site)
    missing = [one for one in wanted(aws, site, tasks) if tasks.missing(one)]
    return complete(
        Plan(
            action=action_id,
            title=f"Let {site.net.sg_ecs} out to {whom}",
            environment=env.name,
            resource=tasks.group,
            effect=f"The tasks may open connections to {whom}, by a rule of its own.",
            risk=Risk.CHANGE,
            calls=tuple(opened(tasks.group, one, egress=True) for one in missing),
            differences=tuple(added(site.net.sg_ecs, one, egress=True) for one in missing),
            warnings=warnings,
        )
    )


def _check_the_rest(aws: Aws, site: Site, tasks: Tasks) -> None:
    """What the checks say is green because of the rule that goes: the ways are looked at without it."""
    ways = {
        "ec2.let-tasks-out-to-aws": to_aws,
        "ec2.let-tasks-out-to-database": to_database,
        "ec2.let-tasks-out-to-mail": to_mail,
    }
    for action_id, wanted in ways.items():
        shut = [one for one in wanted(aws, site, tasks) if tasks.missing(one)]
        if shut:
            remedy = f"open them by rules of their own first: {action_id}"
            raise CannotPlan(f"only the rule for all traffic lets out {'; '.join(map(str, shut))}", remedy)
