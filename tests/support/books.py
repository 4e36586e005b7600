"""Small runbooks for tests of the core and the engine."""

from runbook_tui.core.runbook import Ask, Family, Option, Runbook, Step, Wait


def book(*steps: Step) -> Runbook:
    return Runbook(
        id="small", title="Small", family=Family.VALIDATION, outcome="Done.", steps=steps, text="id: small\n"
    )


def every_kind() -> Runbook:
    """A step of each kind: checks with a branch, a question, a confirmation, a wait, a plain end."""
    return book(
        Step(id="look", title="Look", checks=("a.one", "a.two"), otherwise="mend"),
        Step(
            id="choose",
            title="Choose",
            ask=Ask(
                question="Which way?",
                options={"back": Option(label="Look again", go="look"), "on": Option(label="Go on", go="hold")},
            ),
        ),
        Step(id="mend", title="Mend", confirm="I have mended it"),
        Step(id="hold", title="Hold", checks=("b.one",), wait=Wait(until=("b.two",), timeout=60, every=5)),
        Step(id="close", title="Close", checks=("a.one",)),
    )
