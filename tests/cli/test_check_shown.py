"""How a sweep is grouped, narrowed and marked; and how a watch tells what changed."""

import argparse
import json
from xml.etree import ElementTree as ET

import pytest

from runbook_tui.catalogue.registry import all_checks
from runbook_tui.catalogue.sections import SECTIONS
from runbook_tui.cli.check import exit_code, interval
from runbook_tui.cli.chosen import chosen
from runbook_tui.cli.formats import FORMATS
from runbook_tui.cli.sweep import TROUBLE, Sweep
from runbook_tui.cli.table import as_table
from runbook_tui.cli.watch import LINES, as_line, news, watch
from runbook_tui.core.problems import UsageProblem
from runbook_tui.core.verdict import Severity, Status
from tests.support.sweeps import BEGAN, WAIVER, a_result, a_sweep

WAIVED = a_result("a.waived", Status.FAIL, because="off; waived until 2027-01-31 by asha: x", waiver=WAIVER)


def test_the_table_is_grouped_by_the_guides_sections() -> None:
    """P comes first, then 1 to 10 by number, each with its name once, whatever the order of the answers."""
    results = [
        a_result("j.ten", guide="10"),
        a_result("e.five", guide="5.3"),
        a_result("p.pre", guide="P"),
        a_result("e.more", guide="5.1"),
        a_result("b.two", guide="2.1"),
    ]
    lines = as_table(a_sweep(results)).splitlines()[1:-1]
    assert [line.split("  ")[0] for line in lines if not line.startswith(("✔", " "))] == ["P", "2", "5", "10"]
    assert lines[lines.index("5  ECS Fargate") + 1].split()[3] == "e.five"


def test_what_answers_on_request_only_has_to_be_named() -> None:
    """No sweep asks it, not even of its section; its id and a pattern do."""
    checks = all_checks()
    asked = {name for name, one in checks.items() if one.on_request}
    assert asked
    assert asked.isdisjoint(chosen(checks))
    assert asked.isdisjoint(chosen(checks, sections=["1", "10"]))
    assert set(chosen(checks, sorted(asked))) == asked


def test_every_check_belongs_to_a_section_with_a_name() -> None:
    """No heading is a bare number."""
    assert {check.guide.partition(".")[0] for check in all_checks().values()} <= set(SECTIONS)


def test_evidence_is_shown_when_it_is_asked_for() -> None:
    """One fact a line, harmless for a terminal."""
    sweep = a_sweep([a_result("a.b", evidence={"running": 2, "ids": ["x\x1b[31m"], "name\x07": "red\x1b[0m"})])
    assert "running" not in as_table(sweep)
    lines = [line.strip() for line in as_table(sweep, evidence=True).splitlines() if "·" in line]
    assert lines[1:] == ["· running: 2", '· ids: ["x\\u001b[31m"]', "· name: red"]


def test_failed_narrows_what_is_shown_and_counts_everything() -> None:
    """PASS and SKIP are left out of every format; the summary still counts them."""
    sweep = a_sweep([a_result(f"a.{status.word}", status) for status in Status], only=TROUBLE)
    assert "a.pass" not in as_table(sweep)
    assert as_table(sweep).splitlines()[-1].startswith("1 pass, 1 warn, 1 fail, 1 unknown, 1 skip:")
    found = json.loads(FORMATS["json"](sweep))
    assert [one["status"] for one in found["results"]] == ["WARN", "FAIL", "UNKNOWN"]
    assert found["summary"]["PASS"] == 1
    suite = ET.fromstring(FORMATS["junit"](sweep))[0]
    assert (suite.get("tests"), suite.get("skipped"), len(suite)) == ("3", "0", 3)


def test_a_waived_failure_is_shown_as_waived_everywhere() -> None:
    """Never as a pass, never as a failure that counts: word, data, JUnit, exit code, sentence."""
    sweep = a_sweep([WAIVED, a_result("a.fine")])
    assert "✘ waived " in as_table(sweep)
    assert "1 pass, 1 fail (1 waived):" in as_table(sweep)
    assert "| ✘ waived |" in FORMATS["markdown"](sweep)
    found = json.loads(FORMATS["json"](sweep))
    assert (found["summary"]["FAIL"], found["waived"]) == (1, 1)
    assert found["results"][0]["waiver"] == {"reason": "known: ticket 7", "owner": "asha", "expires": "2027-01-31"}
    assert "waiver" not in found["results"][1]
    suite = ET.fromstring(FORMATS["junit"](sweep))[0]
    assert {name: suite.get(name) for name in ("failures", "skipped")} == {"failures": "0", "skipped": "1"}
    assert [child.tag for child in suite[0]] == ["skipped"]
    assert exit_code(sweep.results) == 0
    assert exit_code([WAIVED, a_result("a.b", Status.FAIL)]) == 1
    assert exit_code([WAIVED, a_result("a.b", Status.UNKNOWN)]) == 3


def test_an_attested_verdict_is_marked() -> None:
    """In the data, and in JUnit, where a pass is otherwise silent."""
    sweep = a_sweep([a_result("a.b", because="attested by asha on …", attested=True)])
    assert json.loads(FORMATS["json"](sweep))["results"][0]["attested"] is True
    assert "attested by asha" in (ET.fromstring(FORMATS["junit"](sweep))[0][0].findtext("system-out") or "")


def test_checks_are_chosen_by_pattern_section_and_severity() -> None:
    """All of them narrow; a severity means itself and worse; the guide's order is kept."""
    checks = all_checks()
    assert chosen(checks) == tuple(name for name, one in checks.items() if not one.on_request)
    of_five = chosen(checks, sections=["5"])
    assert {checks[name].guide.partition(".")[0] for name in of_five} == {"5"}
    serious = chosen(checks, sections=["5", "2"], at_least=Severity.HIGH)
    assert {checks[name].severity for name in serious} <= {Severity.CRITICAL, Severity.HIGH}
    assert set(serious) < set(chosen(checks, sections=["2", "5"]))
    assert chosen(checks, ["ecs.cluster.*"], sections=["2"]) == ()
    assert chosen(checks, ["ecs.cluster.active", "pre.*"])[-1] == "ecs.cluster.active"


@pytest.mark.parametrize(
    ("patterns", "sections", "remedy"),
    [(["ecs.cluster.activ"], [], "ecs.cluster.active"), ([], ["77"], "one of: "), (["section:x"], [], "one of: ")],
)
def test_what_means_no_check_is_a_usage_problem(patterns: list[str], sections: list[str], remedy: str) -> None:
    """Never an empty, green answer."""
    with pytest.raises(UsageProblem) as caught:
        chosen(all_checks(), patterns, sections=sections)
    assert remedy in caught.value.remedy


@pytest.mark.parametrize("text", ["0", "-1", "3601", "nan", "inf", "tg.*", ""])
def test_an_interval_is_a_number_of_seconds(text: str) -> None:
    """From a second to an hour; a pattern that slipped in is not one."""
    with pytest.raises(argparse.ArgumentTypeError):
        interval(text)
    assert interval("1.5") == 1.5


class Ended:
    """Sleeps as often as there are sweeps left, then somebody presses Ctrl-C."""

    def __init__(self, *sweeps: Sweep) -> None:
        self._left = list(sweeps)
        self.slept: list[float] = []

    def ask(self) -> Sweep:
        if not self._left:
            raise KeyboardInterrupt
        return self._left.pop(0)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def test_a_watch_prints_what_changed_until_it_is_interrupted(capsys: pytest.CaptureFixture[str]) -> None:
    """First everything, then each change once, with the former status; narration stays off standard output."""
    fine, bad = a_result("a.b"), a_result("a.b", Status.FAIL)
    other = a_result("a.c", because="same")
    ended = Ended(a_sweep([fine, other]), a_sweep([bad, other]), a_sweep([bad, other]), a_sweep([fine, other]))
    last = watch(ended.ask, 5.0, as_line, ended.sleep)
    out, err = capsys.readouterr()
    assert [line.split("  ", 1)[1] for line in out.splitlines()] == [
        "✔ pass    prod a.b  a.b is pass",
        "✔ pass    prod a.c  same",
        "✘ fail    prod a.b  a.b is fail (was pass)",
        "✔ pass    prod a.b  a.b is pass (was fail)",
    ]
    assert ended.slept == [5.0] * 4
    assert len(err.splitlines()) == 4
    assert last.results[0].status is Status.PASS


def test_a_watch_that_is_interrupted_before_its_first_answer_says_so() -> None:
    """There is no verdict to take an exit code from."""
    with pytest.raises(KeyboardInterrupt):
        watch(Ended().ask, 5.0, as_line, Ended().sleep)


def test_an_interrupt_while_a_sweep_is_told_does_not_forget_it() -> None:
    """The exit code is that of the sweep whose lines were being printed."""
    bad = a_sweep([a_result("a.b", Status.FAIL)])

    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    ended = Ended(bad)
    assert watch(ended.ask, 5.0, interrupted, ended.sleep) is bad


def test_a_watch_of_troubles_tells_what_was_put_right() -> None:
    """With --failed a pass is silent, except when it was a trouble before."""
    fine, bad = a_result("a.b"), a_result("a.b", Status.FAIL)
    first, second = a_sweep([fine], only=TROUBLE), a_sweep([bad], only=TROUBLE)
    assert list(news(None, first)) == []
    assert list(news(first, second)) == [(bad, Status.PASS)]
    assert list(news(second, first)) == [(fine, Status.FAIL)]


def test_a_watch_speaks_json_lines() -> None:
    """One object a line: a result with its time and its former status."""
    line = LINES["json"](BEGAN, WAIVED, None)
    assert "\n" not in line
    found = json.loads(line)
    assert (found["at"], found["before"], found["id"], found["status"]) == (
        "2026-11-23T03:16:00Z",
        None,
        "a.waived",
        "FAIL",
    )
