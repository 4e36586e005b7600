"""Guide 2.3: the endpoints of Secrets Manager, ECR, CloudWatch Logs and S3."""

from datetime import timedelta
from typing import Any, Final

from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.endpoints import is_interface, is_there, service_of
from runbook_tui.aws.facts.needed_services import LAYERS
from runbook_tui.aws.facts.network import VpcEndpoint
from runbook_tui.aws.facts.policy import Request, grants_to
from runbook_tui.aws.facts.policy_document import read_document
from runbook_tui.aws.facts.private_way import WAY_READS, Private, private_of
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Site
from runbook_tui.core.verdict import Verdict, fail, passed, skip, warn

STUCK: Final = timedelta(minutes=15)  # an endpoint comes up within some minutes


@check("vpce.secretsmanager", guide="2.3", severity="medium", scope="shared", needs=WAY_READS)
def secretsmanager(aws: Aws, site: Site) -> Verdict:
    """Secrets Manager has an interface endpoint in the VPC, and it is available."""
    return _interface(aws, site, "secretsmanager")


@check("vpce.ecr-api", guide="2.3", severity="medium", scope="shared", needs=WAY_READS)
def ecr_api(aws: Aws, site: Site) -> Verdict:
    """ECR's API has an interface endpoint in the VPC, and it is available."""
    return _interface(aws, site, "ecr.api")


@check("vpce.ecr-dkr", guide="2.3", severity="medium", scope="shared", needs=WAY_READS)
def ecr_dkr(aws: Aws, site: Site) -> Verdict:
    """ECR's registry has an interface endpoint in the VPC, and it is available."""
    return _interface(aws, site, "ecr.dkr")


@check("vpce.logs", guide="2.3", severity="medium", scope="shared", needs=WAY_READS)
def logs(aws: Aws, site: Site) -> Verdict:
    """CloudWatch Logs has an interface endpoint in the VPC, and it is available."""
    return _interface(aws, site, "logs")


def _interface(aws: Aws, site: Site, service: str) -> Verdict:
    if site.net.endpoints == "off":
        return skip("the site wants no interface endpoints (net.endpoints is off)")
    if service not in site.net.endpoint_services:
        return skip(f"the site wants no endpoint for {service} (net.endpoint_services)")
    private = private_of(aws, site)
    found = [one for one in private.endpoints if is_interface(one) and service_of(one, private.region) == service]
    usable = [one.vpc_endpoint_id for one in found if one.usable]
    evidence = {"endpoints": {one.vpc_endpoint_id: one.state for one in found}, "without_way_out": private.shut()}
    if usable:
        return passed(f"{', '.join(usable)} is available", **evidence)
    because = _state(aws, [one for one in found if is_there(one)]) or f"no interface endpoint for {service}"
    remedy = f"create the interface endpoint of {service} in the private subnets, with private DNS"
    if site.net.endpoints == "required":
        return fail(f"{because}, and the site requires it", remedy, **evidence)
    if private.shut():
        return fail(f"{because}, and {', '.join(private.shut())} have no way out", remedy, **evidence)
    return warn(f"{because}: requests take the default route", remedy, **evidence)


def _state(aws: Aws, found: list[VpcEndpoint]) -> str:
    """What keeps an endpoint from working; empty without one."""
    for one in found:
        age = aws.now() - one.creation_timestamp if one.creation_timestamp else timedelta()
        stuck = f" for {age // timedelta(minutes=1)} minutes" if age > STUCK else ""
        error = f" ({one.last_error.code})" if one.last_error.code else ""
        return f"{one.vpc_endpoint_id} is {one.state}{stuck}{error}"
    return ""


@check("vpce.s3-gateway", guide="2.3", severity="high", scope="shared", needs=WAY_READS)
def s3_gateway(aws: Aws, site: Site) -> Verdict:
    """Every private subnet reaches S3, where ECR keeps the layers of images, through an endpoint."""
    private = private_of(aws, site)
    ways = {subnet.subnet_id: private.endpoint(subnet, LAYERS) for subnet in private.subnets}
    bare = [subnet for subnet in private.subnets if not ways[subnet.subnet_id]]
    cut_off = [subnet.subnet_id for subnet in bare if not private.way_out(subnet).is_open]
    evidence: dict[str, Any] = {
        "endpoints": {name: way or "none" for name, way in ways.items()},
        "tables": {subnet.subnet_id: private.table_id(subnet) for subnet in private.subnets},
    }
    remedy = "create the S3 gateway endpoint, which is free, for every private route table"
    if cut_off:
        return fail(f"{', '.join(cut_off)} do not reach S3: image pulls hang", remedy, **evidence)
    if bare:
        because = f"{', '.join(one.subnet_id for one in bare)} reach S3 by the default route only"
        return warn(because, remedy, **evidence)
    closed = [one for one in sorted(set(ways.values())) if not _lets_layers_pass(private, one)]
    if closed:
        bucket = _bucket(private.region)
        because = f"the policy of {', '.join(closed)} does not let everybody read {bucket}"
        return warn(because, f"allow s3:GetObject on {bucket}/*: ECR signs those requests itself", **evidence)
    return passed(f"through {', '.join(sorted(set(ways.values())))}", **evidence)


def _lets_layers_pass(private: Private, endpoint_id: str) -> bool:
    """Layers are fetched with links that ECR signs, so the policy must not ask who comes."""
    endpoint = next(one for one in private.endpoints if one.vpc_endpoint_id == endpoint_id)
    if not endpoint.policy_document:
        return True
    layer = Request(action="s3:GetObject", resource=f"{_bucket(private.region)}/layer")
    return grants_to(read_document(endpoint.policy_document), "*", layer).allowed


def _bucket(region: str) -> str:
    return f"arn:aws:s3:::prod-{region}-starport-layer-bucket"
