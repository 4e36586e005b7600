"""The target groups of all environments (guide 6.2)."""

from typing import Any, Final

from runbook_tui.actions.ingress.calls import delete, elb
from runbook_tui.actions.network.calls import complete
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.balancing import TargetGroup
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk, answer
from runbook_tui.core.site import Environment, Site

DELAY: Final = "deregistration_delay.timeout_seconds"
# A broken target is out after 30 seconds, a new one in after 30.
HEALTH: Final[dict[str, Any]] = {
    "HealthCheckProtocol": "HTTP",
    "HealthCheckPort": "traffic-port",
    "HealthCheckIntervalSeconds": 15,
    "HealthCheckTimeoutSeconds": 5,
    "HealthyThresholdCount": 2,
    "UnhealthyThresholdCount": 2,
    "Matcher": {"HttpCode": "200"},
}


@action("elbv2.create-target-groups", guide="6.2", fixes=("tg.exists",))
def create_target_groups(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """Every environment has a target group for addresses in the site's VPC."""
    vpc_id = aws.ec2.vpc(site).vpc_id
    absent = [one for one in site.environments.values() if not _is_there(aws, one, vpc_id)]
    names = ", ".join(one.target_group for one in absent) or env.target_group
    return complete(
        Plan(
            action="elbv2.create-target-groups",
            title=f"Create {names}",
            environment=env.name,
            resource=names,
            effect="Nobody is sent to them before a rule of a listener names them.",
            risk=Risk.CHANGE,
            calls=tuple(call for one in absent for call in _creation(site, one, vpc_id)),
            differences=tuple(
                Difference(what=f"target group {one.target_group}", before="", after=f"HTTP {site.app.port}, ip")
                for one in absent
            ),
        )
    )


def known_group(aws: Aws, env: Environment) -> TargetGroup | None:
    try:
        return aws.elb.target_group(env.target_group)
    except Missing:
        return None


def _is_there(aws: Aws, env: Environment, vpc_id: str) -> bool:
    found = known_group(aws, env)
    if found is None:
        return False
    has, needs = (found.target_type, found.protocol, found.vpc_id), ("ip", "HTTP", vpc_id)
    if has != needs:
        because = f"{env.target_group} is there as {' '.join(has)}, needed is {' '.join(needs)}: none of it can change"
        raise CannotPlan(because, "delete it when nothing uses it, or give environments.*.target_group another name")
    return True


def _creation(site: Site, env: Environment, vpc_id: str) -> tuple[ApiCall, ApiCall]:
    call_id = f"create-{env.target_group}"
    arn = answer(call_id, "TargetGroups.0.TargetGroupArn")
    name = env.target_group
    back = delete(f"delete-{name}", "elbv2", "delete_target_group", f"{name} is gone", TargetGroupArn=arn)
    create = elb(
        call_id,
        "create_target_group",
        f"the target group {name}",
        back,
        Name=name,
        Protocol="HTTP",
        ProtocolVersion="HTTP1",
        Port=site.app.port,
        VpcId=vpc_id,
        TargetType="ip",
        HealthCheckPath=site.app.ready_path,
        **HEALTH,
        Tags=listed(tags_of(site, env)),
    )
    delay = str(site.tg.deregistration_delay)
    attributes = [{"Key": DELAY, "Value": delay}]
    effect = f"a leaving target has {delay} s to finish its requests"
    # it goes with the group
    settle = elb(f"settle-{name}", "modify_target_group_attributes", effect, TargetGroupArn=arn, Attributes=attributes)
    return create, settle
