"""Guide 4.2 and 9.1: the pipeline's last run, and who released last."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from checks.concerns import warn_or_pass
from checks.pipeline.stages import NONE
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.cloudtrail import Release
from runbook_tui.aws.facts.codepipeline import Execution
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Verdict, fail, skip

REMEDY: Final = "run the pipeline again or repair it; bring what was changed by hand back into it"


@check(
    "cicd.last-run",
    guide="4.2",
    severity="medium",
    scope="environment",
    needs=[
        "cloudtrail:LookupEvents",
        "codepipeline:GetPipeline",
        "codepipeline:GetPipelineState",
        "codepipeline:ListPipelineExecutions",
    ],
)
def last_run(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The pipeline's last run succeeded, and it was the pipeline that released last."""
    if site.cicd.kind == "none":
        return skip(NONE)
    release, run = together(
        lambda: aws.cloudtrail.last_release(site.ecs.cluster, env.service, aws.now()),
        lambda: _run_of(aws, site, env),
    )
    evidence = {**run.evidence, **_told(release)}
    if run.failed:
        return fail(run.failed, REMEDY, **evidence)
    concerns = [run.concern] if run.concern else []
    expected = _pipeline_names(aws, site)
    if release is None:
        concerns.append(f"nobody has released {env.service} for 60 days")
    elif release.who not in expected:
        concerns.append(f"{release.who} changed {env.service} last, on {release.at:%Y-%m-%d %H:%M} UTC, by hand")
    good = f"{release.who} released {env.service} on {release.at:%Y-%m-%d %H:%M} UTC" if release else ""
    return warn_or_pass(concerns, good, REMEDY, **evidence)


class _Run(Struct, frozen=True, kw_only=True):
    """What a pipeline says of itself: a failure, a concern, or nothing."""

    failed: str = ""
    concern: str = ""
    evidence: Mapping[str, Any] = {}


def _run_of(aws: Aws, site: Site, env: Environment) -> _Run:
    return _of_codepipeline(aws, site, env) if site.cicd.kind == "codepipeline" else _of_github(aws, site, env)


def _of_codepipeline(aws: Aws, site: Site, env: Environment) -> _Run:
    name = site.cicd.pipelines.get(env.name)
    if name is None:
        return _Run(concern=f"the site names no pipeline of {env.name}")
    ended: Execution | None = next((one for one in aws.codepipeline.executions(name) if one.ended), None)
    if ended is None:
        return _Run(concern=f"{name} has never run to its end", evidence={"pipeline": name})
    evidence = {
        "pipeline": name,
        "status": ended.status,
        "started": ended.start_time.isoformat() if ended.start_time else "",
    }
    if ended.status == "Failed":
        why = "; ".join(aws.codepipeline.failures(name)) or "it does not say why"
        return _Run(failed=f"the last run of {name} failed: {why}", evidence=evidence)
    return _Run(
        concern="" if ended.status == "Succeeded" else f"the last run of {name} is {ended.status}", evidence=evidence
    )


def _of_github(aws: Aws, site: Site, env: Environment) -> _Run:
    branch = site.cicd.branches.get(env.name)
    run = aws.github.last_run(branch) if aws.github and branch else None
    if run is None:
        return _Run()
    evidence = {"run": run.html_url, "branch": branch, "conclusion": run.conclusion}
    if run.failed:
        return _Run(
            failed=f"the last run of {run.name or run.path} on {branch} ended in {run.conclusion}", evidence=evidence
        )
    good = run.conclusion == "success"
    return _Run(concern="" if good else f"the last run on {branch} ended in {run.conclusion}", evidence=evidence)


def _pipeline_names(aws: Aws, site: Site) -> tuple[str, ...]:
    """Names of the roles and users that the pipeline works as."""
    if site.cicd.kind == "github" and site.cicd.auth == "access_keys":
        return site.iam.cicd_users
    if site.cicd.kind == "codepipeline":
        arns = [aws.codepipeline.pipeline(name).deploying_role for name in site.cicd.pipelines.values()]
        return (site.iam.cicd_role, *(arn.rpartition("/")[2] for arn in arns))
    return (site.iam.cicd_role,)


def _told(release: Release | None) -> dict[str, Any]:
    if release is None:
        return {"released_by": "nobody in 60 days"}
    return {"released_by": release.who, "kind": release.kind, "released_at": release.at.isoformat()}
