"""The answers file of a runbook, to be filled in: every question with its choices, and the default where it is safe."""

import json
from collections.abc import Iterable, Iterator, Mapping

from runbook_tui.cli.drafts import Draft
from runbook_tui.core.plan import Question
from runbook_tui.core.runbook import Runbook, Step
from runbook_tui.core.text import clean

_HEAD = """\
# Answers for: runbook-tui run {runbook} --env {environment} --headless --answers FILE
# Fill in what is empty; take out what you do not agree to: where this file is silent the run waits for you.
# The straight way is filled in; what lies beside it is commented out.
"""
_TAIL = """\
# Why a step may be passed although a check did not, or left out:
# accept: {STEP: why}
# skip: {STEP: why}
# What became of a call that was in doubt when the run was taken up again:
# settle: {STEP: happened}  # or not
"""


def template(runbook: Runbook, environment: str, drafts: Mapping[str, Draft]) -> str:
    """YAML that can be used as it is."""
    way = _straight(runbook, drafts)
    later = _later(way, drafts)
    blocks = {
        "answers": {step.id: _answer(step, drafts) for step in runbook.steps},
        "reasons": {step.id: _why(step, drafts) for step in runbook.steps},
        "change": {name: _change(draft, environment, later=name in later) for name, draft in drafts.items()},
        "confirm": {step.id: _confirm(step) for step in runbook.steps},
    }
    parts = {
        name: [line for step, block in found.items() for line in (block if step in way else map(_beside, block))]
        for name, found in blocks.items()
    }
    lines = [_HEAD.format(runbook=runbook.id, environment=environment)]
    for name, found in parts.items():
        if found:
            empty = " {}" if all(line.lstrip().startswith("#") for line in found) else ""
            lines += [f"{name}:{empty}", *found, ""]
    return "\n".join([*lines, _TAIL])


def _straight(runbook: Runbook, drafts: Mapping[str, Draft]) -> dict[str, None]:
    """The steps of a run in which every check passes and every question gets the answer of this file."""
    way: dict[str, None] = {}  # in the order of the walk
    step: str | None = runbook.steps[0].id
    while step is not None and step not in way:
        way[step] = None
        found = runbook.step(step)
        option = found.ask.options[_chosen(found, drafts)] if found.ask is not None and _chosen(found, drafts) else None
        step = option.go if option is not None and option.go is not None else runbook.following(found)
    return way


def _later(way: Iterable[str], drafts: Mapping[str, Draft]) -> set[str]:
    """Steps whose change cannot be planned now, and may be when the changes before it on the way were made."""
    found: set[str] = set()
    changed = False
    for draft in (drafts[step] for step in way if step in drafts):
        if changed and not draft.possible:
            found.add(draft.step.id)
        changed = changed or draft.changes
    return found


def _beside(line: str) -> str:
    return line if line.startswith("  #") else f"  # {line[2:]}"


def _chosen(step: Step, drafts: Mapping[str, Draft]) -> str:
    """The first option that leads to no change which could not be planned now and must be made; empty when each
    does."""
    assert step.ask is not None, "only a step that asks is answered"
    going = {name: drafts.get(option.go or "") for name, option in step.ask.options.items()}
    return next((name for name, draft in going.items() if draft is None or draft.possible or draft.optional), "")


def _answer(step: Step, drafts: Mapping[str, Draft]) -> Iterator[str]:
    if step.ask is None:
        return
    yield f"  # {_line(step.title)}: {_line(step.ask.question)}"
    for name, option in step.ask.options.items():
        yield f"  #   {name}: {_line(option.label)}"
    yield f"  {step.id}: {_text(_chosen(step, drafts))}"


def _why(step: Step, drafts: Mapping[str, Draft]) -> Iterator[str]:
    """What has to be said with the answer that this file gives."""
    option = step.ask.options.get(_chosen(step, drafts)) if step.ask is not None else None
    if option is not None and option.why:
        yield f"  # {_line(option.label)}: {_line(option.why)}"
        yield f'  {step.id}: ""'


def _change(draft: Draft, environment: str, *, later: bool) -> Iterator[str]:
    report = draft.report
    yield f"  # {_line(draft.step.title)}"
    if not draft.possible:
        why = f"{_line(report.reason)} ({_line(report.remedy)})"
        when = "cannot be planned before its turn" if later else f"{draft.step.id}: cannot be planned now"
        yield f"  # {when}: {why}"
        if later:
            yield from (f"  {draft.step.id}:", f"    typed: {_text(environment)}")
            yield from _second_person() if environment == "prod" else ()
        return
    if report.plan is not None:
        yield f"  # {report.plan.risk.value}: {_line(report.plan.title)}: {_line(report.plan.effect)}"
    yield f"  {draft.step.id}:"
    typed = [question for question in draft.questions if not question.hidden]
    if typed:
        yield "    inputs:"
    for question in draft.questions:
        yield from _input(question)
    unknown = "" if report.plan is not None else "  # told when it is planned"
    word = report.confirmation.word if report.plan is not None else environment
    yield f"    typed: {_text(word)}{unknown}"
    if report.confirmation.approver:
        yield from _second_person()


def _second_person() -> Iterator[str]:
    yield "    # Where a second person has to approve: what runbook-tui approve printed, or why nobody is waited for."
    yield '    approval: ""'
    yield '    break_glass: ""'


def _input(question: Question) -> Iterator[str]:
    yield f"      # {_line(question.text)}"
    if question.hidden:
        yield f"      # {question.name}: a secret, typed unseen on the screen or given by --secrets: never in a file"
        return
    for choice in question.choices:
        yield f"      #   {_line(choice.value)}: {_line(choice.label)}"
    yield f"      {question.name}: {_text(question.default)}"


def _confirm(step: Step) -> Iterator[str]:
    if step.confirm is not None:
        yield f"  # {_line(step.title)}: {_line(step.confirm)}"
        yield f'  {step.id}: ""'


def _line(text: str) -> str:
    return " ".join(clean(text, 1000).split())


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
