"""Secrets Manager: versions with their own dates, and its judgement of a secret's policy."""

import json
from datetime import UTC, datetime
from typing import Any

from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import Refused
from runbook_tui.simulator.registry import Parameters, Reply, after, overlay
from runbook_tui.simulator.world import World


@overlay("secretsmanager", "ListSecretVersionIds")
def list_secret_version_ids(world: World, parameters: Parameters) -> Reply:
    """Those without a stage only when they are asked for."""
    secret = _secret(world, parameters["SecretId"])
    every = bool(parameters.get("IncludeDeprecated"))
    found = [one for one in secret.versions.items() if every or one[1]["version_stages"]]
    shown, token = page(found, parameters, size="MaxResults", token="NextToken", limit=100)  # noqa: S106
    return {
        "ARN": secret.arn,
        "Name": secret.name,
        "Versions": [_version(name, version) for name, version in shown],
        "NextToken": token,
    }


@after("secretsmanager", "UpdateSecret")
def an_empty_description_is_one(world: World, parameters: Parameters) -> Reply:
    """moto keeps the former one."""
    if parameters.get("Description") == "":
        _secret(world, parameters["SecretId"]).description = ""
    return None


@after("secretsmanager", "UpdateSecretVersionStage")
def what_is_current_is_read(world: World, parameters: Parameters) -> Reply:
    """moto goes on to give whatever was stored last to who names no version."""
    secret = _secret(world, parameters["SecretId"])
    current = [name for name, one in secret.versions.items() if "AWSCURRENT" in one["version_stages"]]
    secret.default_version_id = current[0] if current else secret.default_version_id
    return None


@overlay("secretsmanager", "ValidateResourcePolicy")
def validate_resource_policy(world: World, parameters: Parameters) -> Reply:
    """Whether it opens the secret to everybody; of the rest AWS's own reasoning is not known."""
    if parameters.get("SecretId"):
        _secret(world, parameters["SecretId"])
    try:
        document = json.loads(parameters["ResourcePolicy"])
        given = document["Statement"]
    except (ValueError, KeyError, TypeError):
        raise Refused("MalformedPolicyDocumentException", "This resource policy contains invalid Json.") from None
    statements = given if isinstance(given, list) else [given]
    if any(one.get("Effect") == "Allow" and _is_everybody(one.get("Principal")) for one in statements):
        text = "This resource policy grants broad access to the secret."
        return {
            "PolicyValidationPassed": False,
            "ValidationErrors": [{"CheckName": "BROAD_ACCESS", "ErrorMessage": text}],
        }
    return {"PolicyValidationPassed": True, "ValidationErrors": []}


def _is_everybody(principal: Any) -> bool:
    named = principal.get("AWS", ()) if isinstance(principal, dict) else principal
    return "*" in (named if isinstance(named, list) else [named])


def _version(name: str, version: Any) -> dict[str, Any]:
    return {
        "VersionId": name,
        "VersionStages": list(version["version_stages"]),
        "CreatedDate": datetime.fromtimestamp(version["createdate"], UTC),
    }


def _secret(world: World, name: str) -> Any:
    secrets = world.backend("secretsmanager").secrets
    if name not in secrets:
        raise Refused("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    return secrets[name]
