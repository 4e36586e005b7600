"""Services of AWS that the backend asks from its private subnets."""

from typing import Final

from runbook_tui.core.site import Site

TO_START: Final = ("secretsmanager", "ecr.api", "ecr.dkr", "logs")  # without these no task starts
LAYERS: Final = "s3"  # ECR keeps the layers of images there


def needed_services(site: Site) -> tuple[str, ...]:
    """Those without which no task starts, those that the site's choices bring, and those it wants endpoints for.

    KMS and STS are not derived: Secrets Manager asks KMS itself, and ECS hands out the role's credentials.
    """
    chosen = {
        "ssm": site.params.enabled,
        "xray": site.obs.tracing == "xray",
        "dynamodb": site.db.kind == "dynamodb" or site.db.migrating,
    }
    brought = (service for service, used in chosen.items() if used)
    return tuple(dict.fromkeys((*TO_START, LAYERS, *brought, *site.net.endpoint_services)))
