"""What a drill may have left behind: things that carry its marker, experiments that run, scaling that is suspended."""

from typing import Final

from runbook_tui.aws.access import Reader
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.border import Fact, LowerFact
from runbook_tui.aws.facts.listing import listed

MARKER: Final = "runbook-tui:dr-injection"  # on an object before it is changed, until all is well again
OF_FIS: Final = "managedByFIS"  # on the network ACLs that an experiment puts in place of others
INLINE: Final = "runbook-tui-dr-"  # names of inline policies that deny the database
GOING: Final = ("pending", "initiating", "running", "stopping")


class _Acl(Fact, frozen=True, kw_only=True):
    network_acl_id: str


class _Group(Fact, frozen=True, kw_only=True):
    group_id: str


class _Rule(Fact, frozen=True, kw_only=True):
    security_group_rule_id: str


class _Table(Fact, frozen=True, kw_only=True):
    route_table_id: str


class _Suspended(Fact, frozen=True, kw_only=True):
    dynamic_scaling_in_suspended: bool = False
    dynamic_scaling_out_suspended: bool = False
    scheduled_scaling_suspended: bool = False


class _Target(Fact, frozen=True, kw_only=True):
    resource_id: str
    suspended_state: _Suspended = _Suspended()


class _State(LowerFact, frozen=True, kw_only=True):
    status: str


class _Experiment(LowerFact, frozen=True, kw_only=True):
    id: str
    state: _State


class LeftoverFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def network_acls(self) -> tuple[str, ...]:
        """Of a drill, or of an experiment."""
        answer = self._marked("describe_network_acls", MARKER, OF_FIS)
        return tuple(one.network_acl_id for one in listed(answer, "NetworkAcls", _Acl))

    def security_groups(self) -> tuple[str, ...]:
        answer = self._marked("describe_security_groups", MARKER)
        return tuple(one.group_id for one in listed(answer, "SecurityGroups", _Group))

    def security_group_rules(self) -> tuple[str, ...]:
        answer = self._marked("describe_security_group_rules", MARKER)
        return tuple(one.security_group_rule_id for one in listed(answer, "SecurityGroupRules", _Rule))

    def route_tables(self) -> tuple[str, ...]:
        answer = self._marked("describe_route_tables", MARKER)
        return tuple(one.route_table_id for one in listed(answer, "RouteTables", _Table))

    def experiments(self) -> tuple[str, ...]:
        """Those that have not ended."""
        found = listed(self._reader.read("fis", "list_experiments"), "experiments", _Experiment)
        return tuple(one.id for one in found if one.state.status in GOING)

    def inline_policies(self, role: str) -> tuple[str, ...]:
        """Of a drill; a role that does not exist has none."""
        try:
            answer = self._reader.read("iam", "list_role_policies", RoleName=role)
        except Missing:
            return ()
        return tuple(f"{name} of {role}" for name in listed(answer, "PolicyNames", str) if name.startswith(INLINE))

    def suspended(self, cluster: str, service: str) -> tuple[str, ...]:
        """Parts of the service's scaling that are suspended."""
        answer = self._reader.read(
            "application-autoscaling",
            "describe_scalable_targets",
            ServiceNamespace="ecs",
            ResourceIds=[f"service/{cluster}/{service}"],
            ScalableDimension="ecs:service:DesiredCount",
        )
        return tuple(
            f"{part} of {service}"
            for one in listed(answer, "ScalableTargets", _Target)
            for part, suspended in _parts(one.suspended_state).items()
            if suspended
        )

    def _marked(self, operation: str, *keys: str) -> dict[str, object]:
        filters = [{"Name": "tag-key", "Values": list(keys)}]
        return dict(self._reader.read("ec2", operation, Filters=filters))


def _parts(state: _Suspended) -> dict[str, bool]:
    return {
        "scaling in": state.dynamic_scaling_in_suspended,
        "scaling out": state.dynamic_scaling_out_suspended,
        "scheduled scaling": state.scheduled_scaling_suspended,
    }
