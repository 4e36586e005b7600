"""The cluster (guide 5.1)."""

from checks.concerns import named, warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.ecs import CLUSTER, CREATE_CLUSTER
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, passed


@check(
    "ecs.cluster.active",
    guide="5.1",
    severity="critical",
    scope="shared",
    needs=["ecs:DescribeClusters"],
    establishes=[CLUSTER],
)
def active(aws: Aws, site: Site) -> Verdict:
    """The cluster exists, is ACTIVE and runs on Fargate."""
    cluster = aws.ecs.cluster(site.ecs.cluster)
    default = [share.capacity_provider for share in cluster.default_capacity_provider_strategy]
    evidence = {
        "status": cluster.status,
        "capacity_providers": list(cluster.capacity_providers),
        "default_strategy": default,
        "active_services": cluster.active_services_count,
        "running_tasks": cluster.running_tasks_count,
    }
    if cluster.status != "ACTIVE":
        return fail(f"cluster {cluster.cluster_name} is {cluster.status}, expected ACTIVE", CREATE_CLUSTER, **evidence)
    concerns = []
    if "FARGATE" not in cluster.capacity_providers:
        concerns.append("FARGATE is not among its capacity providers (launch type FARGATE still works)")
    if "FARGATE_SPOT" in default:
        concerns.append("its default strategy uses FARGATE_SPOT, which AWS may withdraw from production at any time")
    good = f"cluster {cluster.cluster_name} is ACTIVE with {named(cluster.active_services_count, 'service')}"
    return warn_or_pass(concerns, good, "put FARGATE, without FARGATE_SPOT, in the cluster's strategy", **evidence)


@check("ecs.cluster.insights", guide="5.1", severity="medium", scope="shared", needs=["ecs:DescribeClusters"])
def insights(aws: Aws, site: Site) -> Verdict:
    """Container Insights is on."""
    cluster = aws.ecs.cluster(site.ecs.cluster)
    if cluster.status == "INACTIVE":
        raise Missing(CLUSTER, cluster.cluster_name, remedy=CREATE_CLUSTER)
    value = cluster.container_insights
    if value in ("enabled", "enhanced"):
        return passed(f"containerInsights is {value}", value=value)
    return fail(
        f"containerInsights is {value or 'not set'}, expected {site.ecs.insights}",
        "enable Container Insights on the cluster (costs CloudWatch metrics and a log group of its own)",
        value=value or "absent",
    )
