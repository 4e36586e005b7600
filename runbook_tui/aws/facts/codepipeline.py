"""What ``codepipeline`` says of a pipeline: its roles, its stages, its last runs."""

from collections.abc import Iterator

from runbook_tui.aws.access import Reader
from runbook_tui.aws.facts.border import LowerFact, missing_is, parse
from runbook_tui.aws.facts.listing import listed
from runbook_tui.aws.facts.moment import Moment


class ActionType(LowerFact, frozen=True, kw_only=True):
    """``category`` is Source, Build, Test, Approval, Deploy …; ``provider`` says by what."""

    category: str = ""
    provider: str = ""


class Action(LowerFact, frozen=True, kw_only=True):
    """``run_order`` within its stage: equal ones run side by side."""

    name: str = ""
    run_order: int = 1
    action_type_id: ActionType = ActionType()
    role_arn: str = ""


class Stage(LowerFact, frozen=True, kw_only=True):
    name: str = ""
    actions: tuple[Action, ...] = ()


class Pipeline(LowerFact, frozen=True, kw_only=True):
    role_arn: str
    stages: tuple[Stage, ...] = ()

    @property
    def deploying_role(self) -> str:
        """ARN of the role that a deploy action works with: its own, else the pipeline's."""
        deploys = [one for stage in self.stages for one in stage.actions if one.action_type_id.category == "Deploy"]
        return next((one.role_arn for one in deploys if one.role_arn), self.role_arn)

    @property
    def actions(self) -> tuple[Action, ...]:
        """In the order in which they run."""
        return tuple(one for stage in self.stages for one in sorted(stage.actions, key=lambda each: each.run_order))


class Execution(LowerFact, frozen=True, kw_only=True):
    """``status``: InProgress, Stopping, Stopped, Succeeded, Superseded, Cancelled, Failed."""

    pipeline_execution_id: str = ""
    status: str
    start_time: Moment | None = None

    @property
    def ended(self) -> bool:
        return self.status not in ("InProgress", "Stopping")


class Trouble(LowerFact, frozen=True, kw_only=True):
    message: str = ""


class ActionRun(LowerFact, frozen=True, kw_only=True):
    """``status``: InProgress, Abandoned, Succeeded, Failed. ``token`` is what an approval that is waited for must
    name; it is another one in every run."""

    status: str = ""
    token: str = ""
    last_updated_by: str = ""
    error_details: Trouble = Trouble()


class ActionState(LowerFact, frozen=True, kw_only=True):
    action_name: str = ""
    latest_execution: ActionRun = ActionRun()


class Transition(LowerFact, frozen=True, kw_only=True):
    """Whether runs may enter the stage. ``disabled_reason`` is somebody's own text."""

    enabled: bool = True
    disabled_reason: str = ""
    last_changed_by: str = ""


class StageState(LowerFact, frozen=True, kw_only=True):
    stage_name: str = ""
    inbound_transition_state: Transition = Transition()
    action_states: tuple[ActionState, ...] = ()


class CodePipelineFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def pipeline(self, name: str) -> Pipeline:
        """Missing ``codepipeline:pipeline``."""
        with missing_is("codepipeline:pipeline", name, "create it, or correct cicd.pipelines in the site file"):
            return parse(self._reader.read("codepipeline", "get_pipeline", name=name).get("pipeline"), Pipeline)

    def executions(self, name: str) -> tuple[Execution, ...]:
        """The newest ten, newest first. Missing ``codepipeline:pipeline``."""
        with missing_is("codepipeline:pipeline", name, "create it, or correct cicd.pipelines in the site file"):
            answer = self._reader.read(
                "codepipeline", "list_pipeline_executions", pipelineName=name, PaginationConfig={"MaxItems": 10}
            )
        return listed(answer, "pipelineExecutionSummaries", Execution)

    def stages(self, name: str) -> tuple[StageState, ...]:
        """As they stand now, first to last. Missing ``codepipeline:pipeline``."""
        with missing_is("codepipeline:pipeline", name, "create it, or correct cicd.pipelines in the site file"):
            answer = self._reader.read("codepipeline", "get_pipeline_state", name=name)
        return listed(answer, "stageStates", StageState)

    def failures(self, name: str) -> tuple[str, ...]:
        """Which actions failed in its newest runs, and why: ``Deploy/ecs: the reason``."""
        return tuple(_failed(self.stages(name)))


def _failed(stages: tuple[StageState, ...]) -> Iterator[str]:
    for stage in stages:
        for action in stage.action_states:
            if action.latest_execution.status == "Failed":
                yield f"{stage.stage_name}/{action.action_name}: {action.latest_execution.error_details.message}"
