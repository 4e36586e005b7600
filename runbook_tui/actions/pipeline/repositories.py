"""Image repositories: made, their tags fixed, their policy closed (guide 4.1)."""

import json
from typing import Any, Final

from runbook_tui.actions.openings import without_openings
from runbook_tui.actions.permissions import needed
from runbook_tui.actions.pipeline.calls import ecr
from runbook_tui.actions.tags import listed, tags_of
from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import Missing
from runbook_tui.aws.facts.ecr import Repository
from runbook_tui.aws.facts.resource_policy import Reach
from runbook_tui.catalogue.actions import CannotPlan, Inputs, action
from runbook_tui.core.plan import ApiCall, Choice, Difference, Plan, Question, Risk
from runbook_tui.core.site import Environment, Site

_NONE: Final = "none"
_FIXED: Final = "IMMUTABLE"
_BUT: Final = "IMMUTABLE_WITH_EXCLUSION"


@action("ecr.create-repository", guide="4.1", fixes=("ecr.repo.exists",))
def create_repository(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The environment has a repository of images, which are scanned when they are pushed."""
    parameters = {
        "repositoryName": env.ecr_repo,
        "imageScanningConfiguration": {"scanOnPush": True},
        "imageTagMutability": _FIXED if site.ecr.immutable else "MUTABLE",
        "tags": listed(tags_of(site, env)),
    }
    gone = ("RepositoryNotFoundException",)
    back = ecr("delete_repository", env, "it is deleted, unless an image was pushed", gone=gone, force=False)
    create = ApiCall(
        id="create-repository",
        service="ecr",
        operation="create_repository",
        parameters=parameters,
        effect=f"{env.ecr_repo} is made",
        undo=(back,),
    )
    calls = () if _exists(aws, env) else (create,)
    return Plan(
        action="ecr.create-repository",
        title=f"Create the repository {env.ecr_repo}",
        environment=env.name,
        resource=env.ecr_repo,
        effect="It is empty: the pipeline has to push an image before a task can start.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=(Difference(what=env.ecr_repo, before="", after="new"),) if calls else (),
        permissions=needed(calls),
    )


@action("ecr.fix-tags", guide="4.1", fixes=("ecr.tag-immutability",))
def fix_tags(aws: Aws, site: Site, env: Environment, inputs: Inputs) -> Plan:
    """A tag of the environment's repository means the same image for ever."""
    if not site.ecr.immutable:
        raise CannotPlan("the site lets tags move", "set ecr.immutable in the site file")
    found = aws.ecr.repository(env.ecr_repo)
    excluded = [one.filter for one in found.image_tag_mutability_exclusion_filters]
    if found.image_tag_mutability == _FIXED or (found.image_tag_mutability == _BUT and excluded == ["latest"]):
        return _tags_plan(env, found, ())
    choices = (
        Choice(value=_NONE, label="none: every tag is pushed once"),
        Choice(value="latest", label="latest: the pipeline pushes it again and again"),
    )
    (moving,) = inputs.take(Question(name="moving", text="Which tag may still move?", choices=choices, default=_NONE))
    back = ecr("put_image_tag_mutability", env, "tags are as they were", **_mutability(found, excluded))
    wanted = {"imageTagMutability": _FIXED} if moving == _NONE else _but([moving])
    return _tags_plan(env, found, (ecr("put_image_tag_mutability", env, "tags stay", (back,), **wanted),))


@action("ecr.close-policy", guide="4.1", fixes=("ecr.repo-policy",))
def close_policy(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The repository's own policy no longer lets everybody in."""
    text = _policy_text(aws, env)
    kept, removed = without_openings(text, site.aws.account_id, (Reach.EVERYONE,))
    calls = (_close(env, str(text), kept),) if removed else ()
    return Plan(
        action="ecr.close-policy",
        title=f"Take what opens {env.ecr_repo} to everybody out of its policy",
        environment=env.name,
        resource=env.ecr_repo,
        effect="Whoever came in by these statements alone is kept out at once.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=tuple(Difference(what="statement", before=json.dumps(one), after="") for one in removed),
        warnings=("the undo opens the repository again",) if calls else (),
        permissions=needed(calls),
    )


def _exists(aws: Aws, env: Environment) -> bool:
    try:
        aws.ecr.repository(env.ecr_repo)
    except Missing:
        return False
    return True


def _tags_plan(env: Environment, found: Repository, calls: tuple[ApiCall, ...]) -> Plan:
    after = str(calls[0].parameters["imageTagMutability"]) if calls else found.image_tag_mutability
    return Plan(
        action="ecr.fix-tags",
        title=f"Fix the tags of {env.ecr_repo}",
        environment=env.name,
        resource=env.ecr_repo,
        effect="A push under a tag that is taken is refused from now on.",
        risk=Risk.CHANGE,
        calls=calls,
        differences=(Difference(what="tags", before=found.image_tag_mutability, after=after),) if calls else (),
        warnings=("a pipeline that pushes the same tag again fails at its next run",) if calls else (),
        permissions=needed(calls),
    )


def _mutability(found: Repository, excluded: list[str]) -> dict[str, Any]:
    setting = found.image_tag_mutability
    return {**_but(excluded), "imageTagMutability": setting} if excluded else {"imageTagMutability": setting}


def _but(tags: list[str]) -> dict[str, Any]:
    filters = [{"filterType": "WILDCARD", "filter": tag} for tag in tags]
    return {"imageTagMutability": _BUT, "imageTagMutabilityExclusionFilters": filters}


def _policy_text(aws: Aws, env: Environment) -> str | None:
    if aws.ecr.policy(env.ecr_repo) is None:
        return None
    return str(aws.reader.read("ecr", "get_repository_policy", repositoryName=env.ecr_repo)["policyText"])


def _close(env: Environment, text: str, kept: list[Any]) -> ApiCall:
    back = ecr("set_repository_policy", env, "the policy is as it was, open", policyText=text)
    if not kept:
        return ecr("delete_repository_policy", env, "nothing is left of it: it is deleted", (back,))
    rest = json.dumps({**json.loads(text), "Statement": kept})
    return ecr("set_repository_policy", env, "the rest of the policy stays", (back,), policyText=rest)
