"""Guide 10: what a quarter's load calls for. WARN is a proposal, which an operator accepts or rejects."""

from collections.abc import Callable
from typing import Final

from checks.maintenance.quarter import LOAD_NEEDS, PRESENT_NEEDS, present, quarter
from checks.maintenance.scaled import scaled_out
from runbook_tui.aws.access import Aws
from runbook_tui.aws.together import together
from runbook_tui.catalogue.registry import check
from runbook_tui.core.chart import Chart, told
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, blocked, passed, unknown, warn
from runbook_tui.review import charts
from runbook_tui.review.proposals import Finding, Present
from runbook_tui.review.rhythm import rhythm
from runbook_tui.review.rules import never_falls, too_large, too_slow, too_tight
from runbook_tui.review.series import Load, Measure

_NEEDS: Final = (*LOAD_NEEDS, *PRESENT_NEEDS)
_TASKS: Final = (Measure.TASKS, Measure.TASKS_MAX)
_USE: Final = (Measure.CPU, Measure.CPU_P95, Measure.MEMORY, Measure.MEMORY_MAX)
_NOT_SCALING: Final = "the service does not scale by itself, or its tasks have no size that can be read"


@check("scaling.size", guide="10", severity="low", scope="environment", needs=_NEEDS, on_request=True)
def size(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The load of the quarter needs tasks as large and as many as there are at the least."""
    limit = float(env.scaling.out_percent)

    def drawn(load: Load, _now: Present) -> tuple[Chart, ...]:
        return charts.cpu(load, limit), charts.memory(load, limit)

    return _ruled((aws, site, env), (*_USE, Measure.TASKS_MAX), too_large, drawn)


@check("scaling.ceiling", guide="10", severity="low", scope="environment", needs=_NEEDS, on_request=True)
def ceiling(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The service was at its highest number of tasks in one hour of a hundred at most."""
    return _ruled((aws, site, env), _TASKS, too_tight, lambda load, now: (charts.tasks(load, now),))


@check("scaling.memory", guide="10", severity="medium", scope="environment", needs=_NEEDS, on_request=True)
def memory(aws: Aws, site: Site, env: Environment) -> Verdict:
    """Memory falls again: it follows the load, and does not leak."""
    limit = float(env.scaling.out_percent)
    return _ruled(
        (aws, site, env),
        (Measure.MEMORY, Measure.MEMORY_MAX),
        lambda load, _: never_falls(load),
        lambda load, _: (charts.memory(load, limit),),
    )


@check("scaling.rhythm", guide="10", severity="low", scope="environment", needs=_NEEDS, on_request=True)
def weekly(aws: Aws, site: Site, env: Environment) -> Verdict:
    """No hours of the week need more tasks in most weeks than a schedule has started by then."""
    return _ruled((aws, site, env), _TASKS, rhythm, lambda load, now: (charts.week(load, now),))


@check(
    "scaling.speed",
    guide="10",
    severity="low",
    scope="environment",
    needs=[
        "application-autoscaling:DescribeScalingActivities",
        "cloudwatch:DescribeAlarms",
        "elasticloadbalancing:DescribeTargetGroups",
        *PRESENT_NEEDS,
    ],
    on_request=True,
)
def speed(aws: Aws, site: Site, env: Environment) -> Verdict:
    """From the passing of the threshold to a healthy target it takes five minutes at most, most of the time."""
    scaled, now = together(lambda: scaled_out(aws, site, env), lambda: present(aws, site, env))
    if now is None:
        return blocked("ecs.scaling.target", _NOT_SCALING)
    return _judged(too_slow(scaled, now), ())


def _ruled(
    asked: tuple[Aws, Site, Environment],
    measures: tuple[Measure, ...],
    rule: Callable[[Load, Present], Finding],
    drawn: Callable[[Load, Present], tuple[Chart, ...]],
) -> Verdict:
    load, now = together(lambda: quarter(*asked, *measures), lambda: present(*asked))
    if now is None:
        return blocked("ecs.scaling.target", _NOT_SCALING)
    return _judged(rule(load, now), drawn(load, now) if load.hours else ())


def _judged(found: Finding, drawn: tuple[Chart, ...]) -> Verdict:
    proposed = "yes" if found.proposal is not None else "no"
    evidence = {"proposed": proposed, **found.evidence, **(told(*drawn) if drawn else {})}
    if not found.known:
        return unknown(Cause.UNDECIDED, found.because, "review again when there is more data", **evidence)
    if found.proposal is None:
        return passed(found.because, **evidence)
    because = f"{found.because}; proposed: {found.proposal}"
    return warn(because, "accept it or reject it, with a reason", **evidence, proposal=str(found.proposal))
