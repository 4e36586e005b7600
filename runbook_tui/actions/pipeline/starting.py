"""A run of the environment's pipeline (guide 9.1, 9.2)."""

from runbook_tui.actions.permissions import needed
from runbook_tui.actions.pipeline.pipelines import pipeline_of
from runbook_tui.aws.access import Aws
from runbook_tui.catalogue.actions import Inputs, action
from runbook_tui.core.plan import ApiCall, Difference, Plan, Risk, answer, token
from runbook_tui.core.site import Environment, Site


@action("codepipeline.start-run", guide="9.1")
def start_run(aws: Aws, site: Site, env: Environment, _inputs: Inputs) -> Plan:
    """The pipeline runs, from its source on."""
    name = pipeline_of(site, env)
    newest = next(iter(aws.codepipeline.executions(name)), None)
    running = newest is not None and not newest.ended
    calls = () if running else (_start(name),)
    return Plan(
        action="codepipeline.start-run",
        title=f"Start {name}",
        environment=env.name,
        resource=name,
        effect="The pipeline takes the newest source, builds and tests it, and goes on as far as its approval, or to "
        "the deployment where it has none.",
        risk=Risk.DISRUPTIVE,
        calls=calls,
        differences=(Difference(what="run", before=newest.status if newest else "never", after="InProgress"),)
        if calls
        else (),
        permissions=needed(calls),
        seen={"newest": newest.pipeline_execution_id if newest else ""},
    )


def _start(name: str) -> ApiCall:
    return ApiCall(
        id="start",
        service="codepipeline",
        operation="start_pipeline_execution",
        parameters={"name": name, "clientRequestToken": token()},
        effect="a run begins",
        undo=(
            ApiCall(
                id="stop",
                service="codepipeline",
                operation="stop_pipeline_execution",
                parameters={
                    "pipelineName": name,
                    "pipelineExecutionId": answer("start", "pipelineExecutionId"),
                    "abandon": False,
                    "reason": "taken back by its operator",
                },
                effect="the run ends when the actions that are under way have ended",
                gone=("PipelineExecutionNotStoppableException", "DuplicatedStopRequestException"),
            ),
        ),
    )
