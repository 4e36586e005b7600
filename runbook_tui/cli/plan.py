"""``runbook-tui plan ACTION``: what a change would do now, without doing it."""

import argparse
from datetime import UTC, datetime
from typing import Final

from runbook_tui import options
from runbook_tui.cli.output import data, tell
from runbook_tui.core.change import Change, Stage
from runbook_tui.core.plan import Question
from runbook_tui.core.plan_text import as_boto3, as_cli, as_text
from runbook_tui.core.problems import UsageProblem
from runbook_tui.core.text import clean

EXIT_REFUSED: Final = 4
EXIT_WAITING: Final = 5
FORMATS: Final = ("text", "json", "aws", "boto3")


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", metavar="ACTION", help="its id: see runbook-tui list actions")
    options.add_environment(parser, required=True)
    parser.add_argument("--input", metavar="NAME=VALUE", action="append", default=[], help="an input; may be repeated")
    parser.add_argument("--format", choices=FORMATS, default="text", help="aws and boto3: the same calls by hand")
    options.add_site(parser)
    options.add_access(parser)


def run(args: argparse.Namespace) -> int:
    """Nothing is changed and nothing is written down: no run is needed to look."""
    from runbook_tui.catalogue.actions import all_actions
    from runbook_tui.catalogue.suggest import did_you_mean
    from runbook_tui.wiring.kit import Kit

    site = options.the_site(args)
    options.the_environments(site, args.env)
    if args.action not in all_actions():
        remedy = did_you_mean(args.action, all_actions()) or "runbook-tui list actions shows them all"
        raise UsageProblem(f"there is no action {args.action}", remedy)
    kit = Kit(site, options.access(args))
    kit.guard()
    report = kit.changes.plan(_asked(args.action, _inputs(args.input)), None, args.env)
    if report.questions:
        for question in report.questions:
            tell(_told(question))
        return EXIT_WAITING
    if report.plan is None:
        tell(f"cannot be planned: {clean(report.reason, 1000)}\n  → {clean(report.remedy, 1000)}")
        return EXIT_REFUSED
    match args.format:
        case "json":
            import msgspec

            data(msgspec.json.encode({"schema": 1, "digest": report.digest, "plan": report.plan}).decode())
        case "aws":
            data(as_cli(report.plan))
        case "boto3":
            data(as_boto3(report.plan, site.aws.region))
        case _:
            data("\n".join(clean(line, 4000) for line in as_text(report.plan).splitlines()))
    return 0


def _asked(action: str, inputs: dict[str, str]) -> Change:
    return Change(number=1, step="", action=action, stage=Stage.ASKED, asked_at=datetime.now(UTC), inputs=inputs)


def _inputs(given: list[str]) -> dict[str, str]:
    """UsageProblem for one without ``=``."""
    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageProblem(f"--input {text} is not NAME=VALUE", "for example --input days=30")
        found[name] = value
    return found


def _told(question: Question) -> str:
    choices = f" (one of: {', '.join(clean(choice.value) for choice in question.choices)})" if question.choices else ""
    usual = f", usually {clean(question.default)}" if question.default else ""
    hidden = "; a secret: it is asked while the change is made" if question.hidden else ""
    return f"needs --input {question.name}=…  {clean(question.text)}{choices}{usual}{hidden}"
