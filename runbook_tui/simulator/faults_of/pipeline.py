"""The pipeline: a release that never came out of it."""

from runbook_tui.simulator.github import repository_of
from runbook_tui.simulator.names import SITE
from runbook_tui.simulator.registry import Undo, fault
from runbook_tui.simulator.world import World


@fault("pipeline-failed", "prod: the last run of the pipeline failed; what ran before runs on")
def pipeline_failed(world: World, _argument: str) -> Undo:
    conclusions = repository_of(world).conclusions
    branch = SITE.cicd.branches["prod"]
    former = conclusions[branch]
    conclusions[branch] = "failure"

    def undo() -> None:
        conclusions[branch] = former

    return undo
