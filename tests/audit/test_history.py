"""The journals of the state folder, as checks ask for them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from runbook_tui.audit.history import Journals
from runbook_tui.core.events import World
from runbook_tui.core.records import digests, green, recovery_time, unrestored
from runbook_tui.wiring.records import Records
from tests.support.past import ACCOUNT, deployment, drill, lived, stated, walked

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DIGEST = "sha256:" + "0123456789ab" + "c" * 52


def journals(folder: Path, account: str = ACCOUNT) -> Journals:
    return Journals(folder, World.SIMULATED, lambda: account)


def test_runs_are_read_whole_and_newest_first(tmp_path: Path) -> None:
    """Every run of this account and world is there, with what its steps tell."""
    lived(tmp_path, NOW, [DIGEST[:19]])
    history = journals(tmp_path).history()
    assert len(history.runs) == 4
    assert history.damaged == ()
    found = next(run for run in history.runs if run.runbook == "dr-simulation")
    assert recovery_time(found) == timedelta(minutes=6)
    assert green(found)
    assert not unrestored(found)
    release = next(run for run in history.runs if run.runbook == "deploy-staging")
    assert digests(release, "deploy.") == {"0123456789ab"}


def test_of_another_account_nothing_is_said(tmp_path: Path) -> None:
    """A run in another account or world is no run of this site's."""
    lived(tmp_path, NOW)
    assert journals(tmp_path, "210987654321").history().runs == ()
    assert Journals(tmp_path, World.LIVE, lambda: ACCOUNT).history().runs == ()


def test_a_changed_line_is_found_and_its_run_not_believed(tmp_path: Path) -> None:
    """A journal whose chain is broken is damaged in the log, and its run is left out of the history."""
    path = walked(tmp_path, drill(), NOW, "2026-drill")
    whole = journals(tmp_path)
    assert whole.audit_log().broken == ()
    path.write_bytes(path.read_bytes().replace(b'"option":"nacl"', b'"option":"fis."'))
    whole.forget()
    assert [one.partition(":")[0] for one in whole.audit_log().broken] == ["2026-drill.jsonl"]
    assert whole.history().runs == ()
    assert len(whole.history().damaged) == 1


def test_a_torn_last_line_is_no_damage(tmp_path: Path) -> None:
    """What a crash cut off was never acknowledged: the rest is whole."""
    path = walked(tmp_path, deployment(), NOW, "2026-release")
    before = journals(tmp_path).audit_log()
    path.write_bytes(path.read_bytes() + b'{"seq":4,"at"')
    after = journals(tmp_path).audit_log()
    assert after.broken == ()
    assert (after.entries, after.tip) == (before.entries, before.tip)


def test_the_log_counts_statements_too(tmp_path: Path) -> None:
    """Entries of all journals are counted, the oldest tells since when, the newest run has the tip."""
    stated(tmp_path, "maint.audit-log", NOW - timedelta(days=2))
    path = walked(tmp_path, deployment(), NOW, "2026-release")
    log = journals(tmp_path).audit_log()
    assert (log.journals, log.entries, log.since) == (2, 5, NOW - timedelta(days=2))
    assert log.tip in path.read_text().splitlines()[-1]
    assert log.writable
    assert log.free_bytes > 0


def test_an_empty_state_folder_is_whole(tmp_path: Path) -> None:
    """Before anything was recorded there is nothing to be broken, even where the folder does not exist yet."""
    log = journals(tmp_path / "not" / "yet").audit_log()
    assert (log.journals, log.entries, log.broken, log.since, log.writable) == (0, 0, (), None, True)


def test_a_journal_is_read_again_only_when_it_has_grown(tmp_path: Path) -> None:
    """Between two sweeps a new run is seen, and an unchanged one is the very same."""
    walked(tmp_path, deployment(), NOW, "2026-a")
    mine = journals(tmp_path)
    first = mine.history().runs[0]
    walked(tmp_path, drill(), NOW, "2026-b")
    assert len(mine.history().runs) == 1
    mine.forget()
    assert len(mine.history().runs) == 2
    assert mine.history().runs[1] is first


def test_the_bundled_runbooks_are_on_the_shelf(tmp_path: Path) -> None:
    """Each loads without error and tells its family."""
    books = Records(tmp_path, World.SIMULATED, lambda: ACCOUNT).books()
    assert "validation" in {one.family for one in books}
    assert [one.trouble for one in books if one.trouble] == []
