"""T3: tasks that start and do not stay, by how they ended."""

from datetime import timedelta

from msgspec.structs import replace

from runbook_tui.aws.facts.ecs_task import Task
from runbook_tui.triage.changes import Kind
from runbook_tui.triage.pattern import HEAP, Pattern, Text
from runbook_tui.triage.rule import Found, rule, sign
from runbook_tui.triage.rules.starting import PLATFORM, SEES, said, told
from runbook_tui.triage.scene import Scene, task_id
from runbook_tui.triage.snapshot import Unseen

AT_ONCE = timedelta(seconds=30)
FULL = 95.0  # percent of the memory
SILENT = 0.6  # a task that ends at once, whose log does not say why
OUT_OF_MEMORY = Pattern((("outofmemory",),))
HEAP_FULL = Pattern((HEAP,))
HEALTH_CHECKS = Pattern((("task failed container health checks", "task failed elb health checks"),))
BROKEN = Pattern((("cannot find module", "syntaxerror", "missing env"),))
WRONG_FORMAT = Pattern((("exec format error",),))
OF_PLATFORM = ("SpotInterruption", "InfrastructureHealth", "TerminationNotice")


def ended(task: Task, text: str = "") -> Text:
    codes = ", ".join(map(str, task.exit_codes)) or "none"
    return Text(text=text or f"exit code {codes}: {task.reasons}", part="stopped", at=task.ended_at, of=task_id(task))


@rule(
    "T3g",
    confidence=0.9,
    sees=("stopped", "metrics", "lines"),
    confirm=("roll.cpu-mem", "scaling.memory"),
    runbook="scaling",
    answers={"choose": "size"},
    boosted_by=(Kind.DEPLOYMENT,),
)
def out_of_memory(scene: Scene) -> Found | None:
    """Tasks run out of memory, or out of the heap that V8 gives itself."""
    peak = max(scene.series.get("memory_peak", {}).values(), default=0.0)
    killed = [
        one
        for one in scene.stops
        if OUT_OF_MEMORY.fits(one.reasons) or HEAP_FULL.fits(one.reasons) or (137 in one.exit_codes and peak > FULL)
    ]
    heap = HEAP_FULL.among(scene.lines)
    texts = [*(ended(one) for one in killed), *heap]
    return said(scene, texts) if texts else None


@rule(
    "T3h",
    confidence=0.85,
    sees=SEES,
    confirm=("tg.targets-healthy", "ecs.taskdef.healthcheck", "ecs.service.grace"),
    runbook="stuck-deployment",
    boosted_by=(Kind.DEPLOYMENT,),
    points_to=("T2", "T6", "T1e"),
)
def killed_by_checks(scene: Scene) -> Found | None:
    """Tasks are ended by their health checks."""
    texts = [ended(one, one.reasons) for one in scene.stops if HEALTH_CHECKS.fits(one.reasons)]
    return said(scene, texts) if texts else None


@rule(
    "T3i",
    confidence=0.85,
    sees=("stopped", "lines"),
    confirm=("ecs.taskdef.secrets-valuefrom", "roll.log-errors"),
    runbook="rollback",
    answers={"decide": "finished"},
    boosted_by=(Kind.DEPLOYMENT, Kind.SECRET, Kind.PIPELINE),
)
def broken_release(scene: Scene) -> Found | None:
    """The release or its configuration is broken: it ends right after its start."""
    quick = [one for one in scene.stops if 1 in one.exit_codes and _lived(one) <= AT_ONCE]
    if not quick:
        return None
    lines = BROKEN.among(scene.lines)
    found = said(scene, [*(ended(one) for one in quick[:2]), *lines[-1:]])
    if lines or isinstance(scene.snapshot.lines, Unseen):
        return found
    silent = sign("the log says nothing that is known of it", "lines")
    return replace(found, against=(*found.against, silent), confidence=SILENT)


@rule(
    "T3j",
    confidence=0.85,
    sees=("stopped", "lines"),
    confirm=("ecs.taskdef.fargate",),
    runbook="rollback",
    answers={"decide": "finished"},
    boosted_by=(Kind.DEPLOYMENT, Kind.PIPELINE),
)
def wrong_architecture(scene: Scene) -> Found | None:
    """The image was built for another architecture, or crashes natively."""
    found = told(scene, PLATFORM)
    if found is not None:
        return found
    crashed = [one for one in scene.stops if 139 in one.exit_codes]
    if not HEAP_FULL.among(scene.lines) and not any(HEAP_FULL.fits(one.reasons) for one in scene.stops):
        crashed += [one for one in scene.stops if 134 in one.exit_codes]
    texts = [*(ended(one) for one in crashed), *WRONG_FORMAT.among(scene.lines)]
    return said(scene, texts) if texts else None


@rule(
    "T3o",
    confidence=0.9,
    sees=("stopped",),
    confirm=("ecs.service.desired-min", "ecs.service.task-spread"),
    runbook="scaling",
    answers={"choose": "more-now"},
)
def platform_event(scene: Scene) -> Found | None:
    """AWS took the task back: spot capacity, or the hardware under it."""
    taken = [one for one in scene.stops if one.stop_code in OF_PLATFORM]
    return said(scene, [ended(one, f"{one.stop_code}: {one.reasons}") for one in taken]) if taken else None


def _lived(task: Task) -> timedelta:
    end = task.execution_stopped_at or task.ended_at
    return end - task.started_at if end and task.started_at else timedelta.max
