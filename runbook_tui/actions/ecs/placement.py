"""Where the service's tasks run and whom they serve, put right by a deployment (guide 2.1, 5.3)."""

from collections.abc import Mapping, Sequence
from typing import Any

from runbook_tui.actions.ecs.placing import private_subnets, target_group_of
from runbook_tui.actions.ecs.updating import recorded, update
from runbook_tui.actions.permissions import needed
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.balancing import target_group_name
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import Difference, Plan, Risk
from runbook_tui.core.site import Environment, Site


@action("ecs.set-subnets", guide="5.3", fixes=("ecs.service.subnets",))
def set_subnets(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Tasks run in the private subnets of at least two zones."""
    return _placed(
        aws,
        site,
        env,
        "ecs.set-subnets",
        "Run the tasks in the private subnets",
        {
            "subnets": private_subnets(aws, site),
        },
    )


@action("ecs.set-task-group", guide="2.1", fixes=("ecs.service.private",))
def set_task_group(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Tasks have no public address, and the backend's security group alone."""
    return _placed(
        aws,
        site,
        env,
        "ecs.set-task-group",
        "Keep the tasks private",
        {
            "securityGroups": [aws.ec2.ecs_group(site).group_id],
            "assignPublicIp": "DISABLED",
        },
    )


@action("ecs.attach-target-group", guide="5.3", fixes=("ecs.service.target-group",))
def attach_target_group(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The load balancer sends the environment's requests to the service's tasks, and no others."""
    before = [dict(one) for one in recorded(aws, site, env).get("loadBalancers", ())]
    wanted = [target_group_of(aws, site, env)]
    told = () if before == wanted else (Difference(what="target group", before=_groups(before), after=_groups(wanted)),)
    title = f"Register the tasks in {env.target_group}"
    return _plan(aws, site, env, "ecs.attach-target-group", title, ("loadBalancers", before, wanted), told)


def _placed(aws: Aws, site: Site, env: Environment, action_id: str, title: str, wanted: Mapping[str, Any]) -> Plan:
    """The rest of the placement stays; the order of subnets means nothing."""
    configuration = dict(recorded(aws, site, env).get("networkConfiguration", {}))
    before = dict(configuration.get("awsvpcConfiguration", {}))
    told = tuple(
        Difference(what=name, before=_word(before.get(name, "")), after=_word(value))
        for name, value in wanted.items()
        if _word(before.get(name, "")) != _word(value)
    )
    after = {**configuration, "awsvpcConfiguration": {**before, **wanted}}
    return _plan(aws, site, env, action_id, title, ("networkConfiguration", configuration, after), told)


def _plan(
    aws: Aws,
    site: Site,
    env: Environment,
    action_id: str,
    title: str,
    change: tuple[str, Any, Any],
    told: tuple[Difference, ...],
) -> Plan:
    """``change``: a member of UpdateService, as it is and as it should be."""
    if told and aws.ecs.service(site.ecs.cluster, env.service).deploying:
        raise CannotPlan("a deployment is running", "wait for its end, or stop it")
    member, before, after = change
    back = update(site, env, "as it was, by another deployment", **{member: before})
    calls = (update(site, env, "tasks are started there, and the old ones stopped", (back,), **{member: after}),)
    return Plan(
        action=action_id,
        title=f"{title} ({env.service})",
        environment=env.name,
        resource=env.service,
        effect="ECS starts a deployment: new tasks like this, and the old ones are stopped when those are healthy.",
        risk=Risk.DISRUPTIVE,
        calls=calls if told else (),
        differences=told,
        permissions=needed(calls if told else ()),
    )


def _word(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else ", ".join(sorted(value))


def _groups(links: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(
        f"{target_group_name(one.get('targetGroupArn', ''))} {one.get('containerName')}:{one.get('containerPort')}"
        for one in links
    )
