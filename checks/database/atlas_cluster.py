"""Guide 7.1: where the Atlas cluster stands."""

from typing import Any

from checks.database.chosen import ATLAS, unchosen
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.atlas import CLUSTER, PROJECT, SHARED_TIERS, Cluster, RegionConfig
from runbook_tui.catalogue.attested import attested
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, passed, warn


@check("atlas.region", guide="7.1", severity="high", scope="shared", establishes=[CLUSTER, PROJECT])
def region(aws: Aws, site: Site) -> Verdict:
    """Every node of the Atlas cluster that can be primary is on AWS, in the site's region."""
    elsewhere = unchosen(site, ATLAS)
    if elsewhere:
        return elsewhere
    if aws.atlas is None:
        what = f"the Atlas cluster is on AWS in {site.aws.region}"
        return attested(aws, "atlas.region", "", what, row_says_pass=False)
    return _placed(aws.atlas.cluster(cluster_name(site)), atlas_region(site.aws.region))


def cluster_name(site: Site) -> str:
    return site.db.atlas.cluster or ""


def atlas_region(name: str) -> str:
    """AWS's ``ap-south-1`` is Atlas's ``AP_SOUTH_1``."""
    return name.upper().replace("-", "_")


def _placed(cluster: Cluster, wanted: str) -> Verdict:
    places = cluster.electable
    evidence: dict[str, Any] = {
        "cluster": cluster.name,
        "electable": [f"{one.provider} {one.region_name} {one.tier}".strip() for one in places],
        "state": cluster.state_name,
        "paused": cluster.paused,
    }
    remedy = f"move the cluster to AWS {wanted}, or create it anew there"
    if not places:
        return fail(f"{cluster.name} has no node that could be primary", remedy, **evidence)
    astray = [f"{one.provider} {one.region_name}" for one in places if not _is_there(one, wanted)]
    if astray:
        because = f"{cluster.name} can have its primary in {', '.join(dict.fromkeys(astray))}, expected AWS {wanted}"
        return fail(because, remedy, **evidence)
    shared = [one.tier or one.provider_name for one in places if _is_shared(one)]
    if shared:
        because = f"{cluster.name} is of the shared tier {shared[0]}: no peering, PrivateLink or backups"
        return warn(because, "move it to a dedicated tier, M10 or larger", **evidence)
    return passed(f"{cluster.name} is on AWS in {wanted}", **evidence)


def _is_there(place: RegionConfig, wanted: str) -> bool:
    return (place.provider, place.region_name) == ("AWS", wanted)


def _is_shared(place: RegionConfig) -> bool:
    return place.tier in SHARED_TIERS or place.provider_name in ("TENANT", "FLEX")
