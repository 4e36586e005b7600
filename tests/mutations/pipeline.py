"""The pipeline: cicd.*"""

from runbook_tui.simulator.github import Repository, repository_of
from tests.mutations.contract import FAIL, WARN, Row
from tests.support.changes import PROD
from tests.support.standing import Standing


def _repository(world: Standing) -> Repository:
    return repository_of(world.world)


def _variable_gone(world: Standing) -> None:
    del _repository(world).environments["prod"].variables["ECS_CLUSTER"]


def _other_region(world: Standing) -> None:
    _repository(world).environments["prod"].variables["AWS_REGION"] = "us-east-1"


def _untested(world: Standing) -> None:
    repository = _repository(world)
    repository.workflow = repository.workflow.replace("npm run lint", "true").replace("npm test", "true").replace(
        "  test:", "  before:"
    ).replace("needs: test", "needs: before")  # fmt: skip


def _failed(world: Standing) -> None:
    world.fault("pipeline-failed")


def _by_hand(world: Standing) -> None:
    """CloudTrail tells it a quarter of an hour later."""
    world.client("ecs").update_service(cluster=world.site.ecs.cluster, service=PROD.service, forceNewDeployment=True)
    world.wait(20 * 60)


def _unguarded(world: Standing) -> None:
    _repository(world).environments["prod"].reviewers.clear()


ROWS = (
    Row(
        check="cicd.github-secrets",
        name="a variable of prod is gone",
        change=_variable_gone,
        flips={"cicd.github-secrets": WARN},
    ),
    Row(
        check="cicd.github-region",
        name="prod's workflow works in another region",
        change=_other_region,
        flips={"cicd.github-region": WARN},
    ),
    Row(check="cicd.stages", name="nothing is tested", change=_untested, flips={"cicd.stages": FAIL}),
    Row(check="cicd.last-run", name="prod's last run failed", change=_failed, flips={"cicd.last-run@prod": FAIL}),
    Row(check="cicd.last-run", name="somebody deploys by hand", change=_by_hand, flips={"cicd.last-run@prod": WARN}),
    Row(check="cicd.approval", name="nobody must approve", change=_unguarded, flips={"cicd.approval@prod": FAIL}),
)
