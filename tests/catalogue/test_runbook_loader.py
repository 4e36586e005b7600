"""From a runbook's text to frozen types, or to everything that is wrong with it."""

from pathlib import Path

import pytest

from runbook_tui.catalogue import loader
from runbook_tui.catalogue.check_ids import check_ids
from runbook_tui.catalogue.registry import all_checks
from runbook_tui.core.problems import RunbookProblem
from runbook_tui.core.runbook import Ask, Family, Option, Runbook, Sign, Step, Wait
from tests.support.check_ids import CHECK_IDS

HEAD = "id: one\ntitle: One\nfamily: rollback\noutcome: Done.\nsteps:\n"


def found(steps: str, head: str = HEAD) -> list[str]:
    return [str(one) for one in loader.inspect(head + steps, "r.yaml", CHECK_IDS)[1]]


def loaded(steps: str) -> Runbook:
    return loader.load_text(HEAD + steps, "r.yaml", CHECK_IDS)


def test_a_whole_runbook_becomes_types() -> None:
    """Patterns are expanded in the registry's order, durations are seconds, one command may stand alone."""
    text = (
        "id: one\ntitle: One\nfamily: rollback\nguide: ['9.2']\noutcome: Done.\nenvironments: [prod]\nsteps:\n"
        "  - {id: a, title: A, checks: ['tg.*', smoke.endpoint, tg.exists], otherwise: {go: b},\n"
        "     ask: {question: Q, options: {x: {label: X, go: b}, y: {label: 'Yes'}}}}\n"
        "  - {id: b, title: B, text: T, guide: ['9'], wait: {until: [tg.exists], timeout: 15m, every: 5},\n"
        "     by_hand: aws x, console: 'https://a.b/c', next: d}\n"
        "  - {id: d, title: D, confirm: C, by_hand: [one, two], end: true}\n"
    )
    runbook = loader.load_text(text, "r.yaml", CHECK_IDS)
    options = {"x": Option(label="X", go="b"), "y": Option(label="Yes")}
    assert runbook == Runbook(
        id="one",
        title="One",
        family=Family.ROLLBACK,
        guide=("9.2",),
        outcome="Done.",
        environments=("prod",),
        text=text,
        sha256=runbook.sha256,
        steps=(
            Step(
                id="a",
                title="A",
                checks=("tg.exists", "tg.health-check", "tg.targets-healthy", "tg.deregistration", "smoke.endpoint"),
                ask=Ask(question="Q", options=options),
                otherwise="b",
            ),
            Step(
                id="b",
                title="B",
                text="T",
                guide=("9",),
                wait=Wait(until=("tg.exists",), timeout=900.0, every=5.0),
                by_hand=("aws x",),
                console="https://a.b/c",
                next="d",
            ),
            Step(id="d", title="D", confirm="C", by_hand=("one", "two"), end=True),
        ),
    )


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    """sha256sum of the file gives what the journal says, line ends included."""
    import hashlib

    path = tmp_path / "r.yaml"
    data = (HEAD + "  - {id: a, title: A}\n").replace("\n", "\r\n").encode()
    path.write_bytes(data)
    runbook = loader.load(str(path), CHECK_IDS)
    assert runbook.sha256 == hashlib.sha256(data).hexdigest()
    assert loader.load_text(runbook.text, "journal", CHECK_IDS) == runbook


STEP = "  - {id: a, title: A"


@pytest.mark.parametrize(
    ("steps", "finding"),
    [
        ("  - {id: a, title: A, next: b}\n", 'r.yaml:6:29: no step is called "b"'),
        (STEP + ", otherwise: {go: aa}}\n", 'r.yaml:6:39: no step is called "aa"; did you mean "a"?'),
        (
            STEP + ", ask: {question: Q, options: {x: {label: X, go: z}, y: {label: Y}}}}\n",
            'r.yaml:6:70: no step is called "z"',
        ),
        (STEP + "}\n  - {id: a, title: B}\n", 'r.yaml:7:10: two steps are called "a" (numbers 1 and 2)'),
        (STEP + ", end: true}\n  - {id: b, title: B}\n", 'r.yaml:7:10: nothing leads to step "b"'),
        (
            STEP + "}\n  - {id: b, title: B, next: a}\n",
            "r.yaml:7:10: a way round that no question breaks: a → b → a; let an ask step decide",
        ),
        (STEP + ", otherwise: {go: a}}\n", "a way round that no question breaks: a → a"),
        (STEP + ", checks: [tg.exist]}\n", 'r.yaml:6:32: no check is called "tg.exist"; did you mean "tg.exists"?'),
        (STEP + ", checks: [targets-healthy]}\n", 'did you mean "tg.targets-healthy"?'),
        (STEP + ", checks: ['role.*']}\n", 'no check matches "role.*"'),
        (STEP + ", wait: {until: [x.y], timeout: 1m}}\n", 'r.yaml:6:38: no check is called "x.y"'),
        (STEP + ", wait: {until: [tg.exists], timeout: 15 min}}\n", '"15 min" where a duration is wanted; write 90s'),
        (STEP + ", wait: {until: [tg.exists], timeout: 0}}\n", "where a duration is wanted"),
        (STEP + ", wait: {until: [tg.exists]}}\n", "wait has no timeout"),
        (STEP + ", cheks: [tg.exists]}\n", 'r.yaml:6:23: "cheks" is not a key of a step; did you mean "checks"?'),
        (STEP + ", next: b, end: true}\n  - {id: b, title: B}\n", "next and end exclude each other"),
        (
            STEP + ", confirm: C, ask: {question: Q, options: {x: {label: X}, y: {label: Y}}}}\n",
            "ask and confirm exclude",
        ),
        (STEP + ", ask: {question: Q, options: {x: {label: X}}}}\n", "1 where 2 or more are needed"),
        (
            STEP + ", ask: {question: Q, options: {X: {label: X}, y: {label: Y}}}}\n",
            '"X" is not a name of small letters',
        ),
        (STEP + ", guide: [9.2]}\n", '9.2 without quotes is not a text; put it in quotes: "9.2"'),
        (STEP + ", console: 'http://x'}\n", "is not a link that starts with https://"),
        (STEP + ", end: maybe}\n", '"maybe" where true or false is wanted'),
        (STEP + ", text: }\n", "is empty; give it a text"),
        (STEP + ", by_hand: [[x]]}\n", "a list where a text is wanted"),
        ("  - {id: A, title: A}\n", '"A" is not a name of small letters'),
        ("  - {title: A}\n", "r.yaml:6:5: a step has no id"),
        ("  - just a text\n", '"just a text" where a map of a step is wanted'),
        ("  []\n", "the list is empty"),
        (
            STEP + ", by_hand: 'aws {{ env.servce }}'}\n",
            'there is no env.servce; did you mean "service"?',
        ),
        (STEP + ", text: '{{ site.net }}'}\n", "site.net is a section, not a value"),
        (STEP + ", console: 'https://{{ facts.x }}'}\n", "{{ facts.x }} is neither site.… nor env.…"),
        (STEP + ", by_hand: 'aws \"{{ env.service }}\"'}\n", "stands inside quotes"),
    ],
)
def test_what_is_wrong_is_found_where_it_stands(steps: str, finding: str) -> None:
    """Each mistake is said with its place and what to do; nothing is loaded."""
    said = found(steps)
    assert any(finding in one for one in said), said
    assert loader.inspect(HEAD + steps, "r.yaml", CHECK_IDS)[0] is None


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("", "r.yaml:1:1: the file is empty; a runbook needs id, title, family, outcome and steps"),
        ("- a\n", "a list where a map of a runbook is wanted"),
        (HEAD.replace("rollback", "rolback") + "  - {id: a, title: A}\n", 'did you mean "rollback"?'),
        ("environments: [dev]\n" + HEAD + "  - {id: a, title: A}\n", '"dev" is not one of staging, prod'),
        (HEAD.replace("outcome: Done.\n", "") + "  - {id: a, title: A}\n", "a runbook has no outcome"),
    ],
)
def test_what_is_wrong_at_the_top_is_found(text: str, finding: str) -> None:
    """The first level is judged like the steps."""
    said = [str(one) for one in loader.inspect(text, "r.yaml", CHECK_IDS)[1]]
    assert any(finding in one for one in said), said


def test_all_findings_are_told_at_once() -> None:
    """A problem's text holds every finding, in the file's order; its remedy is the first one's."""
    text = HEAD + STEP + ", checks: [tg.exist], nex: b, otherwise: {go: zz}}\n"
    with pytest.raises(RunbookProblem) as caught:
        loader.load_text(text, "r.yaml", CHECK_IDS)
    lines = str(caught.value).splitlines()
    assert [line.split(":")[2] for line in lines] == ["32", "43", "67"]
    assert caught.value.remedy == 'did you mean "tg.exists"?'
    assert caught.value.exit_code == 2


def test_a_question_may_lead_back() -> None:
    """A way round is allowed when the operator decides whether to take it."""
    steps = (
        "  - {id: a, title: A, otherwise: {go: c}, checks: [tg.exists]}\n"
        "  - {id: b, title: B, end: true}\n"
        "  - {id: c, title: C, ask: {question: Q, options: {x: {label: Yes, go: a}, y: {label: No, go: b}}}}\n"
    )
    assert [step.id for step in loaded(steps).steps] == ["a", "b", "c"]


def test_a_long_chain_of_steps_is_no_trouble() -> None:
    """The ways are followed without recursion."""
    steps = "".join(f"  - {{id: s{number}, title: T}}\n" for number in range(3000))
    assert len(loaded(steps).steps) == 3000


def test_the_bundled_runbooks_are_sound() -> None:
    """Every file on the shelf loads with the real registry, under its own name."""
    runbooks = loader.load_all()
    assert {name: runbook.id for name, runbook in runbooks.items()} == {name: name for name in loader.shelf()}
    assert "validation" in runbooks


def test_the_validation_runbook_is_complete() -> None:
    """Every check of what runs and answers is asked, and each step can also be walked by hand."""
    runbook = loader.load("validation", CHECK_IDS)
    asked = {check for step in runbook.steps for check in step.all_checks}
    families = ("pre.", "net.vpc.", "net.subnets.", "sg.", "ecs.cluster.", "ecs.service.", "tg.", "logs.group.")
    assert {check for check in CHECK_IDS if check.startswith(families)} <= asked
    assert {"net.igw", "secret.exists", "secret.keys", "alb.https-listener", "probe.https", "smoke.endpoint"} <= asked
    assert 10 <= len(runbook.steps) <= 14
    assert [step.id for step in runbook.steps if not (step.guide and step.text and step.by_hand and step.console)] == []
    assert sum(step.wait is not None for step in runbook.steps) == 1
    assert [step.id for step in runbook.steps if step.confirm] == ["logs", "iam-activity", "rotation", "cost", "sign"]
    assert any(step.otherwise == "diagnose" for step in runbook.steps)


def test_an_unknown_runbook_is_named_with_what_was_meant() -> None:
    """A slip of the fingers is met with the right name."""
    with pytest.raises(RunbookProblem, match='there is no runbook "validaton"') as caught:
        loader.load("validaton", CHECK_IDS)
    assert caught.value.remedy == 'did you mean "validation"?'


def test_ids_are_read_from_the_sources_as_the_registry_has_them() -> None:
    """Lint knows every check, in the registry's order, without importing one."""
    assert check_ids() == tuple(all_checks())


def test_a_likely_answer_rests_on_a_check_of_the_step() -> None:
    """A sign is read whole; one that no check of the step could see is refused."""
    sign = "{check: tg.exists, evidence: state.code, among: [active]}"
    options = f"{{x: {{label: X, when: [{sign}]}}, y: {{label: Y}}}}"

    def step(check: str) -> str:
        return f"  - {{id: a, title: A, checks: [{check}], ask: {{question: Q, options: {options}}}}}\n"

    ask = loaded(step("tg.exists")).step("a").ask
    assert ask is not None
    assert ask.options["x"].when == (Sign(check="tg.exists", evidence="state.code", among=("active",)),)
    assert any("this step does not ask" in one for one in found(step("smoke.endpoint")))
