"""The terminal program on a stage: the real program and a real runner's process, with canned verdicts."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from runbook_tui.core.runbook import Ask, Family, Option, Runbook, Step, Wait
from runbook_tui.core.site import Environment, Site
from runbook_tui.core.verdict import Cause, Verdict, fail, passed, unknown, warn
from runbook_tui.tui.app import RunbookApp
from runbook_tui.tui.launch import Launch
from tests.support.scripted_host import Script

BOOK = Runbook(
    id="validation",
    title="Validate a deployment",
    family=Family.VALIDATION,
    outcome="Everything that the guide asks for is as it should be.",
    steps=(
        Step(
            id="identity",
            title="Who and where",
            text="Look at the **top line**: is this the account that you mean?\n\n- the account\n- the region",
            checks=("pre.credentials", "pre.account-match", "pre.region"),
            by_hand=("aws sts get-caller-identity",),
            console="https://console.aws.amazon.com/",
        ),
        Step(
            id="targets",
            title="Healthy targets",
            text="Every task must be a healthy target.",
            checks=("tg.exists", "tg.targets-healthy", "ecs.service.steady"),
            otherwise="look",
            by_hand=(
                "aws elbv2 describe-target-health --target-group-arn arn:aws:elasticloadbalancing:ap-south-1:1:tg/x",
            ),
        ),
        Step(
            id="judge",
            title="Judge the release",
            ask=Ask(
                question="Is the release good?",
                options={
                    "good": Option(label="It is good", go="settle"),
                    "bad": Option(label="It is bad", go="look"),
                },
            ),
        ),
        Step(id="look", title="Look at the logs", confirm="I have read the last 100 log lines."),
        Step(
            id="settle",
            title="Wait until it settles",
            wait=Wait(until=("ecs.service.desired-min",), timeout=900, every=15),
        ),
        Step(id="close", title="Close", text="Write down what you saw."),
    ),
)

ANSWERS: Mapping[str, Sequence[Verdict]] = {
    "pre.credentials": [passed("AsharviOnCall, 52 min left", role="AsharviOnCall")],
    "pre.account-match": [passed("123456789012", account="123456789012")],
    "pre.region": [passed("ap-south-1")],
    "tg.exists": [passed("asharvi-backend-tg-stg")],
    "tg.targets-healthy": [
        fail(
            "0 of 2 healthy: Target.ResponseCodeMismatch [503]",
            "runbook rollback, step previous-revision",
            healthy=0,
            targets=[{"id": "10.20.10.11", "state": "unhealthy"}, {"id": "10.20.11.7", "state": "unhealthy"}],
        ),
        passed("2 of 2 healthy"),
    ],
    "ecs.service.steady": [warn("1 deployment in progress", "wait for it", deployments=1)],
    "ecs.service.desired-min": [passed("desired 2, expected at least 2")],
}
DENIED = unknown(Cause.DENIED, "not allowed: ecs:DescribeServices", "add ecs:DescribeServices to the policy")

SITE = Site(
    environments={"staging": Environment(name="staging"), "prod": Environment(name="prod")},
    read_only=False,
)


def staged(
    folder: Path,
    *,
    book: Runbook = BOOK,
    answers: Mapping[str, Sequence[Verdict]] = ANSWERS,
    delay: float = 0.0,
    gate: Path | None = None,
    world: str = "simulated",
    error: str = "",
    remedy: str = "",
    stop_after: int = 0,
    site: Site = SITE,
    start: tuple[str, str] | None = None,
    open_run: str | None = None,
) -> RunbookApp:
    """The program, not yet running; its state folder is ``folder``."""
    script = Script(
        runbook=book,
        answers={check: list(verdicts) for check, verdicts in answers.items()},
        delay=delay,
        gate=str(gate or ""),
        world=world,
        error=error,
        remedy=remedy,
        stop_after=stop_after,
    )
    path = folder / "script.json"
    path.write_bytes(msgspec.json.encode(script))
    program = (sys.executable, "-m", "tests.support.scripted_host", str(path))
    launch = Launch(site=site.path, state_dir=folder, program=program)
    return RunbookApp(launch, site, start=start, open_run=open_run)
