"""Who may reach the tasks (guide 2.2)."""

from runbook_tui.actions.network.calls import complete
from runbook_tui.actions.network.rules import Peer, Wanted, added, closed, opened, port, removed
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts import security
from runbook_tui.aws.facts.security import Rules
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import Plan, Risk
from runbook_tui.core.site import Environment, Site


@action("ec2.open-tasks", guide="2.2", fixes=("sg.ecs.ingress-app",))
def open_tasks(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The load balancer's group may reach the tasks on the app's port."""
    group, balancer = aws.ec2.ecs_group(site).group_id, aws.ec2.alb_group(site).group_id
    wanted = Wanted(ports=port(site.app.port), peer=Peer(group=balancer), description="The load balancer")
    there = _meant(_ingress(aws, group), site, balancer)
    return complete(
        Plan(
            action="ec2.open-tasks",
            title=f"Let the load balancer in to {site.net.sg_ecs}",
            environment=env.name,
            resource=group,
            effect=f"Whatever is in {site.net.sg_alb} may open connections to the tasks on {site.app.port}.",
            risk=Risk.CHANGE,
            calls=() if there else (opened(group, wanted, egress=False),),
            differences=(added(site.net.sg_ecs, wanted, egress=False),),
        )
    )


@action("ec2.close-tasks", guide="2.2", fixes=("sg.ecs.ingress-minimal",))
def close_tasks(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Nobody but the load balancer's group may reach the tasks."""
    group, balancer = aws.ec2.ecs_group(site).group_id, aws.ec2.alb_group(site).group_id
    rules = _ingress(aws, group)
    meant = _meant(rules, site, balancer)
    extra = tuple(rule for rule in rules if rule not in meant)
    if extra and not meant:
        remedy = "let the load balancer in by a rule of its own first: ec2.open-tasks"
        raise CannotPlan("the load balancer may reach the tasks by these rules alone", remedy)
    return complete(
        Plan(
            action="ec2.close-tasks",
            title=f"Close what else {site.net.sg_ecs} lets in",
            environment=env.name,
            resource=group,
            effect="Nobody opens new connections to the tasks by these rules; those that are open stay till they end.",
            risk=Risk.DISRUPTIVE,
            calls=closed(group, extra, egress=False),
            differences=removed(site.net.sg_ecs, extra, egress=False),
        )
    )


def _ingress(aws: Aws, group: str) -> Rules:
    return security.ingress(aws.ec2.security_group_rules(group))


def _meant(rules: Rules, site: Site, balancer: str) -> Rules:
    return security.referring((rule for rule in rules if security.is_exactly(rule, site.app.port)), [balancer])
