"""ECR: lifecycle policies that are applied, and their previews."""

import json
from typing import Any

from runbook_tui.simulator.ecr import keeping
from runbook_tui.simulator.ecr.images import repository_of
from runbook_tui.simulator.ecr.keeping import NEVER, Keeping
from runbook_tui.simulator.pages import page
from runbook_tui.simulator.refusal import Refused, not_simulated
from runbook_tui.simulator.registry import Parameters, Reply, after, overlay
from runbook_tui.simulator.world import World

_NOT_HERE = ("sinceImagePulled", "sinceImageTransitioned")


@overlay("ecr", "PutLifecyclePolicy")
def refuse_archives(_world: World, parameters: Parameters) -> Reply:
    """Rules about pulls and archived images are AWS's, and not ours. All else is moto's."""
    _refuse_what_is_not_here(parameters["lifecyclePolicyText"])
    return None


@after("ecr", "PutLifecyclePolicy")
def put_lifecycle_policy(world: World, parameters: Parameters) -> Reply:
    keeping.begin(world, parameters["repositoryName"])
    return None


@after("ecr", "DeleteLifecyclePolicy")
def delete_lifecycle_policy(world: World, parameters: Parameters) -> Reply:
    keeping.end(world, parameters["repositoryName"])
    return None


@overlay("ecr", "GetLifecyclePolicy")
def get_lifecycle_policy(world: World, parameters: Parameters) -> Reply:
    repository = repository_of(world, parameters["repositoryName"])
    return {
        "registryId": world.account,
        "repositoryName": repository.name,
        "lifecyclePolicyText": _policy_of(world, repository),
        "lastEvaluatedAt": world.store(Keeping).last.get(repository.name, NEVER),
    }


@overlay("ecr", "StartLifecyclePolicyPreview")
def start_lifecycle_policy_preview(world: World, parameters: Parameters) -> Reply:
    repository = repository_of(world, parameters["repositoryName"])
    text = parameters.get("lifecyclePolicyText")
    if text:
        _refuse_what_is_not_here(text)
        _validate(text)
    running = world.store(Keeping).previews.get(repository.name)
    if running is not None and not running.complete:
        raise Refused(
            "LifecyclePolicyPreviewInProgressException",
            f"Lifecycle policy preview is already in progress for the repository with name '{repository.name}' "
            f"in the registry with id '{world.account}'",
        )
    policy = text or _policy_of(world, repository)
    keeping.preview(world, repository.name, policy)
    return {**_named(world, repository, policy), "status": "IN_PROGRESS"}


@overlay("ecr", "GetLifecyclePolicyPreview")
def get_lifecycle_policy_preview(world: World, parameters: Parameters) -> Reply:
    repository = repository_of(world, parameters["repositoryName"])
    found = world.store(Keeping).previews.get(repository.name)
    if found is None:
        raise Refused(
            "LifecyclePolicyPreviewNotFoundException",
            f"Lifecycle policy preview does not exist for the repository with name '{repository.name}' "
            f"in the registry with id '{world.account}'",
        )
    answer = _named(world, repository, found.policy)
    if not found.complete:
        return {**answer, "status": "IN_PROGRESS"}
    results = [one for one in found.results if _is_asked(one, parameters)]
    shown, token = page(results, parameters, size="maxResults", token="nextToken", limit=100)  # noqa: S106
    return {
        **answer,
        "status": "COMPLETE",
        "previewResults": shown,
        "nextToken": token,
        "summary": {"expiringImageTotalCount": len(found.results)},
    }


def _named(world: World, repository: Any, policy: str) -> dict[str, Any]:
    return {"registryId": world.account, "repositoryName": repository.name, "lifecyclePolicyText": policy}


def _policy_of(world: World, repository: Any) -> str:
    if not repository.lifecycle_policy:
        raise Refused(
            "LifecyclePolicyNotFoundException",
            f"Lifecycle policy does not exist for the repository with name '{repository.name}' "
            f"in the registry with id '{world.account}'",
        )
    return str(repository.lifecycle_policy)


def _is_asked(result: Any, parameters: Parameters) -> bool:
    status = (parameters.get("filter") or {}).get("tagStatus", "ANY")
    if status != "ANY" and ("imageTags" in result) != (status == "TAGGED"):
        return False
    wanted = parameters.get("imageIds")
    tags = result.get("imageTags", ())
    return not wanted or any(
        one.get("imageDigest") == result["imageDigest"] or one.get("imageTag") in tags for one in wanted
    )


def _validate(text: str) -> None:
    from moto.ecr.exceptions import InvalidParameterException
    from moto.ecr.policy_validation import EcrLifecyclePolicyValidator

    try:
        EcrLifecyclePolicyValidator(text).validate()
    except InvalidParameterException as error:
        raise Refused("InvalidParameterException", str(error.message)) from error


def _refuse_what_is_not_here(text: str) -> None:
    try:
        rules = json.loads(text)["rules"]
        counted = [one["selection"]["countType"] for one in rules]
    except (ValueError, KeyError, TypeError):
        return  # moto says what is wrong with it
    for name in counted:
        if name in _NOT_HERE:
            raise not_simulated(f"a lifecycle rule that counts {name}")
