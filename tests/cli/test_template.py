"""The answers file that is printed to be filled in."""

import yaml
from msgspec import convert

from runbook_tui.cli.drafts import drafts
from runbook_tui.cli.template import template
from runbook_tui.core.change import Change
from runbook_tui.core.change_commands import ReportPlan
from runbook_tui.core.confirmation import Confirmation
from runbook_tui.core.plan import ApiCall, Choice, Plan, Question, Risk
from runbook_tui.core.runbook import Ask, Family, Offer, Option, Runbook, Step
from runbook_tui.engine.headless import Consent, Script

CALL = ApiCall(id="c", service="ecs", operation="update_service", parameters={}, effect="e")
PLAN = Plan(action="a", title="T", environment="prod", resource="r", effect="E\nF", risk=Risk.CHANGE, calls=(CALL,))
ZONE = Question(
    name="zone", text="Which\nzone?", choices=(Choice(value="a", label="A: first"), Choice(value="b", label="B"))
)
DAYS = Question(name="days", text="How long?", default="30")
WORD = Question(name="word", text="The password", hidden=True)
NAME = Question(name="name", text="Its name")
BOOK = Runbook(
    id="r",
    title="R",
    family=Family.MAINTENANCE,
    outcome="o",
    steps=(
        Step(
            id="which",
            title="Which",
            ask=Ask(
                question='"How"?',
                options={
                    "no": Option(label="It cannot be", go="never"),
                    "on": Option(label="Go on", go="make"),
                    "back": Option(label="Back", go="which"),
                },
            ),
        ),
        Step(id="never", title="Never", action=Offer(use="never")),
        Step(
            id="make", title="Make", action=Offer(use="make", inputs={"known": "k"}), confirm="It was seen", next="end"
        ),
        Step(id="beside", title="Beside", ask=Ask(question="?", options={"x": Option(label="X")}), confirm="No"),
        Step(id="end", title="End", end=True),
    ),
)


def plan(change: Change) -> ReportPlan:
    """``make`` asks one thing after the other; nothing else can be planned."""
    if change.action != "make":
        return ReportPlan(change=1, reason="not now", remedy="later")
    assert change.inputs["known"] == "k"
    missing = next((one for one in (ZONE, DAYS) if one.name not in change.inputs), None)
    if missing is not None:
        return ReportPlan(change=1, questions=(missing,))
    return ReportPlan(change=1, plan=PLAN, confirmation=Confirmation(word="prod", approver=True))


def read(text: str) -> Script:
    return convert(yaml.safe_load(text), Script)


def test_it_is_an_answers_file_for_the_straight_way() -> None:
    """The first option that can be gone, defaults where there are any, the word to type; nothing beside the way."""
    made = Consent(inputs={"zone": "", "days": "30"}, typed="prod")
    expected = Script(answers={"which": "on"}, change={"make": made}, confirm={"make": ""})
    assert read(template(BOOK, "prod", drafts(BOOK.steps, plan))) == expected


def test_every_question_is_there_with_its_choices() -> None:
    """Those beside the straight way as comments; what cannot be planned with the reason."""
    text = template(BOOK, "prod", drafts(BOOK.steps, plan))
    for said in (
        "#   a: A: first",
        "#   b: B",
        "# Which zone?",
        '# Which: "How"?',
        "# It cannot be",
        "not now (later)",
    ):
        assert said.removeprefix("# ") in text
    assert '  # beside: "x"' in text
    assert '  # beside: ""' in text


def test_secrets_are_not_asked_for_in_a_file() -> None:
    """An input that is typed unseen is told, and has no place to be filled in."""

    def asks(change: Change) -> ReportPlan:
        return ReportPlan(change=1, questions=(WORD, NAME)) if change.action == "make" else plan(change)

    text = template(BOOK, "prod", drafts(BOOK.steps, asks))
    assert "word: a secret" in text
    assert read(text).change["make"] == Consent(inputs={"name": ""}, typed="prod")
