"""T9: what the account costs, where somebody asked for it."""

from runbook_tui.triage.changes import chosen
from runbook_tui.triage.costs import top
from runbook_tui.triage.rule import Evidence, Found, rule, sign
from runbook_tui.triage.rules.errors import AT_MAX
from runbook_tui.triage.scene import Scene
from runbook_tui.triage.snapshot import seen

KNOWN = ("EC2 - Other", "Amazon Virtual Private Cloud", "Amazon Elastic Load Balancing", "AWS Secrets Manager")
CLOUDWATCH = "AmazonCloudWatch"
CONTAINERS = "Amazon Elastic Container Service"
REGISTRY = "Amazon EC2 Container Registry (ECR)"
NEW = 0.01  # USD a day: what cost less was not used


def _service(scene: Scene) -> str | None:
    found = seen(scene.snapshot.growth)
    return top(found.services) if found else None


def _usage(scene: Scene) -> str | None:
    found = seen(scene.snapshot.growth)
    return top(found.usages) if found else None


def _told(scene: Scene, name: str) -> Evidence:
    found = seen(scene.snapshot.growth)
    both = {**found.services, **found.usages} if found else {}
    before, now = both.get(name, (0.0, 0.0))
    return sign(f"{name} went from {before:.2f} to {now:.2f} USD a day", "growth")


@rule(
    "T9a",
    confidence=0.7,
    sees=("growth",),
    confirm=("vpce.ecr-dkr", "vpce.s3-gateway", "net.nat.need"),
    action="ec2.create-s3-endpoint",
)
def through_nat(scene: Scene) -> Found | None:
    """Images or the database go through the NAT gateway, by the gigabyte."""
    usage = _usage(scene)
    return Found(signs=(_told(scene, usage),)) if usage and usage.endswith("NatGateway-Bytes") else None


@rule(
    "T9b",
    confidence=0.7,
    sees=("growth",),
    confirm=("logs.group.retention", "ecs.cluster.insights"),
    action="logs.set-retention",
)
def logs(scene: Scene) -> Found | None:
    """CloudWatch keeps more than it should: debug logs, Container Insights, no retention."""
    return Found(signs=(_told(scene, CLOUDWATCH),)) if _service(scene) == CLOUDWATCH else None


@rule(
    "T9c",
    confidence=0.75,
    sees=("growth", "scaling"),
    confirm=("ecs.scaling.in", "ecs.scaling.target"),
    runbook="scaling",
    answers={"choose": "policies"},
)
def many_tasks(scene: Scene) -> Found | None:
    """More tasks run than are needed: scaling does not come down again."""
    if _service(scene) != CONTAINERS:
        return None
    at_max = tuple(sign(one.what, "scaling", one.at) for one in chosen(scene.changes, what=AT_MAX)[-1:])
    return Found(signs=(_told(scene, CONTAINERS), *at_max), confidence=None if at_max else 0.6)


@rule(
    "T9d", confidence=0.7, sees=("growth",), confirm=("ecr.lifecycle", "ecr.image-count"), action="ecr.keep-last-images"
)
def images(scene: Scene) -> Found | None:
    """The registry keeps every image: it has no lifecycle."""
    return Found(signs=(_told(scene, REGISTRY),)) if _service(scene) == REGISTRY else None


@rule(
    "T9e",
    confidence=0.6,
    sees=("growth",),
    confirm=("review.iam-activity", "iam.keys.age"),
    runbook="review",
    points_to=("T10",),
)
def unknown_service(scene: Scene) -> Found | None:
    """Something that nobody used before costs money: somebody else may be using the account."""
    service, found = _service(scene), seen(scene.snapshot.growth)
    if service is None or found is None or service in (*KNOWN, CLOUDWATCH, CONTAINERS, REGISTRY):
        return None
    return Found(signs=(_told(scene, service),)) if found.services[service][0] < NEW else None
