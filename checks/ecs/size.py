"""The size of a task (guide 5.2)."""

from datetime import date, timedelta
from typing import Any, Final

from msgspec import Struct

from checks.concerns import warn_or_pass
from runbook_tui.aws.access import Aws
from runbook_tui.aws.facts.ecs_task import TaskDefinition
from runbook_tui.catalogue.registry import check
from runbook_tui.core.fargate import cpu_units, is_offered, memory_mib
from runbook_tui.core.problems import JournalProblem
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Status, Verdict, fail, passed, unknown, warn

LOADTEST: Final = "ecs.taskdef.loadtest"
VALID: Final = timedelta(days=180)
OF_THE_TASK: Final = 0.9  # of the task's memory: less, and what was paid for lies idle


class LoadTest(Struct, frozen=True, kw_only=True):
    """``stated`` by an operator, else as the site file has it."""

    on: date
    said: str
    stated: bool


@check("ecs.taskdef.size", guide="5.2", severity="medium", scope="environment", needs=["ecs:DescribeTaskDefinition"])
def size(aws: Aws, _site: Site, env: Environment) -> Verdict:
    """The task has the size that the site names."""
    definition = aws.ecs.task_definition(env.task_family)
    cpu, memory = cpu_units(definition.cpu), memory_mib(definition.memory)
    evidence: dict[str, Any] = {
        "task_definition": definition.label,
        "cpu": definition.cpu,
        "memory": definition.memory,
        "expected": f"{env.cpu}/{env.memory}",
    }
    remedy = "change the size in the site after a load test, or register a revision with the expected size"
    if cpu is None or memory is None or not is_offered(cpu, memory):
        there = f"{definition.cpu or 'no CPU'}/{definition.memory or 'no memory'}"
        return fail(f"{definition.label} has {there}, which Fargate does not offer", remedy, **evidence)
    there = f"{cpu} CPU units and {memory} MiB"
    if (cpu, memory) != (env.cpu, env.memory):
        return _other(aws, env, there, smaller=cpu < env.cpu or memory < env.memory, evidence=evidence)
    return warn_or_pass(_limits(definition, env, memory), there, remedy, **evidence)


def _other(aws: Aws, env: Environment, there: str, *, smaller: bool, evidence: dict[str, Any]) -> Verdict:
    """Another size than the site's: right only when a load test stands behind it."""
    try:
        tested = last_load_test(aws, env)
    except JournalProblem as problem:
        return unknown(Cause.UNDECIDED, str(problem), problem.remedy, **evidence)
    if tested is not None and _holds(tested, aws):
        because = f"{there}, other than the site's {env.cpu}/{env.memory}, after the load test of {tested.on}"
        return passed(because, **evidence, load_test=str(tested.on))
    because = f"{there}, expected {env.cpu} and {env.memory}"
    if smaller:
        return fail(because, "register a revision with the expected size, or record a load test", **evidence)
    return warn(because, "change the site after a load test, or register the expected size", **evidence)


def _limits(definition: TaskDefinition, env: Environment, memory: int) -> list[str]:
    limit = definition.container(env.container).memory
    if limit is None or limit >= OF_THE_TASK * memory:
        return []
    return [f"container {env.container} may use {limit} of the task's {memory} MiB only"]


@check("ecs.taskdef.loadtest", guide="5.2", severity="low", scope="environment")
def load_test(aws: Aws, _site: Site, env: Environment) -> Verdict:
    """A load test of the last 180 days stands behind the size of the task."""
    verb = f"runbook-tui attest add {LOADTEST} --env {env.name} --text 'peak …/s on {env.cpu}/{env.memory}'"
    remedy = f"run a load test on staging and record its result: {verb} --expires 180d"
    try:
        found = last_load_test(aws, env)
    except JournalProblem as problem:
        return unknown(Cause.UNDECIDED, str(problem), problem.remedy)
    if found is None:
        return warn("no load test is recorded", remedy, size=f"{env.cpu}/{env.memory}")
    evidence = {"date": str(found.on), "said": found.said, "size": f"{env.cpu}/{env.memory}"}
    if not _holds(found, aws):
        return warn(f"the last load test was on {found.on}, more than {VALID.days} days ago", remedy, **evidence)
    because = f"load test of {found.on}: {found.said}"
    return Verdict(status=Status.PASS, because=because, evidence=evidence, attested=found.stated)


def last_load_test(aws: Aws, env: Environment) -> LoadTest | None:
    """The newer of what an operator stated and what the site says. JournalProblem when statements cannot be read."""
    found = []
    stated = aws.attested(LOADTEST, env.name)
    if stated is not None and stated.holds(aws.now().date()):
        found.append(LoadTest(on=stated.at.date(), said=f"{stated.name}: {stated.text}", stated=True))
    if env.load_test_date:
        on = date.fromisoformat(env.load_test_date)
        found.append(LoadTest(on=on, said="as the site file says", stated=False))
    return max(found, key=lambda one: one.on, default=None)


def _holds(found: LoadTest, aws: Aws) -> bool:
    today = aws.now().date()
    return found.on <= today and today - found.on <= VALID
