"""Tasks that stopped since the wait began: why, and the last lines that the newest of them wrote."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from runbook_tui.aws.access import Aws
from runbook_tui.aws.errors import AwsProblem
from runbook_tui.aws.facts.ecs_task import Task
from runbook_tui.aws.facts.stop_reason import is_abnormal, stop_class
from runbook_tui.catalogue.progress import source
from runbook_tui.core.progress import Awaited
from runbook_tui.core.reading import Gauge, Progress, Remark, Tone
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.text import clean
from runbook_tui.progress.deployment import since

TITLE: Final = "Stopped tasks"
SHOWN: Final = 3
LINES: Final = 4
LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


@source(
    "stopped-tasks",
    title=TITLE,
    needs=(
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "ecs:DescribeTasks",
        "ecs:ListTasks",
        "logs:GetLogEvents",
    ),
)
def stopped_tasks(aws: Aws, site: Site, env: Environment, awaited: Awaited) -> Progress:
    """Those that failed; a rollout stops the old tasks as a matter of course."""
    service = aws.ecs.service(site.ecs.cluster, env.service)
    stopped, begun = aws.ecs.tasks(site.ecs.cluster, env.service, "STOPPED"), since(service, awaited)
    failed = sorted(
        (one for one in stopped if is_abnormal(one) and (one.ended_at or begun) >= begun),
        key=lambda one: one.ended_at or LONG_AGO,
        reverse=True,
    )
    return Progress(
        source="stopped-tasks",
        title=TITLE,
        gauges=(Gauge(name="failed", value=len(failed), tone=Tone.BAD if failed else Tone.PLAIN),),
        remarks=tuple(map(_why, failed[:SHOWN])),
        log_lines=_last_words(aws, env, failed[0]) if failed else (),
    )


def _why(task: Task) -> Remark:
    codes = f", exit {', '.join(map(str, task.exit_codes))}" if task.exit_codes else ""
    text = f"{_id(task)[:8]} {stop_class(task).value}{codes}: {clean(task.reasons, 300)}"
    return Remark(text=text, tone=Tone.BAD)


def _last_words(aws: Aws, env: Environment, task: Task) -> tuple[str, ...]:
    """Nothing where it wrote nothing, or nobody may read it: its reason stands above."""
    try:
        container = aws.ecs.task_definition(env.task_family).container(env.container)
        options: Mapping[str, str] = container.log_configuration.options if container.log_configuration else {}
        group, prefix = options.get("awslogs-group", ""), options.get("awslogs-stream-prefix", "")
        if not group or not prefix:
            return ()
        stream = f"{prefix}/{env.container}/{_id(task)}"
        return tuple(clean(line, 300) for line in aws.logs.last_lines(group, stream, LINES))
    except AwsProblem:
        return ()


def _id(task: Task) -> str:
    return task.task_arn.rpartition("/")[2]
