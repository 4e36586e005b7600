"""One task from its launch to its end, in simulated time. It knows nothing of services: it tells who launched it."""

from collections.abc import Callable
from typing import Any

from runbook_tui.simulator.ecs import images, making, targets, voice
from runbook_tui.simulator.ecs.causes import first_obstacle
from runbook_tui.simulator.ecs.obstacle import Start
from runbook_tui.simulator.ecs.state import Life, Schedule, Stage
from runbook_tui.simulator.world import World

# seconds that Fargate takes, from … to …
_PROVISIONING = (7.0, 13.0)
_PULLING = (11.0, 19.0)
_DEACTIVATING = 1.0  # at least
_ENDING = (1.0, 3.0)
_DEPROVISIONING = (6.0, 11.0)
_KILLED_FOR_MEMORY = (3.0, 7.0)
_ONE_OFF = 8.0  # a command of its own, such as a migration
_STAYS_VISIBLE = 3600.0


def launch(world: World, order: making.Order, record: Callable[[Any], Life]) -> Life:
    """``record`` makes the task's record, given moto's model."""
    born = record(making.make(world, order))
    world.store(Schedule).lives[born.task.id] = born
    _later(world, born, _PROVISIONING, _provision)
    return born


def stop(world: World, life: Life, reason: str, code: str, *, drain: float = 0.0) -> None:
    """Takes ``drain`` seconds while its connections end, when it runs. Stopping twice changes nothing."""
    task = life.task
    if not life.wanted:
        return
    running = life.stage is Stage.RUNNING
    _end(world, life, reason, code)
    if running:
        task.last_status = Stage.DEACTIVATING.value
        life.ahead.append(world.agenda.after(max(drain, _DEACTIVATING), lambda: _terminate(world, life)))
    else:
        _deprovision(world, life)
    life.changed(life)
    if running:
        targets.deregister(world, life)


def _provision(world: World, life: Life) -> None:
    """The network interface is there; now secrets, logs and image are fetched."""
    task, now = life.task, world.clock.now()
    interface = making.interface_of(world, task)
    task.last_status = Stage.PENDING.value
    task.connectivity, task.connectivity_at = "CONNECTED", now
    task.attachments[0]["status"] = "ATTACHED"
    definition = making.definition_of(world, task)
    start = Start(
        world=world,
        task=task.id,
        definition=definition,
        interface=interface,
        public=task.network_configuration["awsvpcConfiguration"].get("assignPublicIp") == "ENABLED",
    )
    obstacle = first_obstacle(start)
    task.pull_started_at = now
    life.changed(life)
    if obstacle is not None:
        seconds = obstacle.seconds * world.random.uniform(0.9, 1.1)
        text = obstacle.text
        life.ahead.append(world.agenda.after(seconds, lambda: _fail_to_start(world, life, text)))
    else:
        _later(world, life, _PULLING, _run)


def _fail_to_start(world: World, life: Life, text: str) -> None:
    life.task.containers[0].reason = text if text.startswith("CannotPullContainerError") else None
    _end(world, life, text, "TaskFailedToStart")
    _deprovision(world, life)
    life.changed(life)


def _run(world: World, life: Life) -> None:
    task, now = life.task, world.clock.now()
    container = task.containers[0]
    container.image_digest = images.digest_of(world, container.image)
    container.runtime_id = f"{task.id}-{world.random.randrange(10**9, 10**10)}"
    life.behaviour = images.behaviour_of(world, container.image)
    task.pull_stopped_at = task.started_at = now
    task.last_status = container.last_status = Stage.RUNNING.value
    _foresee(world, life)
    voice.foresee(world, life)
    life.changed(life)
    targets.register(world, life)


def _foresee(world: World, life: Life) -> None:
    """What its image will do to it, if nobody stops it before."""
    behaviour, task = life.behaviour, life.task
    if any("command" in each for each in task.overrides.get("containerOverrides", ())):
        _exit_after(world, life, _ONE_OFF, 0)
    container = making.definition_of(world, task).container_definitions[0]
    allowed = int(container.get("memory") or task.memory or 0)
    if allowed and behaviour.memory_mib > allowed:
        killed = behaviour.start_seconds + world.random.uniform(*_KILLED_FOR_MEMORY)
        _exit_after(world, life, killed, 137, "OutOfMemoryError: Container killed due to memory usage")
    if behaviour.out_of_heap_after is not None:
        _exit_after(world, life, behaviour.out_of_heap_after, 134)
    if behaviour.crash_after is not None:
        _exit_after(world, life, behaviour.crash_after, behaviour.crash_exit_code)


def _exit_after(world: World, life: Life, seconds: float, code: int, reason: str = "") -> None:
    life.ahead.append(world.agenda.after(seconds, lambda: exit_by_itself(world, life, code, reason)))


def exit_by_itself(world: World, life: Life, exit_code: int, reason: str = "") -> None:
    """The container ends, and with it the task. Only for a task that runs."""
    container = life.task.containers[0]
    container.exitCode, container.reason = exit_code, reason or None
    life.task.execution_stopped_at = world.clock.now()
    voice.ends(world, life, exit_code)
    _end(world, life, "Essential container in task exited", "EssentialContainerExited")
    _deprovision(world, life)
    life.changed(life)
    targets.deregister(world, life)


def _end(world: World, life: Life, reason: str, code: str) -> None:
    for appointment in life.ahead:
        appointment.cancel()
    life.ahead.clear()
    task = life.task
    task.desired_status = "STOPPED"
    task.stopped_reason, task.stop_code, task.stopping_at = reason, code, world.clock.now()


def _terminate(world: World, life: Life) -> None:
    life.task.last_status = Stage.STOPPING.value
    voice.is_told_to_end(world, life)
    life.changed(life)
    _later(world, life, _ENDING, _terminated)


def _terminated(world: World, life: Life) -> None:
    """Node.js ends by SIGTERM with 143, or with 0 when it handles it."""
    life.task.containers[0].exitCode = world.random.choice((0, 0, 143))
    life.task.execution_stopped_at = world.clock.now()
    _deprovision(world, life)
    life.changed(life)


def _deprovision(world: World, life: Life) -> None:
    life.task.last_status = Stage.DEPROVISIONING.value
    life.task.containers[0].last_status = Stage.STOPPED.value
    life.task.health_status = life.task.containers[0].health_status = "UNKNOWN"
    _later(world, life, _DEPROVISIONING, _stopped)


def _stopped(world: World, life: Life) -> None:
    task = life.task
    task.last_status, task.stopped_at = Stage.STOPPED.value, world.clock.now()
    task.attachments[0]["status"] = "DELETED"
    world.backend("ec2").enis.pop(making.detail(task, "networkInterfaceId"), None)
    world.agenda.after(_STAYS_VISIBLE, lambda: _forget(world, life))
    life.changed(life)


def _forget(world: World, life: Life) -> None:
    world.backend("ecs").tasks[life.task.cluster_name].pop(life.task.task_arn, None)
    world.store(Schedule).lives.pop(life.task.id, None)


def _later(world: World, life: Life, seconds: tuple[float, float], happening: Callable[[World, Life], None]) -> None:
    life.ahead.append(world.agenda.after(world.random.uniform(*seconds), lambda: happening(world, life)))
