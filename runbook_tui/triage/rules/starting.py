"""T3: tasks that do not start, by what ECS and the container runtime say of it."""

from collections.abc import Sequence
from datetime import datetime

from runbook_tui.triage.changes import Kind
from runbook_tui.triage.pattern import (
    CANNOT_PULL,
    DENIED,
    FORBIDDEN,
    SECRETS,
    TIMED_OUT,
    UNABLE,
    Pattern,
    Text,
    any_among,
)
from runbook_tui.triage.rule import Evidence, Found, rule, sign
from runbook_tui.triage.scene import STILL, Scene

SEES = ("service", "stopped")
SHOWN = 3  # texts of a kind: the fourth tells nothing new
HEALED = 0.45  # what has gone by is possible, no longer likely

IMAGE_MISSING = (Pattern((CANNOT_PULL, ("not found", "manifest unknown"))),)
REGISTRY_DENIED = (
    Pattern((CANNOT_PULL, (*FORBIDDEN, *DENIED))),
    Pattern((UNABLE, DENIED, ("ecr registry auth", "ecr:")), none=SECRETS),
)
NO_PATH = (
    Pattern((CANNOT_PULL, TIMED_OUT)),
    Pattern((("resourceinitializationerror",), TIMED_OUT), none=SECRETS),
)
SECRET_DENIED = (
    Pattern((UNABLE, (*SECRETS, "secretsmanager:", "ssm:", "kms"), DENIED), none=("ecr registry auth", "ecr:")),
)
SECRET_MISSING = (
    Pattern(
        (
            SECRETS,
            (
                "resourcenotfoundexception",
                "did not contain json key",
                "invalid ssm parameters",
                "invalid parameters",
                # what Secrets Manager answers for a secret that is marked for deletion
                "invalidrequestexception",
            ),
        )
    ),
)
SECRET_PATH = (Pattern((SECRETS, TIMED_OUT)),)
PLATFORM = (Pattern((("does not contain descriptor matching platform", "failed to find a descriptor for platform"),)),)
QUOTA = (
    Pattern(
        (
            ("unable to place a task",),
            ("you've reached the limit on the number of", "capacity is unavailable at this time"),
        )
    ),
)
LOG_GROUP = (Pattern((("log group does not exist",),)),)
LOG_DENIED = (Pattern((("failed to validate logger args",), DENIED)),)
ROLE = (Pattern((("unable to assume the role", "iam trust relationship has been misconfigured"),)),)


def told(scene: Scene, patterns: Sequence[Pattern]) -> Found | None:
    texts = any_among(patterns, scene.starting)
    return said(scene, texts) if texts else None


def said(scene: Scene, texts: Sequence[Text]) -> Found:
    """The newest of each text as a sign."""
    signs = tuple(_counted(one, texts) for one in {one.text: one for one in reversed(texts)}.values())[-SHOWN:]
    times = [one.at for one in texts if one.at]
    healed = healing(scene, times) if len(times) == len(texts) else ()
    since = min(times, default=None)
    return Found(signs=signs, against=healed, confidence=HEALED if healed else None, since=since)


def _counted(one: Text, texts: Sequence[Text]) -> Evidence:
    times = sum(other.text == one.text for other in texts)
    return sign(f"{times} × {one.text}" if times > 1 else one.text, one.part, one.at)


def healing(scene: Scene, times: Sequence[datetime]) -> tuple[Evidence, ...]:
    """What went by: one of its kind, or nothing new for a quarter of an hour, and a steady state after it."""
    steady, newest = scene.steady_at, max(times)
    passing = len(times) == 1 or scene.at - newest > STILL
    if not passing or steady is None or not scene.settled or steady <= newest:
        return ()
    return (sign("since then the service has reached a steady state", "service", steady),)


@rule(
    "T3a",
    confidence=0.95,
    sees=SEES,
    confirm=("ecr.running-image-present",),
    runbook="rollback",
    answers={"decide": "finished"},
    boosted_by=(Kind.DEPLOYMENT, Kind.IMAGE, Kind.PIPELINE),
)
def image_missing(scene: Scene) -> Found | None:
    """The image's tag is not in the registry: its lifecycle or somebody removed it, or the push failed."""
    return told(scene, IMAGE_MISSING)


@rule(
    "T3b",
    confidence=0.9,
    sees=SEES,
    confirm=("iam.exec-role.ecr",),
    action="iam.attach-execution-policy",
    boosted_by=(Kind.ROLE,),
)
def registry_denied(scene: Scene) -> Found | None:
    """The execution role may not pull the image."""
    return told(scene, REGISTRY_DENIED)


@rule(
    "T3c",
    confidence=0.9,
    sees=SEES,
    confirm=("net.path.aws-apis", "vpce.ecr-api", "vpce.ecr-dkr", "vpce.s3-gateway", "vpce.logs", "sg.ecs.egress-443"),
    action="ec2.create-endpoints",
    boosted_by=(Kind.NETWORK,),
)
def no_path(scene: Scene) -> Found | None:
    """New tasks have no way to the registry or the logs: NAT, endpoint, S3 gateway or security group."""
    return told(scene, NO_PATH)


@rule(
    "T3d",
    confidence=0.95,
    sees=SEES,
    confirm=("iam.exec-role.secrets",),
    action="iam.allow-execution-secrets",
    boosted_by=(Kind.ROLE,),
)
def secret_denied(scene: Scene) -> Found | None:
    """The execution role may not read the secret, or not use its key."""
    return told(scene, SECRET_DENIED)


@rule(
    "T3e",
    confidence=0.95,
    sees=SEES,
    confirm=("secret.exists", "secret.keys"),
    runbook="rollback",
    answers={"decide": "secret"},
    boosted_by=(Kind.SECRET,),
)
def secret_missing(scene: Scene) -> Found | None:
    """The secret was renamed or deleted, or a key is missing in it."""
    return told(scene, SECRET_MISSING)


@rule(
    "T3f",
    confidence=0.9,
    sees=SEES,
    confirm=("net.path.aws-apis", "vpce.secretsmanager"),
    action="ec2.create-endpoints",
    boosted_by=(Kind.NETWORK,),
)
def secret_path(scene: Scene) -> Found | None:
    """New tasks have no way to Secrets Manager or Parameter Store: endpoint or NAT."""
    return told(scene, SECRET_PATH)


@rule("T3l", confidence=0.9, sees=("service",), confirm=("ecs.quota",), action="ecs.request-quota")
def no_room(scene: Scene) -> Found | None:
    """Fargate grants no more: a quota is reached, or a zone has no capacity."""
    return told(scene, QUOTA)


@rule(
    "T3m",
    confidence=0.95,
    sees=SEES,
    confirm=("logs.group.exists", "iam.exec-role.logs"),
    action="logs.create-group",
    boosted_by=(Kind.LOGS, Kind.ROLE),
)
def no_log_group(scene: Scene) -> Found | None:
    """The log group does not exist, and without it no task starts."""
    found = told(scene, LOG_GROUP)
    if found is not None:
        return found
    denied = told(scene, LOG_DENIED)
    return denied and Found(
        signs=denied.signs,
        against=denied.against,
        confidence=denied.confidence,
        cause="the execution role may not write logs, and without them no task starts",
        action="iam.attach-execution-policy",
        since=denied.since,
    )


@rule(
    "T3n",
    confidence=0.95,
    sees=SEES,
    confirm=("iam.exec-role.exists", "iam.task-role.trust"),
    action="iam.set-task-trust",
    boosted_by=(Kind.ROLE,),
)
def role_gone(scene: Scene) -> Found | None:
    """A role was deleted, or no longer trusts ECS."""
    return told(scene, ROLE)
