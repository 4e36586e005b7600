"""Operators' statements in journals: written, found again, and believed only when the chain is whole."""

import stat
import threading
from datetime import UTC, date
from pathlib import Path

import pytest

from runbook_tui.audit.attestations import Attestations, record
from runbook_tui.audit.folder import attestations_path, runs_folder
from runbook_tui.audit.journal import Journal
from runbook_tui.audit.redact import Redactor
from runbook_tui.audit.report import record_of
from runbook_tui.audit.verify import verify
from runbook_tui.core.events import Attested, CheckFinished, Event, NoteAdded, StepEntered, World
from runbook_tui.core.problems import JournalProblem
from runbook_tui.core.verdict import Status, Verdict, Waiver
from tests.support.crash import STARTED, Ticks

ACCOUNT = "123456789012"
CLOCK = Ticks()


def stated(
    text: str = "seen",
    check: str = "a.one",
    environment: str = "prod",
    account: str = ACCOUNT,
    *,
    revoked: bool = False,
) -> Attested:
    return Attested(
        check=check,
        environment=environment,
        account=account,
        text=text,
        expires=date(2027, 1, 31),
        revoked=revoked,
    )


def write(folder: Path, event: Attested, world: World = World.LIVE) -> None:
    record(folder, event, "asha", world=world, now=CLOCK, redactor=Redactor())


def in_a_run(folder: Path, *events: Event, run: str = "20261123-031602-crash-9f3c") -> Path:
    journal = Journal.create(runs_folder(folder), run, World.LIVE, CLOCK, Redactor())
    journal.append((STARTED, *events), "bela")
    journal.close()
    return journal.path


def found(folder: Path) -> Attestations:
    return Attestations(folder, World.LIVE, lambda: ACCOUNT)


def test_a_statement_is_found_with_its_operator(tmp_path: Path) -> None:
    """Text, name, time and last day come back; another environment has none."""
    write(tmp_path, stated())
    one = found(tmp_path).attested("a.one", "prod")
    assert one is not None
    assert (one.text, one.by, one.expires, one.at.tzinfo) == ("seen", "asha", date(2027, 1, 31), UTC)
    assert found(tmp_path).attested("a.one", "staging") is None
    assert found(tmp_path).attested("a.two", "prod") is None


def test_statements_of_runs_are_found_too(tmp_path: Path) -> None:
    """What was said at a step counts as what was said without one; the later one wins."""
    write(tmp_path, stated("before"))
    in_a_run(tmp_path, stated("at the step"), NoteAdded(text="x"))
    one = found(tmp_path).attested("a.one", "prod")
    assert one is not None
    assert (one.text, one.by) == ("at the step", "bela")
    write(tmp_path, stated("no more", revoked=True))
    assert found(tmp_path).all() == ()


def test_a_shared_check_hears_a_statement_of_any_environment(tmp_path: Path) -> None:
    """At a step of prod somebody saw what both environments share."""
    in_a_run(tmp_path, stated())
    one = found(tmp_path).attested("a.one", "")
    assert one is not None
    assert one.environment == "prod"


def test_another_account_or_world_is_another_story(tmp_path: Path) -> None:
    """A rehearsal in the simulator attests nothing about the real account, nor one account about another."""
    write(tmp_path, stated(), World.SIMULATED)
    write(tmp_path, stated(account="210987654321"))
    assert found(tmp_path).attested("a.one", "prod") is None


def test_the_file_is_for_its_owner_and_a_named_folder_stays_as_it_is(tmp_path: Path) -> None:
    """0600 for the journal; the mode of a folder that the operator named is theirs."""
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    write(folder, stated())
    assert stat.S_IMODE(attestations_path(folder).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    write(tmp_path / "ours", stated())
    assert stat.S_IMODE((tmp_path / "ours").stat().st_mode) == 0o700


def test_statements_are_chained_and_redacted(tmp_path: Path) -> None:
    """The journal verifies like any other, and no secret is in it."""
    write(tmp_path, stated("the key is AKIAIOSFODNN7EXAMPLE"))
    write(tmp_path, stated("twice"))
    report = verify(attestations_path(tmp_path))
    assert (report.ok, report.lines) == (True, 2)
    assert b"AKIA" not in attestations_path(tmp_path).read_bytes()


def test_a_damaged_journal_is_not_believed(tmp_path: Path) -> None:
    """It may have lost a revocation: nothing is answered, and the remedy says what to do."""
    write(tmp_path, stated())
    write(tmp_path, stated("oops", revoked=True))
    path = attestations_path(tmp_path)
    path.write_bytes(path.read_bytes().replace(b'"revoked":true', b'"revoked":false'))
    with pytest.raises(JournalProblem, match=r"attestations\.jsonl, line 2") as caught:
        found(tmp_path).attested("a.one", "prod")
    assert "attest again" in caught.value.remedy


def test_a_damaged_journal_without_statements_disturbs_nobody(tmp_path: Path) -> None:
    """Only journals that hold statements must be whole."""
    write(tmp_path, stated())
    path = in_a_run(tmp_path, NoteAdded(text="plain"))
    path.write_bytes(path.read_bytes().replace(b"plain", b"plane"))
    assert found(tmp_path).attested("a.one", "prod") is not None


def test_a_line_under_way_is_left_out(tmp_path: Path) -> None:
    """Another process appends just now: what is whole counts."""
    path = in_a_run(tmp_path, stated())
    with path.open("ab") as file:
        file.write(b'{"seq":2,"at"')
    assert found(tmp_path).attested("a.one", "prod") is not None


def test_growth_is_seen_after_forgetting(tmp_path: Path) -> None:
    """A sweep hears the same answer throughout; the next one looks again."""
    statements = found(tmp_path)
    assert statements.attested("a.one", "prod") is None
    write(tmp_path, stated())
    assert statements.attested("a.one", "prod") is None
    statements.forget()
    assert statements.attested("a.one", "prod") is not None


def test_two_operators_may_state_something_at_once(tmp_path: Path) -> None:
    """One waits for the other: both statements are in the chain."""
    begin = threading.Barrier(4)

    def state(number: int) -> None:
        begin.wait()
        write(tmp_path, stated(check=f"a.n{number}"))

    threads = [threading.Thread(target=state, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.check for one in found(tmp_path).all()} == {f"a.n{number}" for number in range(4)}
    assert verify(attestations_path(tmp_path)).lines == 4


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    """Nothing is claimed to be stated when it is not on disk."""
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalProblem):
        write(tmp_path / "file" / "below", stated())


def test_an_unreadable_journal_is_a_problem(tmp_path: Path) -> None:
    """A loop of links stands where the journal should: that is said, not overlooked."""
    attestations_path(tmp_path).symlink_to("attestations.jsonl")
    with pytest.raises(JournalProblem, match="cannot be read"):
        found(tmp_path).all()


def test_the_report_tells_statements_and_waivers(tmp_path: Path) -> None:
    """Who stated what stands among the decisions; a check's record says that it was attested, or waived and by whom."""
    waiver = Waiver(reason="ticket 7", owner="asha", expires=date(2027, 1, 31))
    path = in_a_run(
        tmp_path,
        StepEntered(step="look"),
        stated("seen in GitHub"),
        finished("a.one", Verdict(status=Status.PASS, because="attested by asha", attested=True)),
        finished("a.two", Verdict(status=Status.FAIL, because="off", waiver=waiver)),
    )
    record = record_of(path)
    assert [said.text for said in record.decisions] == ["a.one attested until 2027-01-31: seen in GitHub"]
    assert [(check.check, check.attested, check.waiver) for check in record.steps[0].checks] == [
        ("a.one", True, ""),
        ("a.two", False, "waived until 2027-01-31 by asha: ticket 7"),
    ]


def finished(check: str, verdict: Verdict) -> CheckFinished:
    return CheckFinished(step="look", sweep=1, check=check, verdict=verdict)
