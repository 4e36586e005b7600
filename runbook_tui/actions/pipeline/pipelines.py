"""The pipeline of an environment, and where in it the service is deployed."""

from runbook_tui.aws.facts.codepipeline import Pipeline, Stage
from runbook_tui.catalogue.actions import CannotPlan
from runbook_tui.core.site import Environment, Site


def pipeline_of(site: Site, env: Environment) -> str:
    """CannotPlan where the site releases by something else than CodePipeline."""
    if site.cicd.kind != "codepipeline":
        raise CannotPlan(
            "this site does not release by CodePipeline", "do it where the pipeline is: the step says how by hand"
        )
    name = site.cicd.pipelines.get(env.name)
    if name is None:
        raise CannotPlan(f"the site names no pipeline of {env.name}", "add it to cicd.pipelines in the site file")
    return name


def deploying_stage(pipeline: Pipeline) -> Stage:
    """CannotPlan when nothing in it deploys."""
    for stage in pipeline.stages:
        if any(one.action_type_id.category == "Deploy" for one in stage.actions):
            return stage
    raise CannotPlan("no stage of the pipeline deploys", "look into the pipeline's definition")
