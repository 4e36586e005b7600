"""The reference page of triage: its rules, and where it ranks the true causes of what the simulator knows."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from runbook_tui.triage.order import PRECEDENCE
from runbook_tui.triage.rule import Rule, all_rules

CASES = Path(__file__).parent / "triage-cases.yaml"


def page() -> Iterator[str]:
    yield "# Triage: rules and ranks\n"
    yield "How it works: [triage.md](../triage.md).\n"
    yield from _ranks(yaml.safe_load(CASES.read_text()))
    yield "\n## Rules\n\n| Rule | Likely cause | Confidence | Likelier after | Confirmed by | Put right by |"
    yield "|---|---|---|---|---|---|"
    rules = sorted(all_rules().values(), key=lambda one: (_place(one), one.id))
    yield from (_row(one) for one in rules)


def _ranks(told: Mapping[str, Any]) -> Iterator[str]:
    cases = told["cases"]
    first = sum(case["rank"] == 1 for case in cases)
    yield f"\n## Ranks\n\nOf {len(cases)} troubles of the simulator the true cause stands first in {first}, "
    yield f"and never after the place {max(case['rank'] for case in cases)}. In {len(told['calm'])} worlds in which "
    yield "nothing is wrong that prod feels (deployments, growth, what is over) no cause is likely.\n"
    yield "| What goes wrong | Looked at after | True cause | Rank |\n|---|---|---|---|"
    for case in cases:
        faults = " + ".join(f"`{name}`" for name in case["faults"])
        yield f"| {faults} | {case['after']} s | {' or '.join(case['truth'])} | {case['rank']} |"


def _place(one: Rule) -> int:
    return PRECEDENCE.index(one.id if one.id in PRECEDENCE else one.family)


def _row(one: Rule) -> str:
    kinds = ", ".join(one.boosted_by) or "–"
    confirm = ", ".join(f"`{name}`" for name in one.confirm) or "–"
    remedy = f"runbook `{one.runbook}`" if one.runbook else f"`{one.action}`" if one.action else "–"
    return f"| {one.id} | {one.cause} | {one.confidence:.2f} | {kinds} | {confirm} | {remedy} |"
