"""Rules of security groups: one that is wanted, and those that are there as they must be sent back."""

from typing import Any

from msgspec import Struct

from runbook_tui.actions.network.calls import ec2
from runbook_tui.aws.facts import security
from runbook_tui.aws.facts.network import SecurityGroupRule
from runbook_tui.aws.facts.security import Ports, Rules
from runbook_tui.core.plan import ApiCall, Difference

_EXISTS = ("InvalidPermission.Duplicate",)
_GONE = ("InvalidPermission.NotFound",)


class Peer(Struct, frozen=True, kw_only=True):
    """One of them: a group's id, a range of addresses, or a prefix list's id."""

    group: str = ""
    cidr: str = ""
    prefix_list: str = ""

    def __str__(self) -> str:
        return self.group or self.cidr or self.prefix_list

    def member(self, description: str) -> dict[str, Any]:
        """Of IpPermissions."""
        about = {"Description": description} if description else {}
        if self.group:
            return {"UserIdGroupPairs": [{"GroupId": self.group, **about}]}
        if self.prefix_list:
            return {"PrefixListIds": [{"PrefixListId": self.prefix_list, **about}]}
        if ":" in self.cidr:
            return {"Ipv6Ranges": [{"CidrIpv6": self.cidr, **about}]}
        return {"IpRanges": [{"CidrIp": self.cidr, **about}]}


class Wanted(Struct, frozen=True, kw_only=True):
    """TCP alone. ``description`` is what AWS keeps with the rule."""

    ports: Ports
    peer: Peer
    description: str

    def __str__(self) -> str:
        return f"tcp {self.ports} · {self.peer}"


def port(number: int) -> Ports:
    return Ports(number, number)


def opened(group_id: str, wanted: Wanted, *, egress: bool) -> ApiCall:
    """One request a rule: AWS refuses all of a request for one rule that is there already."""
    way = "egress" if egress else "ingress"
    tcp = {"IpProtocol": "tcp", "FromPort": wanted.ports.first, "ToPort": wanted.ports.last}
    call_id = f"open-{group_id}-{way}-{wanted.ports}-{wanted.peer}"
    back = ec2(
        call_id,
        f"revoke_security_group_{way}",
        f"{wanted} is closed again",
        gone=_GONE,
        GroupId=group_id,
        IpPermissions=[{**tcp, **wanted.peer.member("")}],
    )
    return ec2(
        call_id,
        f"authorize_security_group_{way}",
        f"{group_id} lets {'out' if egress else 'in'} {wanted}",
        back,
        gone=_EXISTS,
        GroupId=group_id,
        IpPermissions=[{**tcp, **wanted.peer.member(wanted.description)}],
    )


def closed(group_id: str, rules: Rules, *, egress: bool) -> tuple[ApiCall, ...]:
    """All in one request, by their ids; the way back is one request a rule."""
    if not rules:
        return ()
    way = "egress" if egress else "ingress"
    known = sorted(rules, key=lambda rule: (security.opening(rule), rule.security_group_rule_id))
    backs = tuple(
        ec2(
            f"open-{place}",
            f"authorize_security_group_{way}",
            f"{security.opening(rule)} is open again",
            gone=_EXISTS,
            GroupId=group_id,
            IpPermissions=[recorded(rule)],
        )
        for place, rule in enumerate(known, 1)
    )
    call = ec2(
        f"close-{group_id}-{way}",
        f"revoke_security_group_{way}",
        f"{group_id} no longer lets {'out' if egress else 'in'} {'; '.join(map(security.opening, known))}",
        *backs,
        GroupId=group_id,
        SecurityGroupRuleIds=[rule.security_group_rule_id for rule in known],
    )
    return (call,)


def recorded(rule: SecurityGroupRule) -> dict[str, Any]:
    """The rule as IpPermissions take it."""
    ports = {} if security.is_all_traffic(rule) else {"FromPort": rule.from_port, "ToPort": rule.to_port}
    peer = Peer(group=rule.referenced_group, cidr=rule.cidr_ipv4 or rule.cidr_ipv6, prefix_list=rule.prefix_list_id)
    member = peer.member(rule.description)
    owner = rule.referenced_group_info.user_id if rule.referenced_group_info else ""
    if owner and rule.referenced_group_info and rule.referenced_group_info.peering_status:
        member["UserIdGroupPairs"][0]["UserId"] = owner  # a group of a peered VPC, perhaps another account's
    return {"IpProtocol": rule.ip_protocol, **ports, **member}


def added(group: str, wanted: Wanted, *, egress: bool) -> Difference:
    return Difference(what=f"{group} {'out' if egress else 'in'}", before="", after=str(wanted))


def removed(group: str, rules: Rules, *, egress: bool) -> tuple[Difference, ...]:
    what = f"{group} {'out' if egress else 'in'}"
    return tuple(Difference(what=what, before=one, after="") for one in sorted(map(security.opening, rules)))
