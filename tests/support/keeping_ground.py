"""Secrets with all that is told of them, parameters, and the images that run, as AWS would describe them."""

import json
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from runbook_tui.core.site import Params
from tests.support.backend_site import ACCOUNT, PROD, REGION, Raw, ago, arn
from tests.support.facts import Answer, Answers
from tests.support.ground import GUARDED, ground, secret, simulated
from tests.support.raw_ecs import cluster, service, task_definition

SITE = replace(GUARDED, params=Params(enabled=True))
EXECUTION = f"arn:aws:iam::{ACCOUNT}:role/{SITE.iam.execution_role}"
DIGEST = "sha256:" + "1" * 64
CUSTOM_KEY = arn("kms", "key/11111111-2222-3333-4444-555555555555")
PREFIX = "/asharvi/backend/prod/"
TAGS = [{"Key": key, "Value": "x"} for key in SITE.tags.required]


def kept_secret(**changes: Any) -> Raw:
    return secret(**{"Description": "settings", "Tags": TAGS, **changes})


def versions(*given: Raw) -> Raw:
    usual = {"VersionId": "v-2", "VersionStages": ["AWSCURRENT"], "CreatedDate": ago(days=20)}
    return {"Versions": list(given or (usual,))}


def version(stage: str, **age: float) -> Raw:
    return {"VersionId": f"v-{stage}", "VersionStages": [stage], "CreatedDate": ago(**age)}


def key(state: str = "Enabled", manager: str = "CUSTOMER", **more: Any) -> Raw:
    return {"KeyMetadata": {"Arn": CUSTOM_KEY, "KeyManager": manager, "KeyState": state, **more}}


def policy(*statements: Raw) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(principal: Any, **more: Any) -> Raw:
    return {"Sid": "Given", "Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*", **more}


def deny(principal: Any = "*", **more: Any) -> Raw:
    return {**allow(principal, **more), "Sid": "Guard", "Effect": "Deny"}


def parameter(name: str, kind: str = "String") -> Raw:
    return {"Name": name if name.startswith("/") else f"{PREFIX}{name}", "Type": kind, "Version": 1}


def parameters(*given: Raw) -> Answer:
    """As SSM filters them: below a path, or by name."""

    def describe(**asked: Any) -> Mapping[str, Any]:
        (one,) = asked["ParameterFilters"]
        if one["Key"] == "Path":
            (path,) = one["Values"]
            return {"Parameters": [each for each in given if each["Name"].startswith(f"{path}/")]}
        return {"Parameters": [each for each in given if each["Name"] in one["Values"]]}

    return describe


def image(tag: str | None, **changes: Any) -> Raw:
    tags = {"imageTags": [tag]} if tag else {}
    return {"imageDigest": DIGEST, **tags, "imagePushedAt": ago(days=3), **changes}


def images(*given: Raw) -> Raw:
    return {"imageDetails": list(given)}


def scanned(status: str = "COMPLETE", **counts: int) -> Raw:
    found = [{"name": f"CVE-2026-{n}", "severity": name} for name, many in counts.items() for n in range(many)]
    return {
        "imageScanStatus": {"status": status},
        "imageScanFindings": {"findingSeverityCounts": counts, "findings": found},
    }


def index(architecture: str = "amd64") -> Raw:
    platform = {"architecture": architecture, "os": "linux"}
    text = json.dumps({"schemaVersion": 2, "manifests": [{"digest": DIGEST, "platform": platform}]})
    return {"images": [{"imageId": {"imageDigest": "sha256:" + "2" * 64}, "imageManifest": text}], "failures": []}


def definitions(*images_by_revision: str) -> Answer:
    """Revisions 7, 6 … of production, each with its image; the ARN of the service names the newest."""

    def describe(**asked: Any) -> Mapping[str, Any]:
        name = asked["taskDefinition"].rpartition("/")[2]
        revision = int(name.partition(":")[2] or 7)
        raw = task_definition(revision=revision)
        (container,) = raw["containerDefinitions"]
        raw["containerDefinitions"] = [{**container, "image": images_by_revision[7 - revision]}]
        return {"taskDefinition": raw}

    return describe


def own(tag: str, repository: str = PROD.ecr_repo) -> str:
    return f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{repository}:{tag}"


def get_role(**asked: Any) -> Mapping[str, Any]:
    name = asked["RoleName"]
    trust = {"Version": "2012-10-17", "Statement": []}
    arn_of_role = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    return {"Role": {"RoleName": name, "Arn": arn_of_role, "AssumeRolePolicyDocument": trust}}


def kept() -> Answers:
    """Everything that the checks of secrets, parameters and images ask, and all of it well."""
    return {
        **ground(),
        ("iam", "get_role"): get_role,
        ("secretsmanager", "describe_secret"): kept_secret(),
        ("secretsmanager", "list_secret_version_ids"): versions(),
        ("secretsmanager", "get_resource_policy"): {"Name": PROD.secret_name},
        ("secretsmanager", "validate_resource_policy"): {"PolicyValidationPassed": True, "ValidationErrors": []},
        ("secretsmanager", "get_secret_value"): values(),
        ("kms", "describe_key"): key(),
        ("kms", "get_key_policy"): {"Policy": policy()},
        ("ssm", "describe_parameters"): parameters(parameter("LOG_LEVEL")),
        ("ecs", "describe_clusters"): {"clusters": [cluster()], "failures": []},
        ("ecs", "describe_services"): {"services": [service()]},
        ("ecs", "describe_task_definition"): definitions(own("1.4.2"), own("1.4.1")),
        ("ecr", "describe_images"): images(image("1.4.2"), image("1.4.1", imagePushedAt=ago(days=10))),
        ("ecr", "describe_image_scan_findings"): scanned(LOW=2),
        ("ecr", "batch_get_image"): index(),
        ("ecr", "get_repository_policy"): {"policyText": policy(allow({"AWS": ACCOUNT}))},
        ("iam", "simulate_principal_policy"): simulated(),
    }


def values(**same_in_both: str) -> Answer:
    """A value an environment, planted so that it would be found; keys given here are alike in both."""
    keys = ("MONGO_URI", "JWT_SECRET", "SMTP_USER", "SMTP_PASS", "CORS_ORIGIN")

    def read(**asked: Any) -> Mapping[str, Any]:
        name = asked["SecretId"].rpartition("/")[2]
        return {"SecretString": json.dumps({one: f"planted-{name}-{one}" for one in keys} | same_in_both)}

    return read


def but(**changed: Answer) -> Answers:
    """The healthy world with the answers of some operations changed; names of operations are unique here."""
    services = {operation: service_name for service_name, operation in kept()}
    return {**kept(), **{(services[operation], operation): answer for operation, answer in changed.items()}}
