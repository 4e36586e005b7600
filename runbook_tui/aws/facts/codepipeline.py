"""What ``codepipeline`` says of a pipeline's roles."""

from runbook_tui.aws.access import Reader
from runbook_tui.aws.facts.border import LowerFact, missing_is, parse


class _Type(LowerFact, frozen=True, kw_only=True):
    category: str = ""


class _Action(LowerFact, frozen=True, kw_only=True):
    action_type_id: _Type = _Type()
    role_arn: str = ""


class _Stage(LowerFact, frozen=True, kw_only=True):
    name: str = ""
    actions: tuple[_Action, ...] = ()


class Pipeline(LowerFact, frozen=True, kw_only=True):
    role_arn: str
    stages: tuple[_Stage, ...] = ()

    @property
    def deploying_role(self) -> str:
        """ARN of the role that a deploy action works with: its own, else the pipeline's."""
        deploys = [one for stage in self.stages for one in stage.actions if one.action_type_id.category == "Deploy"]
        return next((one.role_arn for one in deploys if one.role_arn), self.role_arn)


class CodePipelineFacts:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def pipeline(self, name: str) -> Pipeline:
        """Missing ``codepipeline:pipeline``."""
        with missing_is("codepipeline:pipeline", name, "create it, or correct cicd.pipelines in the site file"):
            return parse(self._reader.read("codepipeline", "get_pipeline", name=name).get("pipeline"), Pipeline)
