"""Counts that the API shows, brought up to what the tasks are."""

from collections.abc import Sequence

from runbook_tui.simulator import releases
from runbook_tui.simulator.ecs.state import Life, Plan, Schedule, Stage
from runbook_tui.simulator.world import World

_PENDING = (Stage.PROVISIONING, Stage.PENDING)


def count(world: World, plan: Plan) -> None:
    service = plan.service
    service.running_count, service.pending_count = _counts(plan.lives)
    for rollout in plan.rollouts:
        running, pending = _counts([each for each in plan.lives if each.rollout is rollout])
        wanted = service.desired_count if rollout is plan.primary else rollout.keeps
        rollout.described.update(desiredCount=wanted, runningCount=running, pendingCount=pending)
    _release(plan)
    service.current_service_revisions = [
        releases.summary(
            each.revision,
            each.described["desiredCount"],
            each.described["runningCount"],
            each.described["pendingCount"],
        )
        for each in plan.rollouts
    ]
    count_cluster(world, service.cluster_name)


def _release(plan: Plan) -> None:
    service, release = plan.service, plan.primary.release
    under_way = not releases.is_over(release)
    service.current_service_deployment = release["serviceDeploymentArn"] if under_way else None
    for rollout in plan.rollouts:
        if under_way and rollout.revision == release["targetServiceRevision"]["arn"]:
            described = rollout.described
            release["targetServiceRevision"] = releases.summary(
                rollout.revision, described["desiredCount"], described["runningCount"], described["pendingCount"]
            )


def _counts(lives: Sequence[Life]) -> tuple[int, int]:
    stages = [each.stage for each in lives]
    return stages.count(Stage.RUNNING), sum(stage in _PENDING for stage in stages)


def count_cluster(world: World, name: str) -> None:
    ecs = world.backend("ecs")
    cluster = ecs.clusters[name]
    lives = [each for each in world.store(Schedule).lives.values() if each.task.cluster_name == name]
    cluster.running_tasks_count, cluster.pending_tasks_count = _counts(lives)
    services = [each for each in ecs.services.values() if each.cluster_name == name]
    cluster.active_services_count = sum(each.status == "ACTIVE" for each in services)
