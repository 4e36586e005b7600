"""What a rollout costs its tasks (guide 9.2)."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.rollout_series import used
from runbook_tui.aws.facts.series import Series, Window
from runbook_tui.catalogue.registry import check
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, fail, unknown

HIGH: Final = 80.0  # percent
FULL: Final = 95.0  # percent of memory: the kernel is about to end the container
LEAK_MINUTES: Final = 5
LEAK_RISE: Final = 2.0  # percent points: less is noise


@check("roll.cpu-mem", guide="9.2", severity="medium", scope="environment", needs=["cloudwatch:GetMetricData"])
def cpu_memory(aws: Aws, site: Site, env: Environment) -> Verdict:
    """The tasks have CPU and memory to spare, and memory does not only grow."""
    window = Window.before(aws.now(), site.roll.window_min)
    found = used(aws.series, site.ecs.cluster, env.service, window)
    cpu, memory, peak = (tuple(found[name].values()) for name in ("cpu", "memory", "memory_peak"))
    evidence: dict[str, Any] = {name: _shown(series) for name, series in found.items()}
    if not cpu or not memory or not peak:
        because = f"CloudWatch has no use of CPU and memory of {env.service}: no task ran, or its metrics are late"
        return unknown(Cause.UNDECIDED, because, "see ecs.service.running, then re-check in two minutes", **evidence)
    if max(peak) > FULL:
        because = f"a task used {max(peak):.0f} % of its memory"
        return fail(because, "roll back, or give the tasks more memory", **evidence)
    concerns = [
        f"{name} {_mean(values):.0f} %, expected under {HIGH:.0f} %"
        for name, values in (("CPU", cpu), ("memory", memory))
        if _mean(values) >= HIGH
    ]
    if grows(memory):
        concerns.append(f"memory only grows: {memory[0]:.1f} to {memory[-1]:.1f} % in {len(memory)} min")
    good = f"CPU {_mean(cpu):.0f} %, memory {_mean(memory):.0f} %"
    return warn_or_pass(concerns, good, "compare with the revision before, and right-size the tasks", **evidence)


def grows(values: Sequence[float]) -> bool:
    """Without a single step back, and by more than noise."""
    steadily = all(later > earlier for earlier, later in pairwise(values))
    return len(values) >= LEAK_MINUTES and steadily and values[-1] - values[0] >= LEAK_RISE


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _shown(series: Series) -> list[float]:
    return [round(value, 1) for value in series.values()]
