"""Everything that the set-up may make, as the stock clients tell of it: for an account that is to be as it was."""

from collections.abc import Callable, Mapping
from typing import Any

from runbook_tui.simulator.server import Simulator
from tests.support.account_dump import Account
from tests.support.network_look import look


def bare(simulator: Simulator) -> Mapping[str, Any]:
    """By part. What AWS keeps for a while after it was deleted counts as gone."""
    account = Account(simulator)
    try:
        parts = {name: told for name, told in account.dump().items() if name not in _TOLD_BETTER}
        parts["secrets"] = [name for name, keys in parts["secrets"].items() if keys is not None]
        network = {name: told for name, told in look(account.client("ec2")).items() if name != "peerings"}
        return {**parts, **network, **{name: part(account) for name, part in _MORE.items()}}
    finally:
        account.close()


def _names(service: str, operation: str, members: str, name: str, **parameters: Any) -> Callable[[Account], Any]:
    def part(account: Account) -> list[str]:
        answered = getattr(account.client(service), operation)(**parameters)
        return sorted(str(one[name]) if name else str(one) for one in answered[members])

    return part


def _password_policy(account: Account) -> Any:
    iam = account.client("iam")
    try:
        return iam.get_account_password_policy()["PasswordPolicy"]
    except iam.exceptions.NoSuchEntityException:
        return None


def _peerings(account: Account) -> Any:
    found = account.client("ec2").describe_vpc_peering_connections()["VpcPeeringConnections"]
    return [one["VpcPeeringConnectionId"] for one in found if one["Status"]["Code"] == "active"]


def _clusters(account: Account) -> Any:
    ecs = account.client("ecs")
    found = ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]
    return [one["clusterName"] for one in found if one["status"] != "INACTIVE"]


_TOLD_BETTER = ("routes", "services")  # by the network, and by the clusters: a service is deleted before its cluster
_MORE: Mapping[str, Callable[[Account], Any]] = {
    "password policy": _password_policy,
    "peered": _peerings,
    "providers": _names("iam", "list_open_id_connect_providers", "OpenIDConnectProviderList", "Arn"),
    "topics": _names("sns", "list_topics", "Topics", "TopicArn"),
    "subscriptions": _names("sns", "list_subscriptions", "Subscriptions", "Endpoint"),
    "clusters": _clusters,
    "balancers": _names("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"),
    "target groups": _names("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupName"),
    "dashboards": _names("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    "parameters": _names("ssm", "describe_parameters", "Parameters", "Name"),
    "rules of events": _names("events", "list_rules", "Rules", "Name"),
    "trails": _names("cloudtrail", "describe_trails", "trailList", "Name"),
    "buckets": _names("s3", "list_buckets", "Buckets", "Name"),
    "web acls": _names("wafv2", "list_web_acls", "WebACLs", "Name", Scope="REGIONAL"),
    "dynamodb tables": _names("dynamodb", "list_tables", "TableNames", ""),
}
