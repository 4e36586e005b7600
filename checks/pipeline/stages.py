"""Guide 4.2 and 9.2: what a release goes through, and who must approve it."""

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from checks.pipeline.workflow import Stage, Workflow, read_workflow
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.codepipeline import Action
from runbook_tui.aws.together import each
from runbook_tui.catalogue.attested import attested
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.text import clean
from runbook_tui.core.verdict import Verdict, fail, passed, skip, warn

STAGES: Final = "cicd.stages"
APPROVAL: Final = "cicd.approval"
NONE: Final = "the site has no pipeline (cicd.kind is none)"
CONFIRM: Final = "the pipeline lints and tests, builds the image, pushes it and then updates the service"
ADD: Final = "add the missing stage; the deployment must depend on the tests"
FRESH: Final = timedelta(days=90)


@check("cicd.stages", guide="4.2", severity="medium", scope="shared", needs=["codepipeline:GetPipeline"])
def stages(aws: Aws, site: Site) -> Verdict:
    """A release is tested, built, pushed and deployed, in this order."""
    if site.cicd.kind == "none":
        return skip(NONE)
    if site.cicd.kind == "codepipeline":
        return _of_pipelines(aws, site)
    text = _workflow_text(aws, site)
    workflow = read_workflow(text) if text is not None else None
    if workflow is None:
        return _stated(aws)
    return _of_workflow(aws, workflow)


def _of_workflow(aws: Aws, workflow: Workflow) -> Verdict:
    found = list(workflow.stages)
    evidence = {"stages": [one.value for one in found], "in_other_files": list(workflow.opaque)}
    absent = [one.value for one in Stage if one not in found]
    if absent and workflow.opaque:
        return _stated(aws, **evidence)
    if absent:
        return fail(f"the workflow has no step that does: {', '.join(absent)}", ADD, **evidence)
    if found[-1] is not Stage.DEPLOY or found.index(Stage.PUSH) < found.index(Stage.BUILD):
        order = " → ".join(one.value for one in found)
        return fail(f"the workflow deploys before it is done: {order}", ADD, **evidence)
    return passed(" → ".join(one.value for one in found), **evidence)


def _of_pipelines(aws: Aws, site: Site) -> Verdict:
    if not site.cicd.pipelines:
        return warn("the site names no pipeline", "name one an environment in cicd.pipelines of the site file")
    pipelines = each(aws.codepipeline.pipeline, site.cicd.pipelines.values())
    evidence: dict[str, Any] = {
        name: [f"{one.action_type_id.category}/{one.action_type_id.provider}" for one in pipeline.actions]
        for name, pipeline in zip(site.cicd.pipelines.values(), pipelines, strict=True)
    }
    troubles = [
        f"{name}: {trouble}"
        for name, pipeline in zip(evidence, pipelines, strict=True)
        if (trouble := _trouble(pipeline.actions))
    ]
    if troubles:
        return fail("; ".join(troubles), ADD, **evidence)
    if all(any(_category(one) == "Test" for one in pipeline.actions) for pipeline in pipelines):
        return passed("source, build, test and deployment to ECS, in this order", **evidence)
    return _stated(aws, **evidence)


def _trouble(actions: tuple[Action, ...]) -> str:
    """Empty when nothing is wrong with the order."""
    kinds = [_category(one) for one in actions]
    if "Build" not in kinds:
        return "no build action"
    if "Deploy" not in kinds:
        return "no deploy action"
    if kinds.index("Deploy") < kinds.index("Build"):
        return "it deploys before it builds"
    if "Test" in kinds and kinds.index("Deploy") < kinds.index("Test"):
        return "it deploys before it tests"
    to_ecs = any(_category(one) == "Deploy" and "ECS" in one.action_type_id.provider for one in actions)
    return "" if to_ecs else "no action deploys to ECS"


def _category(action: Action) -> str:
    return action.action_type_id.category


def _workflow_text(aws: Aws, site: Site) -> str | None:
    """Of the file that the site names, as it stands on this machine, else at GitHub; else of the newest run's."""
    named = site.cicd.workflow_path
    local = Path(site.path).parent / Path(named).expanduser() if named else None
    if local is not None and local.is_file():
        return local.read_text(encoding="utf-8", errors="replace")
    if aws.github is None:
        return None
    branch = site.cicd.branches.get("prod", "main")
    if named:
        return aws.github.file(named, branch)
    run = aws.github.last_run(branch)
    return aws.github.file(run.path, branch) if run and run.path else None


def _stated(aws: Aws, **evidence: Any) -> Verdict:
    verdict = attested(aws, STAGES, "", CONFIRM, row_says_pass=True, row_warns=True)
    return Verdict(
        status=verdict.status,
        because=verdict.because,
        evidence={**evidence, **verdict.evidence},
        remedy=verdict.remedy,
        cause=verdict.cause,
        attested=verdict.attested,
    )


@check("cicd.approval", guide="9.2", severity="high", scope="prod", needs=["codepipeline:GetPipeline"])
def approval(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Somebody must approve what goes to production."""
    if site.cicd.kind == "none":
        return skip(NONE)
    if site.cicd.kind == "codepipeline":
        return _in_pipeline(aws, site, env)
    if aws.github is None:
        confirm = f"GitHub's environment {env.name} has required reviewers"
        since = aws.now() - FRESH
        return attested(aws, APPROVAL, env.name, confirm, row_says_pass=True, row_warns=True, since=since)
    found = aws.github.environment(env.name)
    remedy = f"add required reviewers to the environment {env.name} of the repository"
    if found is None:
        return fail(f"the repository has no environment {env.name}", remedy)
    if not found.reviewers:
        return fail(f"nobody must approve a deployment to {env.name}", remedy)
    who = [clean(one, 80) for one in found.reviewers]
    return passed(f"a deployment to {env.name} waits for {', '.join(who)}", reviewers=who)


def _in_pipeline(aws: Aws, site: Site, env: Environment) -> Verdict:
    name = site.cicd.pipelines.get(env.name)
    if name is None:
        return warn(f"the site names no pipeline of {env.name}", "name it in cicd.pipelines of the site file")
    actions = aws.codepipeline.pipeline(name).actions
    kinds = [_category(one) for one in actions]
    before = actions[: kinds.index("Deploy")] if "Deploy" in kinds else actions
    approvals = [one.name for one in before if _category(one) == "Approval"]
    if not approvals:
        return fail(f"{name} deploys without an approval", "add an Approval action before the deployment", kinds=kinds)
    return passed(f"{name} waits at {approvals[0]}", approvals=approvals)
