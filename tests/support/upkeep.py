"""The answers that the checks of upkeep ask for: secrets' versions, tasks, roles, images. Healthy by default."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from runbook_tui.aws.access import Aws
from runbook_tui.aws.probe import Answer as Fetched
from runbook_tui.aws.probe import Failure
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.verdicts import ask
from runbook_tui.core.site import Environment
from runbook_tui.core.verdict import Verdict
from tests.support.backend import FakeProbe
from tests.support.backend_site import ACCOUNT, PROD, REGION, SITE, STAGING, Raw, ago, arn
from tests.support.facts import NOON, Answers, FakeReader
from tests.support.past import Kept, Said

DIGEST = "sha256:" + "0123456789ab" + "c" * 52
STARTED = ago(days=2)
CONFIG = "sha256:" + "d" * 64
HOST = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"


def definition(env: Environment = PROD, *, image: str = "", **container: Any) -> Raw:
    name = image or f"{HOST}/{env.ecr_repo}:1.4.2"
    return {
        "taskDefinitionArn": arn("ecs", f"task-definition/{env.task_family}:7"),
        "family": env.task_family,
        "revision": 7,
        "containerDefinitions": [{"name": "app", "image": name, **container}],
    }


def definitions(**changes: Any) -> Any:
    """By family; ``changes`` are of prod's container."""

    def describe(**asked: Any) -> Mapping[str, Any]:
        if asked["taskDefinition"] == STAGING.task_family:
            return {"taskDefinition": definition(STAGING)}
        return {"taskDefinition": definition(**changes)}

    return describe


def task(number: int = 1, *, started: datetime | None = STARTED, digest: str = DIGEST) -> Raw:
    told: Raw = {
        "taskArn": arn("ecs", f"task/c/{number}"),
        "lastStatus": "RUNNING",
        "containers": [{"name": "app", "imageDigest": digest}, {"name": "agent", "imageDigest": "sha256:" + "e" * 64}],
    }
    return {**told, "startedAt": started} if started is not None else told


def tasks(*given: Raw) -> Raw:
    return {"tasks": list(given or (task(1), task(2))), "failures": []}


def versions(days: float = 30, *stages: str) -> Raw:
    """A current version of this age, and the one before."""
    return {
        "Versions": [
            {"VersionId": "v-2", "VersionStages": list(stages or ("AWSCURRENT",)), "CreatedDate": ago(days=days)},
            {"VersionId": "v-1", "VersionStages": ["AWSPREVIOUS"], "CreatedDate": ago(days=days + 90)},
        ]
    }


def role(**asked: Any) -> Mapping[str, Any]:
    name = asked["RoleName"]
    trust: Raw = {"Version": "2012-10-17", "Statement": []}
    return {"Role": {"Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}", "RoleName": name, "AssumeRolePolicyDocument": trust}}


def pushed(days: float = 3) -> Raw:
    return {"imageDetails": [{"imageDigest": DIGEST, "imageTags": ["1.4.2"], "imagePushedAt": ago(days=days)}]}


def manifest() -> Raw:
    text = (
        '{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",'
        f'"config":{{"mediaType":"application/vnd.docker.container.image.v1+json","digest":"{CONFIG}"}},"layers":[]}}'
    )
    return {"images": [{"imageId": {"imageDigest": DIGEST}, "imageManifest": text}], "failures": []}


def upkeep(**changed: Any) -> Answers:
    usual: dict[tuple[str, str], Any] = {
        ("secretsmanager", "list_secret_version_ids"): versions(),
        ("ecs", "list_tasks"): {"taskArns": ["task/1", "task/2"]},
        ("ecs", "describe_tasks"): tasks(),
        ("ecs", "describe_task_definition"): definitions(),
        ("iam", "get_role"): role,
        ("iam", "list_role_policies"): {"PolicyNames": ["tasks"]},
        ("ecr", "describe_images"): pushed(),
        ("ecr", "batch_get_image"): manifest(),
        ("ecr", "get_download_url_for_layer"): {"downloadUrl": "https://layers.test/config", "layerDigest": CONFIG},
    }
    services = {operation: service for service, operation in usual}
    return {**usual, **{(services[name], name): answer for name, answer in changed.items()}}


def configuration(version: str = "24.11.1") -> FakeProbe:
    """The image's configuration as it is downloaded; without a version it names none."""
    env = f'"NODE_VERSION={version}"' if version else '"PATH=/bin"'
    body = f'{{"config":{{"Env":[{env}]}}}}'.encode()
    return FakeProbe(Fetched(url="https://layers.test/config", status=200, ms=9.0, headers={}, body=body))


UNREACHABLE = FakeProbe(Failure(kind="timeout", text="no answer"))


def kept_up(
    check: str,
    given: Answers | None = None,
    *,
    environment: str = "prod",
    kept: Kept | None = None,
    said: Said | None = None,
    probe: FakeProbe | None = None,
    now: datetime = NOON,
) -> tuple[Verdict, FakeReader]:
    """What the check says, and what it asked."""
    reader = FakeReader(given if given is not None else upkeep())
    aws = Aws(
        reader,
        probe or configuration(),  # type: ignore[arg-type]
        lambda: now,
        said or Said(days_ago=None),
        records=kept or Kept(),
    )
    return ask(all_checks()[check], aws, replace(SITE, read_only=True), environment), reader
